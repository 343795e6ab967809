"""Paths of the files of this repository that tests read."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "fixtures"
ACCOUNT_DIRECTORY = FIXTURES / "account"
KEYS = FIXTURES / "keys"
"""Key pairs for tests only."""
