from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest

from federation.errors import (
    ExpiredTokenException,
    FederationError,
    InvalidIdentityToken,
    ValidationError,
)
from tests.support.sts.saml_login import PROVIDER, World, attributes, login, mint, trust
from tests.support.world import ACCOUNT


def test_the_documented_fields() -> None:
    session = World().assume()
    assert session.subject == "subject-123"
    assert session.subject_type == "persistent"
    assert session.issuer == "https://idp.example.com/saml"
    assert session.audience == "https://signin.aws.amazon.com/saml"
    assert session.assumed_role_user.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Portal/alice"  # the path is dropped
    assert session.assumed_role_user.assumed_role_id == "AROAEXAMPLEEXAMPLE234:alice"
    assert session.credentials.expiration == datetime(2026, 11, 24, 13, 0, 30, tzinfo=UTC)  # whole seconds
    assert session.session_token_size == len(session.credentials.session_token)
    assert session.packed_policy_size == session.session_token_utilization == round(session.session_token_size * 100 / 4096)


def test_to_dict_has_exactly_the_members_of_the_service_model() -> None:
    model = botocore.session.Session().get_service_model("sts").operation_model("AssumeRoleWithSAML").output_shape
    tagged = login(attributes=attributes(SourceIdentity=["alice"]))
    answer = World().assume(mint(tagged)).to_dict()
    assert answer.keys() == set(model.members)
    for name in ("Credentials", "AssumedRoleUser"):
        assert answer[name].keys() == set(model.members[name].members)
    assert "SourceIdentity" not in World().assume().to_dict()


def test_repr_shows_neither_secret_nor_token() -> None:
    session = World().assume()
    assert session.credentials.secret_access_key not in repr(session)
    assert session.credentials.session_token not in repr(session)


def test_order_of_refusals_is_the_observed_one() -> None:
    """Parameters, provider, signature, expiry, role pair, name and tags, trust, duration (docs/observed.md 2.11)."""
    bad = login(validity=timedelta(seconds=-60), attributes=attributes(Role=["x"], RoleSessionName=["x"]))
    tampered = mint(bad, after_signing=lambda root: root[-1].set("ID", "other"))
    world = World(trust_policy=trust(["sts:TagSession"]), max_session_duration=3600)
    unknown = f"{PROVIDER}2"
    steps: list[tuple[str, dict[str, Any]]] = [
        ("duration-seconds", {"token": tampered, "principal_arn": unknown, "duration_seconds": 1}),
        ("provider", {"token": tampered, "principal_arn": unknown, "duration_seconds": 7200}),
        ("role-pair", {"token": mint(login(attributes=attributes(Role=["x"], RoleSessionName=["x"]))), "duration_seconds": 7200}),
        ("role-session-name", {"token": mint(login(attributes=attributes(RoleSessionName=["x"]))), "duration_seconds": 7200}),
        ("trust-policy", {"duration_seconds": 7200}),
    ]
    for check, arguments in steps:
        with pytest.raises(FederationError) as refused:
            world.assume(arguments.pop("token", None), **arguments)
        assert refused.value.check == check
    with pytest.raises(InvalidIdentityToken):
        world.assume(tampered)
    with pytest.raises(ExpiredTokenException):
        world.assume(mint(bad))
    with pytest.raises(ValidationError) as late:
        World(max_session_duration=3600).assume(duration_seconds=7200)
    assert late.value.check == "duration"


@pytest.mark.parametrize(
    "call",
    [
        {"role_arn": None},
        {"role_arn": 7},
        {"role_arn": "x" * 10_000_000},
        {"principal_arn": b"arn"},
        {"principal_arn": "\ud800" * 30},
        {"saml_assertion": None},
        {"saml_assertion": "x" * 100_001},
        {"saml_assertion": 3.5},
        {"policy_arns": "arn:aws:iam::aws:policy/x"},
        {"policy_arns": [None]},
        {"policy_arns": [{}] * 11},
        {"policy": ["{}"]},
        {"policy": ""},
        {"policy": "\u20ac"},
        {"duration_seconds": True},
        {"duration_seconds": "900"},
        {"duration_seconds": 10**5000},
        {"minimum_session_token_size": -1},
        {"minimum_session_token_size": 4097},
    ],
    ids=lambda call: next(iter(call)),
)
def test_arguments_of_any_kind_are_validation_errors(call: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        World().assume(**call)
    assert len(refused.value.message) < 10_000
    assert refused.value.check.startswith(next(iter(call)).replace("_", "-")[:9])


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        World().assume(at=datetime(2026, 11, 24))  # noqa: DTZ001
    assert refused.value.check == "clock"
