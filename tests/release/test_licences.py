"""No library that an installation brings asks for what nobody has thought about."""

import pytest

from release.licences import BASE, OBLIGED, PAGE, brought, licences, page, permissive

pytestmark = pytest.mark.release


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m release.licences`"


def test_every_licence_is_permissive_or_named() -> None:
    told = licences(brought())
    assert [name for name, licence, _ in told if not permissive(licence) and name not in OBLIGED] == []
    assert [name for name, licence, _ in told if permissive(licence) and name in OBLIGED] == []
    assert sorted(OBLIGED) == sorted(name for name, _, _ in told if name in OBLIGED)


def test_an_installation_without_extras_asks_for_nothing() -> None:
    found = brought()
    assert {"lxml", "cffi", "markdown-it-py"} <= {name for name, by in found.items() if by == [BASE]}
    assert not any(found[name] == [BASE] for name in OBLIGED)


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("BSD License; GNU General Public License (GPL)", False),
        ("GNU Affero General Public License v3", False),
        ("MPL-2.0", False),
        ("UNKNOWN", False),
    ],
)
def test_what_is_permissive(licence: str, expected: bool) -> None:  # noqa: FBT001 - a parameter of the table
    assert permissive(licence) is expected
