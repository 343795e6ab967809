"""Which of the known names was meant by another one."""

import pytest

from federation.policy.lint.vocabulary import closest

KNOWN = ("actor", "ref", "repository", "repository_id", "repository_owner_id", "sub")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("repository_name", "repository"),
        ("repository_idd", "repository_id"),
        ("repository_di", "repository"),
        ("repository_owner_idd", "repository_owner_id"),
        ("ref_name", "ref"),
        ("repositry", "repository"),
        ("branch", None),
        ("repository_" + "x" * 10_000, None),
    ],
)
def test_closest(name: str, meant: str | None) -> None:
    assert closest(name, KNOWN) == meant
