"""Mutants of signed responses, judged by both engines: what the fast one proves, the Python one proves with the same octets and values.

``python -m tests.twins --mutants N --seed S`` runs them; a mutant follows from seed and number alone.
"""
