"""Section 12 of the attack matrix: around the engine, and what the engine relies on in its libraries."""

import ast
import base64
import contextlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

import federation
from federation.account.reading.files import parse_json
from federation.errors import FederationError, MalformedPolicyDocument
from federation.policy import Policy
from federation.saml.parsing import NotWellFormedError, parse_document
from federation.saml.registration.provider import SamlProvider
from federation.server.messages import Request
from federation.server.wire import read_parameters
from tests.support.growth import spends_at_most
from tests.support.paths import REPOSITORY
from tests.support.saml import AT, judge, provider, respond, signing_key
from tests.support.source import nodes

SOURCES = sorted((REPOSITORY / "federation").rglob("*.py"))
ANYTHING: tuple[Any, ...] = (
    *(None, 0, -1, 2**80, 1.5, True, "", "\ud800", "x" * 70_000),
    *(b"\xff" * 70_000, [], {}, object(), bytearray(b"PHg+"), len),
)


def test_O01_no_boolean_weakens_a_check() -> None:
    for path in SOURCES:
        if "testing" in path.parts or "cli" in path.parts:
            continue
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
                switches = {"verify", "verify_signature", "insecure", "debug", "skip", "unsafe", "check_signature", "no_verify", "lax"}
                assert not switches.intersection(names), f"{path}:{node.lineno}"


def test_O02_no_check_is_an_assert() -> None:
    for path in SOURCES:
        assert not [node.lineno for node in nodes(path) if isinstance(node, ast.Assert)], path


def test_O02_an_optimised_interpreter_refuses_the_same() -> None:
    script = """
import base64, federation
from federation.errors import FederationError
from tests.support.saml import AT, provider, respond
good = respond()
documents = {"": good, "signature-digest": base64.b64encode(base64.b64decode(good).replace(b"subject-123", b"subject-666"))}
documents["signature-missing"] = respond(sign="none")
for check, token in documents.items():
    try:
        federation.validate(token, provider(), at=AT)
        said = ""
    except FederationError as refusal:
        said = refusal.check
    if said != check:
        raise SystemExit(f"{said} instead of {check}")
if __debug__:
    raise SystemExit("not optimised")
"""
    done = subprocess.run([sys.executable, "-O", "-c", script], cwd=REPOSITORY, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", ANYTHING, ids=lambda value: type(value).__name__)
def test_O03_whatever_comes_one_taxonomy_leaves(value: Any) -> None:
    registered = provider()
    with spends_at_most(2):
        moment: Any = 5 if value is None else value
        calls = (
            lambda: federation.validate(value, registered, at=AT),
            lambda: federation.validate(respond(), value, at=AT),
            lambda: federation.diagnose(value, value, at=AT),
            lambda: federation.validate(respond(), registered, at=moment),
            lambda: SamlProvider.from_metadata(value, arn="arn:aws:iam::123456789012:saml-provider/X"),
            lambda: SamlProvider(arn=value, entity_ids=value, certificates=value),
            lambda: Policy.parse(value),
            lambda: Policy.parse("{}", kind=value),
            lambda: federation.SecurityTokenService.open(value),
        )
        for call in calls:
            with pytest.raises(FederationError):
                call()
        assert not federation.diagnose(value, registered, at=AT).accepted


@pytest.mark.parametrize("sign", ["assertion", "response", "both", "none"])
@pytest.mark.parametrize("profile", ["strict", "aws"])
def test_O06_diagnose_and_validate_agree(profile: str, sign: str) -> None:
    # `judge` asks both and compares verdict, refusal and identity.
    token = respond(sign=sign)
    for at in (AT - timedelta(days=1), AT, AT + timedelta(seconds=299), AT + timedelta(days=1)):
        for damaged in (token, token[:-4], token.replace("A", "B", 1), token + "\n"):
            judge(damaged, provider(profile=profile), at=at)


def test_O08_naive_instants_are_refused_and_far_ones_judged() -> None:
    with pytest.raises(FederationError) as caught:
        federation.validate(respond(), provider(), at=datetime(2026, 9, 15, 12))  # noqa: DTZ001 - the point of the test
    assert caught.value.check == "clock"
    for at in (datetime(1, 1, 1, tzinfo=UTC), datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)):
        with pytest.raises(FederationError):
            federation.validate(respond(), provider(), at=at)


