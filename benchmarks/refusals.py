"""The cost of a refused token beside that of the accepted token from which it was made.

    python -m benchmarks.refusals

A refusal is what an attacker can have as often as they like. It should cost no more than a login.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from time import thread_time_ns
from typing import Any, Final

from federation import FederationError, OidcProvider, SamlProvider, validate
from federation.testing import OIDC_SHAPES, Login, OidcForge, SamlForge, SigningKey, TokenKey, aws_attributes, to_base64

AT: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
ACCEPTED: Final = "accepted"
_ACCOUNT: Final = "arn:aws:iam::123456789012"
_MORE: Final = {f"https://example.com/attributes/{number}": ("v" * 190,) for number in range(8)}


def _refused(token: str, provider: SamlProvider | OidcProvider, at: datetime = AT) -> Callable[[], object]:
    def run() -> object:
        try:
            validate(token, provider, at=at)
        except FederationError as refusal:
            return refusal
        raise SystemExit("a token that is to be refused is accepted")

    return run


def saml() -> dict[str, Callable[[], object]]:
    """Return the accepted response, and the refused ones by what is wrong with them."""
    own, stranger = (SigningKey.generate("rsa-2048", common_name=name, at=AT) for name in ("idp", "stranger"))
    forge = SamlForge(key=own)
    arn = f"{_ACCOUNT}:saml-provider/Company"
    provider = SamlProvider.from_metadata(forge.metadata(), arn=arn)
    attributes = aws_attributes(role=f"{_ACCOUNT}:role/Deploy", provider=arn, session_name="alice", more=_MORE)
    octets = forge.response(Login(at=AT, subject="alice", attributes=attributes, seed="benchmark"), sign="assertion")
    token = to_base64(octets)
    validate(token, provider, at=AT)
    place = octets.index(b"SignatureValue>") + 40
    other = b"B" if octets[place : place + 1] == b"A" else b"A"
    tampered = {
        "an attribute is altered": octets.replace(b"vvvvv", b"vvwvv", 1),
        "the signature value is altered": octets[:place] + other + octets[place + 1 :],
        "of another key": SamlForge(key=stranger).response(
            Login(at=AT, subject="alice", attributes=attributes, seed="benchmark"), sign="assertion"
        ),
        "not signed": forge.response(Login(at=AT, subject="alice", attributes=attributes, seed="benchmark"), sign=None),
        "not XML": octets[: len(octets) // 2],
        "no XML at all": b"\xff\x00" * (len(octets) // 2),
        "a document type": b"<!DOCTYPE x []>" + octets,
        "nested too deep": b"<a>" * (len(octets) // 7) + b"</a>" * (len(octets) // 7),
        "nested too deep inside": octets.replace(b"vvvvv", b"<a>" * 400 + b"</a>" * 400, 1),
        "another element": octets.replace(b"Response", b"Rexponse"),
        "two assertions": octets.replace(b"</saml2p:Response>", b"<saml2:Assertion/></saml2p:Response>"),
    }
    return {
        ACCEPTED: lambda: validate(token, provider, at=AT),
        **{name: _refused(to_base64(sent), provider) for name, sent in tampered.items()},
        "expired": _refused(token, provider, AT + timedelta(days=1)),
        "not yet valid": _refused(token, provider, AT - timedelta(days=1)),
        "for another audience": _refused(token, SamlProvider.from_metadata(forge.metadata(), arn=arn, audiences=("urn:other",))),
        "for another recipient": _refused(
            token, SamlProvider.from_metadata(forge.metadata(), arn=arn, recipients=("https://other.example/saml",))
        ),
        "of another entity": _refused(
            token, SamlProvider(entity_ids=("https://other.example",), certificates=(own.certificate_pem(),), arn=arn)
        ),
        "not base64": _refused(token[:4000] + "!" + token[4000:], provider),
        "base64 that ends early": _refused(token[:-3], provider),
        "base64 twice": _refused(base64.b64encode(token.encode()).decode(), provider),
        "empty": _refused("", provider),
        "too long": _refused(token * 200, provider),
    }


def oidc() -> dict[str, Callable[[], object]]:
    """Return the accepted ID token, and the refused ones by what is wrong with them."""
    forge = OidcForge(key=TokenKey.generate("RS256"), shape=OIDC_SHAPES["github"])
    other = OidcForge(key=TokenKey.generate("RS256"), shape=OIDC_SHAPES["github"])
    provider = forge.provider(arn=f"{_ACCOUNT}:oidc-provider/token.actions.githubusercontent.com")
    token = forge.token(at=AT)
    head, claims, signature = token.split(".")
    validate(token, provider, at=AT)
    sent = {
        "the claims are altered": f"{head}.{claims[:-4]}{'AAAA' if claims[-4:] != 'AAAA' else 'BBBB'}.{signature}",
        "the signature is altered": f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "of another key": other.token(at=AT),
        "for another audience": forge.token(at=AT, audience="other"),
        "of another issuer": forge.token(at=AT, iss="https://other.example"),
        "without a subject": forge.token(at=AT, sub=None),
        "not signed": f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{claims}.",
        "another algorithm": f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{claims}.{signature}",
        "an unknown key id": f"{_segment({'alg': 'RS256', 'kid': 'unknown'})}.{claims}.{signature}",
        "two segments": f"{head}.{claims}",
        "not base64url": f"{head}.{claims[:50]}!{claims[50:]}.{signature}",
        "claims that are not JSON": f"{head}.{claims[:400]}.{signature}",
        "a header that is not JSON": f"{head[:8]}.{claims}.{signature}",
        "claims nested too deep": f"{head}.{_encoded(b'[' * 500 + b']' * 500)}.{signature}",
        "claims that are no object": f"{head}.{_encoded(b'[1]')}.{signature}",
        "no token": "x" * len(token),
        "empty": "",
        "too long": f"{head}.{claims * 40}.{signature}",
    }
    return {
        ACCEPTED: lambda: validate(token, provider, at=AT),
        **{name: _refused(each, provider) for name, each in sent.items()},
        "expired": _refused(token, provider, AT + timedelta(days=1)),
        "not yet valid": _refused(token, provider, AT - timedelta(days=1)),
    }


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _segment(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def rows() -> Iterator[str]:
    """Yield the report, the dearest refusal first."""
    for title, contestants in (("SAML", saml()), ("OIDC", oidc())):
        found = {name: median(times) for name, times in samples(contestants).items()}
        yield f"{title}: accepted {found[ACCEPTED]:.0f} µs"
        for name, micros in sorted(found.items(), key=lambda row: -row[1]):
            yield f"  {micros / found[ACCEPTED]:5.2f} x  {micros:7.0f} µs  {name}"


def samples(contestants: Mapping[str, Callable[[], object]], *, rounds: int = 15, calls: int = 5) -> dict[str, list[float]]:
    """Return microseconds of processor time for a call of each, in each round. All run in every round, as a slow moment slows them all."""
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            run()
            before = thread_time_ns()
            for _ in range(calls):
                run()
            found[name].append((thread_time_ns() - before) / calls / 1000)
    return found


if __name__ == "__main__":
    print(*rows(), sep="\n")
