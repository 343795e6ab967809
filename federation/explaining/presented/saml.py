"""SAML material: where a web identity token belongs, or in another form than base64 of a Response."""

from __future__ import annotations

from typing import Final

from federation.explaining.presented.model import Look, Presented
from federation.explaining.wording import number
from federation.shapes import JWT, SAML, from_base64, inflated, xml_root

_MEANING: Final = {
    "Response": "a SAML response",
    "Assertion": "a SAML assertion without the Response that carried it",
    "EncryptedAssertion": "an encrypted SAML assertion without the Response that carried it",
    "AuthnRequest": "a SAML request (AuthnRequest), which asks for a login and proves none",
    "LogoutRequest": "a SAML logout request",
    "LogoutResponse": "a SAML logout response",
    "ArtifactResponse": "a SAML artifact response, whose Response is inside",
    "EntityDescriptor": "SAML metadata, which registers an identity provider and proves no login",
    "EntitiesDescriptor": "SAML metadata of several parties, which proves no login",
    "Envelope": "a SOAP envelope",
    "RequestSecurityTokenResponse": "an answer of WS-Trust",
    "RequestSecurityTokenResponseCollection": "an answer of WS-Trust",
}
_STANDARD: Final = (
    "python3 -c 'import sys, base64 as b; t = sys.stdin.read().strip(); "
    'print(b.b64encode(b.urlsafe_b64decode(t + "=" * (-len(t) % 4))).decode())\''
)
"""Writes base64url without padding as base64."""
_GZIP: Final = b"\x1f\x8b"
_BUT_ONE: Final = 3
"""Characters of the last four of base64 where one is left out."""
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_REDIRECT: Final = "the HTTP-Redirect binding compresses, and AWS takes what HTTP-POST sends"


def _xml(text: str, wanted: str) -> Presented | None:
    root = xml_root(text.encode("utf-8", "replace")) if text.lstrip("\ufeff \t\r\n").startswith("<") else ""
    if not root:
        return None
    return _told(root, wanted, "as XML that is not encoded", "encode the XML document as base64, without changing it", "base64 -w0")


def _base64(text: str, wanted: str) -> Presented | None:
    octets = from_base64(text)
    if octets is None:
        return None
    root = xml_root(octets)
    if root:
        return _encoded(text, root, wanted)
    if octets.startswith(_UTF16) and xml_root(octets.decode(_order(octets), "replace").encode()):
        return Presented(
            sentence="the base64 holds XML in UTF-16, and AWS reads XML in UTF-8",
            instruction="take the response from the browser's form field SAMLResponse: re-encoding it would break its signature",
            old="UTF-16",
            new="UTF-8",
        )
    if octets.startswith(_GZIP):
        return Presented(
            sentence="the base64 holds gzip data",
            instruction="send the XML uncompressed, as the identity provider posted it",
            old="gzip",
            new="XML",
        )
    return _compressed(octets) or _twice(octets, wanted)


def _compressed(octets: bytes) -> Presented | None:
    root = xml_root(inflated(octets) or b"")
    if not root:
        return None
    what = _MEANING.get(root, f"XML with the root {root}")
    return Presented(
        sentence=f"the base64 holds deflated XML, {what}: {_REDIRECT}",
        instruction="let the identity provider send its responses by HTTP-POST, and send the value of the form field SAMLResponse",
        old="HTTP-Redirect",
        new="HTTP-POST",
        owner="identity-provider",
        path="AssertionConsumerService/@Binding",
    )


def _twice(octets: bytes, wanted: str) -> Presented | None:
    if not octets.isascii():
        return None
    inner = octets.decode("ascii").strip()
    again = from_base64(inner)
    if JWT.fullmatch(inner):
        return Presented(
            sentence="the value is base64 of a token: it was encoded once more, as a Kubernetes Secret shows it",
            instruction="decode it once",
            old="base64 of the token",
            new="the token",
            command="base64 -d",
            token=inner if wanted != SAML else None,
        )
    if again is None or not xml_root(again):
        return None
    return Presented(
        sentence="the value is base64 inside base64: the response was encoded twice",
        instruction="decode it once",
        old="base64 of base64",
        new="base64 of the XML",
        command="base64 -d",
        token=inner if wanted == SAML else None,
    )


def _encoded(text: str, root: str, wanted: str) -> Presented | None:
    """Tell base64 of XML: of the wrong document, in the wrong alphabet, or cut."""
    if wanted != SAML or root != "Response":
        return _told(root, wanted, "", "send the whole Response, as the identity provider posts it in the form field SAMLResponse", "")
    packed = "".join(text.split())
    standard = packed.rstrip("=").replace("-", "+").replace("_", "/")
    restored = text.strip("\r\n\t").replace(" ", "+")
    if (
        " " in text and len(restored) % 4 == _BUT_ONE and (from_base64(f"{restored}+") or b"").endswith(b">")
    ):  # who read the file left out a last blank
        restored += "+"
    if restored.count("+") > packed.count("+") and len(restored) % 4 == 0 and len(packed) % 4 and restored.split() == [restored]:
        return Presented(
            sentence=f"the + signs of the base64 became blanks, {len(restored) - len(packed)} of them, as where a form is decoded twice",
            instruction="write + for each blank, or percent-encode the value when it is sent in a form",
            old="blanks",
            new="+",
            command="tr ' ' '+'",
            token=restored,
        )
    if "-" in packed or "_" in packed:
        return Presented(
            sentence="the response is written in base64url (- and _), and AWS reads standard base64 (+ and /)",
            instruction="encode the XML with the standard alphabet, padded with =",
            old="base64url",
            new="base64",
            command="tr '_-' '/+'" if len(packed) % 4 == 0 else _STANDARD,
            token=standard + "=" * (-len(standard) % 4),
        )
    if len(packed.rstrip("=")) % 4 == 1 or len(packed) % 4:
        return Presented(
            sentence=f"the response was cut: it has {number(len(packed), 'character')}, and base64 has a multiple of four",
            instruction="send the whole value, with its = padding: shells and editors cut long lines",
            old=number(len(packed), "character"),
        )
    return None


def _told(root: str, wanted: str, how: str, instruction: str, command: str) -> Presented:
    what = _MEANING.get(root, f"XML with the root element {root}")
    sentence = f"the value is {what}" + (f", sent {how}" if how else "")
    if wanted != SAML:
        return Presented(
            sentence=f"{sentence}; AssumeRoleWithWebIdentity takes an ID token",
            instruction="send it to AssumeRoleWithSAML, as SAMLAssertion, with the ARN of the SAML provider as PrincipalArn",
            old="AssumeRoleWithWebIdentity",
            new="AssumeRoleWithSAML",
            path="Action",
        )
    return Presented(sentence=sentence, instruction=instruction, old=root, new="Response", command=command if root == "Response" else "")


def _order(octets: bytes) -> str:
    """Return the name of the UTF-16 in which *octets* are written: by its mark, else by where the NUL of a `<` stands."""
    marked = octets.startswith(_UTF16[:2])
    return "utf-16" if marked else "utf-16-be" if octets[0] == 0 else "utf-16-le"


LOOKS: Final[tuple[Look, ...]] = (_xml, _base64)
