"""docs/checks.md holds every check that a refusal can name: those of the code, found by reading it, and those of real refusals."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from docs.building.check_names import HOUSE, OF_PARAMETER, House, places
from federation import FederationError
from federation.check_names import (
    AccountCheck,
    CheckName,
    EngineCheck,
    IamCheck,
    OAuthCheck,
    OidcCheck,
    ParameterCheck,
    PluginCheck,
    PolicyCheck,
    SamlCheck,
    StsCheck,
    WireCheck,
)
from federation.testing.variations import other_types, tampered
from federation.validators import diagnose
from tests.support import oidc
from tests.support.paths import REPOSITORY
from tests.support.results import samples
from tests.support.source import nodes
from tests.support.sts import saml_login, web_identity

pytestmark = pytest.mark.lint
PAGE = (REPOSITORY / "docs" / "checks.md").read_text(encoding="utf-8")
LISTED = set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))

LISTS: Final[dict[Any, set[str]]] = {
    AccountCheck: {"account"},
    IamCheck: {"iam"},
    OAuthCheck: {"oauth"},
    OidcCheck: {"jose", "oidc"},
    PolicyCheck: {"policy"},
    SamlCheck: {"saml"},
    StsCheck: {"sts"},
    WireCheck: {"server"},
}
"""Each list of names to the rooms that use it. Every other room uses `EngineCheck`."""


def test_every_check_of_the_code_is_listed() -> None:
    assert len(places()) > 500
    assert [place for place in places() if place.check is None] == [], "write the name of the check where it is given"
    assert sorted({place.check for place in places() if place.check is not None} - LISTED) == []


def test_nothing_is_listed_that_no_code_names() -> None:
    assert sorted(LISTED - {place.check for place in places()}) == []


def used(rooms: Iterable[str]) -> set[str]:
    """The names that the code of *rooms* gives; the flags of parameters are derived from their declarations."""
    return {str(place.check) for place in places() if place.written != OF_PARAMETER and place.module.split(".")[0] in rooms}


@pytest.mark.parametrize("names", LISTS, ids=lambda names: get_args(names)[0])
def test_a_list_holds_the_names_that_its_rooms_use(names: Any) -> None:
    listed = get_args(names)
    assert sorted(set(listed) - used(LISTS[names])) == [], "no code names these: take them out of the list in federation/check_names"
    assert sorted(used(LISTS[names]) - set(listed)) == [], "write these into the list of their room in federation/check_names"
    assert list(listed) == sorted(set(listed))


def test_the_list_of_the_other_rooms_holds_the_names_that_they_use() -> None:
    others = used({place.module.split(".")[0] for place in places()}.difference(*LISTS.values()))
    listed = get_args(EngineCheck)
    assert sorted(set(listed) - others) == [], "no code names these: take them out of federation/check_names/engine.py"
    # Who explains or judges the refusals of a room names its checks.
    assert sorted(others - set(listed).union(*map(get_args, LISTS))) == [], "write these into federation/check_names/engine.py"
    assert list(listed) == sorted(set(listed))


def test_every_list_is_part_of_what_a_check_may_be_called() -> None:
    assert set(get_args(CheckName)) == {*LISTS, EngineCheck, ParameterCheck, PluginCheck}


def test_names_that_no_list_has_come_in_at_one_place() -> None:
    calls = [
        (path.relative_to(HOUSE).as_posix(), node.func.id)
        for path in sorted(HOUSE.rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"ParameterCheck", "PluginCheck"}
    ]
    assert calls == [("calls/record.py", "ParameterCheck")], "a check of the engine has its name in federation/check_names"


@pytest.mark.parametrize("check", ["time-syntax", "signature-missing", "alg", "kid", "jwks", "envelope-shape", "url"])
def test_what_users_met_is_listed_with_its_code(check: str) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{check}` |")]
    assert any("InvalidIdentityToken" in row or "InvalidInput" in row for row in rows)


def test_every_check_of_real_refusals_is_listed() -> None:
    named = {refusal.check for values in samples().values() for refusal in values if isinstance(refusal, FederationError)}
    for token, provider, at in (
        (saml_login.mint(), saml_login.provider(), saml_login.AT),
        (oidc.token(), oidc.provider(), oidc.AT),
        (web_identity.ACCESS_TOKEN, web_identity.amazon(), oidc.AT),
    ):
        for shown in (*tampered(token), *other_types()):
            report = diagnose(shown, provider, at=at)
            named |= {result.name for result in report.results}
            named |= {result.refusal.check for result in report.results if result.refusal is not None}
    assert len(named) > 60
    assert sorted(named - LISTED) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise InvalidIdentityToken(check="here", expected="a", found="b", remedy="c")', {"here"}),
        ('raise InvalidIdentityToken(check=NAME, expected="a", found="b", remedy="c")', {"there"}),
        ('raise InvalidIdentityToken(check="x" if token else "y", expected="a", found="b", remedy="c")', {"x", "y"}),
        ('for name in ("p", "q"):\n        raise InvalidIdentityToken(check=name, expected="a", found="b", remedy="c")', {"p", "q"}),
        ('raise refuse("passed", "a")', {"passed"}),
        ('raise refuse_there("passed", "a")', {"passed"}),
        ('rows: list[str] = ["r", "s"]\n    for name in rows:\n        raise refuse(name, "a")', {"r", "s"}),
        ('raise InvalidIdentityToken(check=token.upper(), expected="a", found="b", remedy="c")', {None}),
        ('raise InvalidIdentityToken(check=f"{token}-x", expected="a", found="b", remedy="c")', {None}),
        ("raise refuse(token.upper(), 'a')", {None}),
    ],
)
def test_a_name_is_found_or_its_want_is_noticed(source: str, found: set[str | None], tmp_path: Path) -> None:
    (tmp_path / "errors.py").write_text("class InvalidIdentityToken: ...\n", encoding="utf-8")
    (tmp_path / "room.py").write_text(
        f"""from federation.errors import InvalidIdentityToken
NAME: Final = "there"
def refuse(check: str, expected: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found="b", remedy="c")
def refuse_there(check: OidcCheck | OAuthCheck, expected: str) -> InvalidIdentityToken:
    return refuse(check, expected)
def check(token: str) -> None:
    {source}
""",
        encoding="utf-8",
    )
    assert {place.check for place in House(tmp_path).places()} == found