def test_O09_the_parser_repairs_expands_and_fetches_nothing() -> None:
    for broken in (
        b"<a>",
        b"<a/><b/>",
        b"<a x='1' x='2'/>",
        b"<a>&undefined;</a>",
        b"<p:a/>",
        b"<a>\0</a>",
        b"",
        b"<a>" * 300 + b"</a>" * 300,
    ):
        with pytest.raises(NotWellFormedError):
            parse_document(broken)
    with_entity = parse_document(b"<!DOCTYPE a [<!ENTITY x 'expanded'>]><a>&x;</a>")
    assert "expanded" not in (with_entity.text or "")
    with_default = parse_document(b"<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]><a/>")
    assert not with_default.attrib


def test_O09_canonicalisation_raises_or_gives_the_element() -> None:
    root = etree.fromstring(b'<a xmlns:e="1"><e:b/></a>')
    with pytest.raises(etree.C14NError):
        etree.tostring(root, method="c14n", exclusive=True)
    root = etree.fromstring(b"<a><b>x<!--c--></b>tail</a>")
    assert etree.tostring(root[0], method="c14n", exclusive=True, with_comments=False) == b"<b>x</b>"


def test_O09_ecdsa_ranges_are_checked_by_the_library() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for r, s in ((0, 0), (0, 1), (1, 0), (order, order), (order + 1, 1), (1, order)):
        with pytest.raises(InvalidSignature):
            key.verify(encode_dss_signature(r, s), b"message", ec.ECDSA(hashes.SHA256()))


def test_O09_rsa_and_gcm_refuse_by_raising() -> None:
    private = signing_key().private
    public: Any = private.public_key()
    for value in (b"", b"\0" * 256, b"\xff" * 256, b"\0" * 257):
        with pytest.raises(InvalidSignature):
            public.verify(value, b"message", padding.PKCS1v15(), hashes.SHA256())
    for octets in (bytes(16), bytes(40)):
        with pytest.raises(InvalidTag):
            AESGCM(bytes(32)).decrypt(bytes(12), octets, None)


@pytest.mark.parametrize("root", ["LogoutRequest", "LogoutResponse", "AuthnRequest", "ArtifactResponse", "AttributeQuery"])
def test_O10_other_messages_are_not_logins(root: str) -> None:
    document = base64.b64decode(respond()).replace(b"saml2p:Response", f"saml2p:{root}".encode())
    verdict = judge(base64.b64encode(document), provider())
    assert isinstance(verdict, FederationError)
    assert verdict.check == "root"


@pytest.mark.parametrize("number", ["9" * 20_000, "-" + "9" * 20_000, "1e999999999", "0." + "9" * 20_000])
def test_D05_D06_numbers_and_many_members_cost_little(number: str) -> None:
    with spends_at_most(1):
        with pytest.raises(MalformedPolicyDocument):
            Policy.parse(f'{{"Version": {number}}}')
        many = ", ".join(f'"k{member}": {number[:2].strip("-")}1' for member in range(9_000))
        with pytest.raises(MalformedPolicyDocument):
            Policy.parse("{" + many + "}")
        with contextlib.suppress(ValueError):
            parse_json(f'{{"a": {number}}}')


@pytest.mark.parametrize("body", [b"SAMLAssertion=x&SAMLAssertion=y", b"SAMLAssertion=x&%53AMLAssertion=x"])
def test_B07_a_parameter_given_twice_is_refused(body: bytes) -> None:
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    with pytest.raises(FederationError) as caught:
        read_parameters(Request("POST", "/", "", headers, body))
    assert caught.value.check == "duplicate-parameter"
