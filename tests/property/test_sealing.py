"""Session tokens: whatever is sealed comes back, and nothing else opens."""

import base64
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.account import Keyring
from federation.errors import FederationError, InvalidClientTokenId, PackedPolicyTooLarge
from federation.identity import SessionTag
from federation.sts.sessions.role_session import SAML_LASTING_KEYS, RoleSession, open_session, seal_session
from federation.sts.sessions.sealing import Sealer
from federation.testing.strategies import session_names
from tests.support.world import ACCOUNT, ISSUED

AT = ISSUED
SEALER = Sealer(Keyring(sealing="k1", keys=MappingProxyType({"k1": bytes(32)})), ACCOUNT)

text = st.text(max_size=60)
sessions = st.builds(
    RoleSession,
    partition=st.just("aws"),
    account=st.just(ACCOUNT),
    role=st.from_regex(r"/([a-z]{1,9}/)?[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True),
    role_id=st.from_regex(r"AROA[A-Z2-7]{17}", fullmatch=True),
    name=session_names(),
    issued_at=st.just(AT),
    expires_at=st.integers(1, 43_200).map(lambda seconds: AT + timedelta(seconds=seconds)),
    federated_provider=st.sampled_from(
        [f"arn:aws:iam::{ACCOUNT}:{name}" for name in ("saml-provider/P", "oidc-provider/a.example/x/")]
        + ["accounts.google.com", "a.example/x"]
    ),
    federated_keys=st.one_of(
        st.tuples(text, text, text).map(lambda values: dict(zip(SAML_LASTING_KEYS, values, strict=True))),
        st.dictionaries(text, st.one_of(text, st.lists(text, max_size=3).map(tuple)), max_size=2),
    ),
    tags=st.lists(st.builds(SessionTag, text, text), max_size=5).map(tuple),
    transitive_tag_keys=st.lists(text, max_size=3).map(tuple),
    source_identity=st.one_of(st.none(), st.from_regex(r"[a-z]{2,64}", fullmatch=True)),
    policy=st.one_of(st.none(), st.text(min_size=1, max_size=500)),
    policy_arns=st.lists(text, max_size=3).map(tuple),
    mfa_at=st.one_of(st.none(), st.integers(0, 129_600).map(lambda seconds: AT - timedelta(seconds=seconds))),
)


@given(sessions, st.integers(0, 4096))
def test_what_is_sealed_comes_back(session: RoleSession, minimum: int) -> None:
    try:
        sealed = seal_session(session, SEALER, minimum_size=minimum)
    except PackedPolicyTooLarge:
        return
    assert minimum <= len(sealed.token) <= 4096
    assert open_session(sealed.token, sealed.access_key_id, SEALER, partition="aws", account=ACCOUNT, at=AT) == session


@given(st.data())
def test_a23_any_change_is_refused(data: st.DataObject) -> None:
    octets = base64.b64decode(SEALER.seal(b"payload", kind=b"R").token)
    place = data.draw(st.integers(0, len(octets) - 1))
    changed = bytes((*octets[:place], octets[place] ^ data.draw(st.integers(1, 255)), *octets[place + 1 :]))
    cut = octets[:place]
    longer = octets + data.draw(st.binary(min_size=1, max_size=9))
    for forged in (changed, cut, longer):
        with pytest.raises(InvalidClientTokenId):
            SEALER.open(base64.b64encode(forged).decode(), kind=b"R")


@given(st.one_of(st.text(), st.binary(), st.none(), st.binary(max_size=200).map(lambda octets: base64.b64encode(octets).decode())))
def test_anything_else_is_refused(token: object) -> None:
    with pytest.raises(FederationError):
        open_session(token, "ASIARZPUZDIKGB2VALC4", SEALER, partition="aws", account=ACCOUNT, at=AT)
