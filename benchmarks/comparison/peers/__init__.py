"""One program for each project, run by an interpreter that has the project and nothing of this one but `running.py`, which is beside it.

Each is written as the project's own documentation shows its use, and reads what a caller would read of the result.
"""
