"""Templates of SignedInfo: how many are kept, and which octets fit one."""

import pytest

from federation.saml.signature import proof as signature
from federation.saml.signature import templates
from federation.saml.signature.signed_info import SignedInfo, canonical_signed_info, read_signature, read_signed_info
from federation.saml.signature.templates import recall, remember
from federation.saml.xml import parse, reparse
from tests.support.signatures import LOGIN, Keys, genuine, part, prove, refused, registered, signing_key, subject


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[bytes, object]:
    """The templates, none at first."""
    none: dict[bytes, object] = {}
    monkeypatch.setattr(templates, "_templates", none)
    return none


@pytest.fixture
def known() -> tuple[bytes, SignedInfo]:
    octets = canonical_signed_info(read_signature(part(parse(genuine()).root, ".//ds:Signature")))
    return octets, read_signed_info(reparse(octets))


Known = tuple[bytes, SignedInfo]


def test_a_login_of_the_same_form_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prove(genuine())
    monkeypatch.setattr(signature, "read_signed_info", lambda _element: pytest.fail("parsed again"))
    assert subject(prove(genuine())) == LOGIN.subject


def test_what_nobody_registered_has_signed_is_no_template(kept: dict[bytes, object]) -> None:
    assert refused(genuine(), Keys(keys=registered(signing_key(name="attacker")))).check == "signature"
    assert not kept


def test_what_is_recalled_names_this_id_and_this_digest(known: Known) -> None:
    octets, info = known
    remember(octets, info)
    other = octets.replace(info.uri[1:].encode(), b"_another")
    assert recall(other, "_another") == info._replace(uri="#_another")
    same_length = "_" + "x" * (len(info.uri) - 2)
    for wrong in (same_length, "_another", None, ""):
        assert recall(octets, wrong) is None
    head, _, tail = octets.partition(b"DigestValue>")
    assert recall(head + b"DigestValue>AAAA" + tail[tail.index(b"<") :], info.uri[1:]) == info._replace(digest=bytes(3))


@pytest.mark.parametrize("end", [b"</ds:SignedInfx>", b"</dz:SignedInfo>", b"</ds:SignedInfo ", b""])
def test_another_end_is_parsed(end: bytes, known: Known) -> None:
    octets, info = known
    remember(octets, info)
    assert recall(octets.removesuffix(b"</ds:SignedInfo>") + end, info.uri[1:]) is None


def test_as_many_are_kept_as_the_bound_says_and_then_none_of_them(known: Known, kept: dict[bytes, object]) -> None:
    octets, info = known
    for number in range(256):
        remember(b"%d" % number + octets, info)
    assert len(kept) == 256
    remember(b"0" + octets, info)  # which is known
    assert len(kept) == 256
    remember(b"another" + octets, info)
    assert len(kept) == 1


def test_the_longest_that_is_kept(known: Known, kept: dict[bytes, object]) -> None:
    octets, info = known
    remember(b" " * (4097 - len(octets)) + octets, info)
    assert not kept
    remember(b" " * (4096 - len(octets)) + octets, info)
    assert len(kept) == 1


def test_octets_that_do_not_say_what_was_read_are_no_template(known: Known, kept: dict[bytes, object]) -> None:
    octets, info = known
    for uri in ("#_other", info.uri[:-1], info.uri + "x"):
        remember(octets, info._replace(uri=uri))
    remember(octets.replace(b"DigestValue>", b"Digest>"), info)
    assert not kept
