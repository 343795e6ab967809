"""Benchmarks: medians and ratios of one run, side by side. ``python -m benchmarks``."""
