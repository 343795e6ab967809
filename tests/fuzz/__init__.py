"""Fuzzing of the fast engine beside the Python engine, by atheris: ``python -m tests.fuzz`` with the options of libFuzzer."""
