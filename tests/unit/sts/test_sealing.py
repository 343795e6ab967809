import base64
from types import MappingProxyType

import pytest

from federation.account import Keyring
from federation.account.access_key_id import account_of
from federation.errors import InvalidClientTokenId
from federation.sts.sessions.sealing import MAX_TOKEN_CHARS, Sealer, kind_of
from tests.support.world import ACCOUNT

OLD, NEW = bytes(32), bytes(range(32))


def ring(sealing: str, **keys: bytes) -> Keyring:
    return Keyring(sealing=sealing, keys=MappingProxyType(keys))


def test_a_sealed_payload_opens_again_with_the_same_id_and_secret() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    sealed = sealer.seal(b"payload", kind=b"R")
    assert Sealer(ring("k1", k1=OLD), ACCOUNT).open(sealed.token, kind=b"R") == sealed
    assert account_of(sealed.access_key_id) == ACCOUNT
    assert len(sealed.secret_access_key) == 40
    assert len(sealed.token) == sealer.token_chars(7)


def test_nothing_secret_in_a_repr() -> None:
    sealed = Sealer(ring("k1", k1=OLD), ACCOUNT).seal(b"payload", kind=b"R")
    assert all(secret not in repr(sealed) for secret in (sealed.token, sealed.secret_access_key, "payload"))
    assert "bytes" not in repr(ring("k1", k1=OLD))


def test_two_tokens_of_one_payload_share_nothing() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    one, two = sealer.seal(b"payload", kind=b"R"), sealer.seal(b"payload", kind=b"R")
    assert one.token != two.token
    assert one.secret_access_key != two.secret_access_key
    assert one.access_key_id != two.access_key_id


def test_rotation_the_old_key_still_opens_and_removing_it_ends_its_sessions() -> None:
    token = Sealer(ring("k1", k1=OLD), ACCOUNT).seal(b"payload", kind=b"R").token
    assert Sealer(ring("k2", k1=OLD, k2=NEW), ACCOUNT).open(token, kind=b"R").payload == b"payload"
    with pytest.raises(InvalidClientTokenId):
        Sealer(ring("k2", k2=NEW), ACCOUNT).open(token, kind=b"R")


@pytest.mark.parametrize("other", [Sealer(ring("k1", k1=OLD), "111122223333"), Sealer(ring("k1", k1=NEW), ACCOUNT)])
def test_a23_another_account_or_key(other: Sealer) -> None:
    with pytest.raises(InvalidClientTokenId):
        other.open(Sealer(ring("k1", k1=OLD), ACCOUNT).seal(b"payload", kind=b"R").token, kind=b"R")


def test_a23_key_id_swap() -> None:
    sealer = Sealer(ring("k1", k1=OLD, k2=OLD), ACCOUNT)  # the same key under two ids: the id is authenticated all the same
    octets = base64.b64decode(sealer.seal(b"payload", kind=b"R").token)
    with pytest.raises(InvalidClientTokenId):
        sealer.open(base64.b64encode(octets.replace(b"k1", b"k2", 1)).decode(), kind=b"R")


def test_a23_another_kind() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    token = sealer.seal(b"payload", kind=b"R").token
    octets = bytearray(base64.b64decode(token))
    octets[1:2] = b"M"
    for forged in (token, base64.b64encode(bytes(octets)).decode()):
        with pytest.raises(InvalidClientTokenId):
            sealer.open(forged, kind=b"M")


@pytest.mark.parametrize("token", ["", "A", "AAAA", "\u00e9", "A" * 20_000, None, 7, b"AVIC", "AVL/" + "A" * 96])
def test_a23_garbage_has_one_answer(token: object) -> None:
    with pytest.raises(InvalidClientTokenId) as refused:
        Sealer(ring("k1", k1=OLD), ACCOUNT).open(token, kind=b"R")
    assert refused.value.message == "The security token included in the request is invalid."


def test_a_token_may_be_as_long_as_what_is_looked_at() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    longest = sealer.seal(bytes(sealer.payload_octets(MAX_TOKEN_CHARS)), kind=b"R")
    assert len(longest.token) == MAX_TOKEN_CHARS
    assert sealer.open(longest.token, kind=b"R") == longest
    longer = sealer.seal(bytes(sealer.payload_octets(MAX_TOKEN_CHARS + 4)), kind=b"R")
    with pytest.raises(InvalidClientTokenId):
        sealer.open(longer.token, kind=b"R")


def test_a_token_has_one_spelling() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    token = next(token for n in range(3) if (token := sealer.seal(bytes(n), kind=b"R").token).endswith("="))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = len(token.rstrip("=")) - 1
    other = token[:last] + alphabet[alphabet.index(token[last]) ^ 1] + token[last + 1 :]
    assert base64.b64decode(other) == base64.b64decode(token)
    for spelling in (other, token.rstrip("="), token + "=", f"{token}\n", f" {token}"):
        with pytest.raises(InvalidClientTokenId):
            sealer.open(spelling, kind=b"R")
    assert kind_of(token) == b"R"
    assert kind_of(other) == kind_of(None) == kind_of("ä") == b""


def test_a_payload_may_be_empty_and_what_is_shorter_is_no_token() -> None:
    sealer = Sealer(ring("k1", k1=OLD), ACCOUNT)
    empty = sealer.seal(b"", kind=b"R")
    assert sealer.open(empty.token, kind=b"R").payload == b""
    octets = base64.b64decode(empty.token)
    for cut in range(len(octets)):
        with pytest.raises(InvalidClientTokenId):
            sealer.open(base64.b64encode(octets[:cut]).decode(), kind=b"R")
