"""The table of tables: what is measured, with which samples, beside whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from benchmarks import explain, iam_wire
from benchmarks.matrix import floor, jwt, outside, roles, saml, saml_peers, serving, starting
from benchmarks.matrix.engines import Engine, engines
from benchmarks.matrix.model import Contestant, Labelled, Question, Timed
from benchmarks.matrix.saml import SamlCase

VALIDATE: Final = "federation.validate"
SAML_EXCHANGE: Final = "assume_role_with_saml"
JWT_EXCHANGE: Final = "assume_role_with_web_identity"
FLOOR: Final = "lxml floor"
PYJWT: Final = "PyJWT"

_Made = Callable[[Engine], Callable[[Any], Timed]]


def _ours(label: str, make: Callable[[Any], Timed]) -> Contestant:
    return Contestant(label, make, ours=True)


def _on_engines(what: str, make: _Made) -> Iterator[Contestant]:
    """*what*, once on each engine."""
    for engine in engines():
        yield _ours(engine.labelled(what), make(engine))


SAML: Final = (
    Contestant("OpenSSL alone", floor.openssl_floor, ("cryptography",), ours=True),
    Contestant(FLOOR, floor.lxml_floor, ("lxml",), ours=True),
    *_on_engines(VALIDATE, saml.validating),
    *_on_engines(SAML_EXCHANGE, saml.exchanging),
    Contestant("pybergshamra, signatures", saml_peers.pybergshamra, ("pybergshamra",)),
    Contestant("python-xmlsec, signatures", saml_peers.xmlsec, ("xmlsec",)),
    Contestant("signxml, signatures", saml_peers.signxml, ("signxml",)),
    Contestant("JDK javax.xml.crypto, signatures", outside.jdk, ("java",)),
    Contestant("minisaml", saml_peers.minisaml, ("minisaml",)),
    Contestant("python3-saml", saml_peers.python3_saml, ("python3-saml",)),
    Contestant("pysaml2", saml_peers.pysaml2, ("pysaml2", "xmlsec1")),
)
SAML_TOLD: Final = (
    "The floor is base64, one parse, and for each signature two canonicalisations, a digest and a verification by OpenSSL: no check, no "
    "structure, no result. `federation.validate` is everything up to the verified identity, `assume_role_with_saml` also trust policy, "
    "session and sealed token. Rows with “signatures” verify signatures and read nothing; the last three judge the response, pysaml2 by "
    "the program xmlsec1. minisaml has a response without PrefixList, which it does not read."
)

JWT: Final = (
    Contestant("OpenSSL alone", jwt.signature_alone, ("cryptography",), ours=True),
    _ours(VALIDATE, jwt.validating),
    _ours(JWT_EXCHANGE, jwt.exchanging),
    Contestant(PYJWT, jwt.pyjwt, ("PyJWT",)),
    Contestant("joserfc", jwt.joserfc, ("joserfc",)),
    Contestant("authlib", jwt.authlib, ("Authlib",)),
    Contestant("jwcrypto", jwt.jwcrypto, ("jwcrypto",)),
    Contestant("fast-jwt on Node", outside.fast_jwt, ("npm:fast-jwt", "node")),
    Contestant("jose on Node", outside.jose, ("npm:jose", "node")),
)

ALLOWED: Final = "Policy.evaluate, the last allows"
OPEN: Final = "SecurityTokenService.open"
INTERPRETER: Final = "the interpreter alone"
ONE_WORKER: Final = "federation serve, one worker"


def _accounts() -> tuple[Labelled, ...]:
    return tuple(Labelled("1 role" if count == 1 else f"{count:,} roles".replace(",", " "), count) for count in (1, 1_000, 10_000))


QUESTIONS: Final = (
    Question(
        name="saml-size",
        title="A SAML response, by its size",
        told=f"The assertion is signed, RSA-2048 with SHA-256. {SAML_TOLD}",
        cases=(
            SamlCase(label="5 KB", attributes=3, width=60),
            SamlCase(label="8 KB", attributes=10, width=130),
            SamlCase(label="24 KB", attributes=40, width=232),
            SamlCase(label="127 KB", attributes=400, width=30),
        ),
        prepare=saml.sample,
        contestants=SAML,
        base=FLOOR,
        charted="8 KB",
    ),
    Question(
        name="saml-key",
        title="A SAML response, by the key of its signer",
        told="8 KB, the assertion is signed, with SHA-256. The rows are those of the table above.",
        cases=tuple(
            SamlCase(label=label, key=key, width=130)
            for label, key in (
                ("RSA-2048", "rsa-2048"),
                ("RSA-3072", "rsa-3072"),
                ("RSA-4096", "rsa-4096"),
                ("P-256", "p256"),
                ("P-384", "p384"),
            )
        ),
        prepare=saml.sample,
        contestants=SAML,
        base=FLOOR,
        charted="P-256",
    ),
    Question(
        name="saml-signed",
        title="A SAML response, by what is signed or encrypted",
        told=(
            "8 KB, RSA-2048. “Encrypted” is a signed assertion that is encrypted by AES-256-GCM and RSA-OAEP; the floor decrypts it by "
            "OpenSSL. The rows are those of the first table."
        ),
        cases=(
            SamlCase(label="Response", sign="response", width=130),
            SamlCase(label="Assertion", sign="assertion", width=130),
            SamlCase(label="both", sign="both", width=130),
            SamlCase(label="encrypted", encrypted=True, width=130),
        ),
        prepare=saml.sample,
        contestants=SAML,
        base=FLOOR,
        charted="both",
    ),
    Question(
        name="jwt",
        title="An ID token with GitHub's claims, by its algorithm",
        told=(
            "1.2 to 1.5 KB. `federation.validate` includes strict decoding, every check and the identity, `assume_role_with_web_identity` "
            "also trust policy, session and sealed token. The libraries decode, verify, and check audience, issuer and times as far as "
            "they do. Node's are counted with all threads of the process."
        ),
        cases=(Labelled("RS256"), Labelled("PS256"), Labelled("ES256"), Labelled("EdDSA")),
        prepare=jwt.sample,
        contestants=JWT,
        base=PYJWT,
        charted="RS256",
    ),
    Question(
        name="policies",
        title="A trust policy, by the number of its statements",
        told="Every statement names the provider, and a subject of its own; only the last is the subject of the token.",
        cases=(Labelled("1 statement", 1), Labelled("20 statements", 20), Labelled("100 statements", 100)),
        prepare=roles.policy,
        contestants=(
            _ours(ALLOWED, roles.allowing),
            _ours("Policy.evaluate, none applies", roles.denying),
            _ours(JWT_EXCHANGE, roles.trusting),
            _ours("Policy.parse", roles.parsing),
        ),
        base=ALLOWED,
        charted="100 statements",
    ),
    Question(
        name="accounts",
        title="An account, by the number of its roles",
        told="A directory of files, one for each role. `open` reads, checks and compiles all of them.",
        cases=_accounts(),
        prepare=roles.account,
        contestants=(
            _ours(JWT_EXCHANGE, roles.assuming),
            _ours("refused: no such role", roles.refusing),
            Contestant(OPEN, roles.opening, ours=True, cold=True),
        ),
        base=JWT_EXCHANGE,
        charted="10 000 roles",
    ),
    Question(
        name="explain",
        title="A refusal and its explanation, by the number of roles",
        told="An explanation is computed only when it is requested. The last two search the account for the most similar name.",
        cases=tuple(each for each in _accounts() if each.number in explain.ROLES),
        prepare=roles.explanations,
        contestants=tuple(
            _ours(f"{word}: {what}", roles.named(f"{word}: {what}")) for what in explain.REFUSALS for word in ("refused", "explained")
        ),
        base=explain.MEASURE,
        charted="10 000 roles",
    ),
    Question(
        name="wire",
        title="CreateRole with five tags, on the wire of IAM",
        told="Our call records, beside botocore's service model driven the other way round (ADR 32). Only ours check patterns.",
        cases=(Labelled("CreateRole"),),
        prepare=roles.wire,
        contestants=tuple(Contestant(label, roles.named(label), ("botocore",), ours=True) for label in iam_wire.LABELS),
        base=iam_wire.MEASURE,
        charted="CreateRole",
    ),
    Question(
        name="startup",
        title="Start-up of the commands",
        told="Processor time of whole processes, from the start of the interpreter to its end.",
        cases=(Labelled("whole process"),),
        prepare=lambda case: case,
        contestants=(
            Contestant(INTERPRETER, starting.nothing, ours=True),
            Contestant("the interpreter, lxml and cryptography", starting.libraries, ("lxml", "cryptography"), ours=True),
            _ours("federation --version", starting.command("--version")),
            _ours("federation demo", starting.command("demo")),
            _ours("federation validate, SAML", starting.command(*starting.VALIDATE)),
            _ours("federation explain, ID token", starting.command(*starting.EXPLAIN, status=1)),
        ),
        base=INTERPRETER,
        charted="whole process",
        unit="ms",
        rounds=5,
    ),
    Question(
        name="server",
        title="Requests per second, beside moto's server",
        told=(
            "Kept-alive connections, 16 for each worker; the load generator is on the same cores. `federation serve` verifies everything "
            "and accepts a SAML response once; moto verifies nothing. Figures are of elapsed time."
        ),
        cases=(Labelled("AssumeRoleWithSAML"), Labelled("AssumeRoleWithWebIdentity")),
        prepare=serving.load,
        contestants=(
            Contestant(ONE_WORKER, serving.ours(1), ("granian",), ours=True),
            Contestant("federation serve, two workers", serving.ours(2), ours=True),
            Contestant("moto_server", serving.moto, ("moto",)),
        ),
        base=ONE_WORKER,
        charted="AssumeRoleWithSAML",
        unit="requests/s",
        rounds=serving.ROUNDS,
    ),
)
