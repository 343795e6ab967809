"""What a test measured, shown in the summary of the run wherever the test ran."""

SHOWN = "shown"
"""The property of a test that holds the text."""
