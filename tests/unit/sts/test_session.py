from collections.abc import Sequence
from datetime import timedelta

import pytest

from federation.errors import (
    ExpiredToken,
    InvalidClientTokenId,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    ValidationError,
)
from federation.sts.sessions.role_session import LASTING_KEYS, lasting_keys
from tests.support.sts.saml_login import AT, PROVIDER, ROLE, World, attributes, login, mint
from tests.support.world import ACCOUNT

NARROW = f"arn:aws:iam::{ACCOUNT}:policy/Narrow"
SESSION_POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'


def test_session_policies_travel_with_the_session() -> None:
    world = World()
    aws_managed = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    session = world.assume(policy=SESSION_POLICY, policy_arns=[NARROW, {"arn": aws_managed}])
    issued = world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)
    assert (issued.policy, issued.policy_arns) == (SESSION_POLICY, (NARROW, aws_managed))


@pytest.mark.parametrize("policy", ["not json", "{}", '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'])
def test_a_malformed_session_policy(policy: str) -> None:
    with pytest.raises(MalformedPolicyDocument):
        World().assume(policy=policy)


def test_an_unknown_managed_session_policy() -> None:
    with pytest.raises(ValidationError) as refused:
        World().assume(policy_arns=[f"{NARROW}er"])
    assert refused.value.check == "policy-arns"


@pytest.mark.parametrize("minimum", [0, 1, 299, 300, 301, 1000, 4095, 4096])
def test_minimum_session_token_size(minimum: int) -> None:
    world = World()
    session = world.assume(minimum_session_token_size=minimum)
    assert minimum <= session.session_token_size <= max(minimum + 3, world.assume().session_token_size)
    assert session.session_token_size <= 4096
    world.sts.session_of(session.credentials.access_key_id, session.credentials.session_token, at=AT)


def test_a_token_that_would_not_fit_names_every_item_by_size() -> None:
    tags: dict[str, Sequence[str] | None] = {f"PrincipalTag_k{n}": [random_text(n)] for n in range(30)}
    with pytest.raises(PackedPolicyTooLarge) as refused:
        World().assume(mint(login(attributes=attributes(**tags))), policy=SESSION_POLICY)
    error = refused.value
    assert error.check == "session-token-size"
    assert "4096" in error.expected
    assert error.found.index("session tags") < error.found.index("session policy")


def test_repeated_text_packs_well() -> None:
    tags: dict[str, Sequence[str] | None] = {f"PrincipalTag_k{n}": ["x" * 256] for n in range(50)}
    assert World().assume(mint(login(attributes=attributes(**tags)))).session_token_size < 1500


def random_text(seed: int) -> str:
    import hashlib  # noqa: PLC0415

    return "".join(hashlib.sha256(f"{seed}/{n}".encode()).hexdigest() for n in range(4))[:256]


LASTING = (
    "saml:sub",
    "saml:sub_type",
    "saml:namequalifier",
    "accounts.google.com:aud",
    "accounts.google.com:sub",
    "cognito-identity.amazonaws.com:amr",
    "cognito-identity.amazonaws.com:aud",
    "cognito-identity.amazonaws.com:sub",
    "graph.facebook.com:app_id",
    "graph.facebook.com:id",
    "www.amazon.com:app_id",
    "www.amazon.com:user_id",
)
"""As the IAM user guide has them, one by one."""


def test_the_lasting_keys_are_the_documented_ones() -> None:
    assert sorted(LASTING_KEYS) == sorted(LASTING)


@pytest.mark.parametrize("key", LASTING)
def test_a_lasting_key_lasts(key: str) -> None:
    assert lasting_keys({key: "v", "saml:aud": "x"}) == {key: "v"}


@pytest.mark.parametrize("key", ["saml:aud", "saml:iss", "saml:doc", "accounts.google.com:oaud", "token.actions.githubusercontent.com:sub"])
def test_any_other_key_ends_with_the_login(key: str) -> None:
    assert lasting_keys({key: "v"}) == {}
    assert lasting_keys({key: "v", "saml:sub": "x"}) == {"saml:sub": "x"}


def test_session_of_ends_with_the_session() -> None:
    world = World()
    credentials = world.assume().credentials
    sts = world.sts
    session = sts.session_of(credentials.access_key_id, credentials.session_token, at=credentials.expiration - timedelta(seconds=1))
    assert session.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Portal/alice"
    assert (session.role_arn, session.federated_provider) == (ROLE, PROVIDER)
    assert session.federated_keys["saml:sub"] == "subject-123"
    with pytest.raises(ExpiredToken):
        sts.session_of(credentials.access_key_id, credentials.session_token, at=credentials.expiration)


def test_a_token_belongs_to_its_own_access_key_id() -> None:
    world = World()
    first, second = world.assume().credentials, world.assume().credentials
    with pytest.raises(InvalidClientTokenId):
        world.sts.session_of(second.access_key_id, first.session_token, at=AT)
