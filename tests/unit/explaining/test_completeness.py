"""Every check that a federated login can meet has an explanation of its own, with a cause and an edit."""

from collections.abc import Iterator

import pytest

from docs.building.check_names import Place, places
from federation.explaining import call, engine
from federation.explaining.plain import plainly
from federation.explaining.situation import OAUTH, OIDC, Row
from federation.policy.operators import OPERATORS
from federation.saml.registration.provider import SamlProvider
from tests.support.failures.gallery import FAILURES

SAML = SamlProvider.kind
KINDS = {
    "saml": SAML,
    "jose": OIDC,
    "oidc": OIDC,
    "oauth": OAUTH,
    "account.issuers": OIDC,
    "sts.login.saml_attributes": SAML,
    "sts.login.web_identity_claims": OIDC,
    "sts.login": SAML,
    "sts.sessions": SAML,
}
"""Rooms of a login, the nearest last, to the kind of token that their checks are of; those of every kind count by one."""
ELSEWHERE = (
    "saml.registration",
    "saml.verifiers",
    "oidc.provider",
    "oidc.issuer_url",
    "oidc.discovery",
    "oauth.provider",
    "oauth.registry",
)
"""Rooms below these whose checks are of a registration."""
NO_LOGIN = {
    "clock": "an instant at the end of the calendar",
    "identity": "a question of the library's caller about no identity",
    "internal": "a defect of this project",
    "session-expiration": "the credentials of a session that has ended, and no login",
    "session-token": "the token of a session, and no login",
}
"""Checks in these rooms that no login meets, with the reason."""
TO_COME: frozenset[str] = frozenset()
"""Checks whose explanation is not written yet: the list only shrinks."""


def kind_of(place: Place) -> str | None:
    """The kind of token that the check of *place* is of; None where no login meets it."""
    if place.module.startswith(ELSEWHERE):
        return None
    rooms = [room for room in KINDS if place.module == room or place.module.startswith(f"{room}.")]
    return KINDS[max(rooms, key=len)] if rooms else None


def met() -> Iterator[tuple[str, str]]:
    """Kind and name of every check that a login can meet."""
    for place in places():
        kind, codes = kind_of(place), {*place.codes} - {"InvalidInput"}
        if place.check is not None and kind is not None and codes and place.check not in NO_LOGIN:
            yield kind, place.check


def row_of(kind: str, check: str) -> Row | None:
    return engine.OF_KIND[kind].get(check) or engine.TABLE.get(check) or call.OF_PARAMETERS.get(check)


@pytest.mark.wide
def test_every_check_that_a_login_meets_has_an_explanation() -> None:
    rows = {(kind, check): row_of(kind, check) for kind, check in met() if check not in TO_COME}
    assert len(rows) > 100
    missing = sorted(check for check, row in rows.items() if row is None or row.explain is plainly)
    assert missing == [], "explain each in its room below federation/explaining"


def test_what_is_to_come_has_none_yet() -> None:
    rows = {check: row_of(kind, check) for kind, check in met() if check in TO_COME}
    assert sorted(rows) == sorted(TO_COME)
    assert [check for check, row in rows.items() if row is not None and row.explain is not plainly] == [], "take it out of TO_COME"


def test_the_gallery_has_the_usual_operators() -> None:
    shown = {name for failure in FAILURES for statement in failure.login.trust["Statement"] for name in statement.get("Condition", {})}
    assert {name.rpartition(":")[2].removesuffix("IfExists") for name in shown} <= {*OPERATORS}
    assert {"StringEquals", "StringLike", "StringNotEquals", "Null", "ForAnyValue:StringLike"} <= shown
