"""Responses whose canonical form is awkward, unsigned, and the signature of libxmlsec over them.

They are valid: the namespaces of each element and attribute are those of SAML, only not where one looks for them first.
"""

from types import MappingProxyType

import xmlsec
from lxml import etree

from federation.saml.signature.algorithms import ENVELOPED, EXCLUSIVE, SIGNATURES
from federation.saml.xml import DS, EC, SAML, SAMLP, XSI
from federation.testing.keys import SigningKey

RESPONSE_ID, ASSERTION_ID = "_response", "_assertion"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
XSD = "http://www.w3.org/2001/XMLSchema"
_URIS = {"SAML": SAML[1:-1], "SAMLP": SAMLP[1:-1], "XSI": XSI[1:-1], "XSD": XSD, "DS": DS[1:-1]}


def _response(on_response: str, on_assertion: str, *, p: str = "p:", a: str = "a:", value: str = "", on_value: str = "") -> bytes:
    """A response. *p* and *a* are the prefixes of protocol and assertion; declarations are written with ``{SAML}`` and the like."""
    times = 'IssueInstant="2026-01-15T12:00:00Z" Version="2.0"'
    text = (
        f'<{p}Response {on_response} ID="{RESPONSE_ID}" {times}><{a}Issuer>https://idp.example.com/saml</{a}Issuer>\n'
        f'<{p}Status><{p}StatusCode Value="{SUCCESS}"/></{p}Status>\n'
        f'<{a}Assertion {on_assertion} {times} ID="{ASSERTION_ID}"><{a}Issuer>https://idp.example.com/saml</{a}Issuer>\n'
        f'<{a}Subject><{a}NameID>alice &amp; "bob" &gt; é\t</{a}NameID><{a}SubjectConfirmation Method="{BEARER}">'
        f'<{a}SubjectConfirmationData Recipient="https://sp.example.com/?a=1&amp;b=&quot;2&quot;" NotOnOrAfter="2026-01-15T12:05:00Z"/>'
        f"</{a}SubjectConfirmation></{a}Subject>\n"
        f"<{a}Conditions><{a}AudienceRestriction><{a}Audience>urn:amazon:webservices</{a}Audience></{a}AudienceRestriction></{a}Conditions>"
        f'<{a}AuthnStatement AuthnInstant="2026-01-15T11:59:00Z"><{a}AuthnContext/></{a}AuthnStatement>'
        f'<{a}AttributeStatement><{a}Attribute Name="groups" >{value or _value(a, on_value)}</{a}Attribute></{a}AttributeStatement>'
        f"</{a}Assertion></{p}Response>"
    )
    for name, uri in _URIS.items():
        text = text.replace(f"{{{name}}}", uri)
    return text.encode()


def _value(a: str, on_value: str) -> str:
    return f"<{a}AttributeValue {on_value}>on-call</{a}AttributeValue><{a}AttributeValue></{a}AttributeValue>"


_BOTH = 'xmlns:p="{SAMLP}" xmlns:a="{SAML}"'
FORMS = MappingProxyType(
    {
        "plain": _response(_BOTH, ""),
        "default namespaces that switch": _response('xmlns="{SAMLP}" xmlns:a="{SAML}"', "", p=""),
        "the assertion as default namespace of the response": _response('xmlns:p="{SAMLP}" xmlns="{SAML}"', "", a=""),
        "superfluous declarations": _response(
            f'{_BOTH} xmlns="urn:unused" xmlns:un="urn:unused:1" xmlns:xs="{{XSD}}"', f'xmlns:deux="urn:unused:2" {_BOTH}'
        ),
        "one namespace under two prefixes": _response(
            f'{_BOTH} xmlns:b="{{SAML}}" xmlns:xsi="{{XSI}}"',
            'xmlns:xsd="{XSD}"',
            value='<b:AttributeValue xmlns:i="{XSI}" i:type="xsd:string">x</b:AttributeValue><a:AttributeValue xsi:type="xsd:string"/>',
        ),
        "a prefix that is bound anew": _response(
            f'{_BOTH} xmlns:x="urn:outer" xmlns:xsi="{{XSI}}"',
            'xmlns:x="{SAML}"',
            value='<x:AttributeValue>one</x:AttributeValue><x:AttributeValue xmlns:x="{SAML}" xmlns:xsi="{XSI}" xsi:type="x:t"/>',
        ),
        "a prefix that is bound anew and back": _response(
            f'{_BOTH} xmlns:x="urn:outer"',
            'xmlns:x="urn:inner"',
            value='<a:AttributeValue xmlns:x="urn:outer">one</a:AttributeValue><a:AttributeValue xmlns:x="urn:inner"/>',
        ),
        "a prefix in content alone": _response(f'{_BOTH} xmlns:xs="{{XSD}}" xmlns:xsi="{{XSI}}"', "", on_value='xsi:type="xs:string"'),
        "a default namespace within": _response(
            _BOTH,
            "",
            value='<AttributeValue xmlns="{SAML}">one</AttributeValue><a:AttributeValue xmlns="urn:unused">two</a:AttributeValue>',
        ),
        "attributes out of order": _response(
            f'Destination="https://sp.example.com/" xmlns:xsi="{{XSI}}" {_BOTH}',
            'xmlns:z="urn:z" xmlns:b="urn:b"',
            on_value='xmlns:z="{XSI}" z:type="b:string"',
        ),
    }
)
PREFIX_LISTS = ("", "xs", "a p ds", "x", "absent xs a", "#default", "un deux #default", "xsi xsi b")


def sign_by_libxmlsec(document: bytes, element_id: str, key: SigningKey, *, prefix: str = "ds", lists: tuple[str, str] = ("", "")) -> bytes:
    """*document*, with a signature of libxmlsec over the element of that ID behind its Issuer; *lists* as in `signature_template`."""
    root = etree.fromstring(with_template(document, element_id, signature_template(element_id, prefix=prefix, lists=lists)))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private_pem(), xmlsec.constants.KeyDataFormatPem)
    xmlsec.tree.add_ids(root, ["ID"])
    context.sign(next(found for found in root.iter(f"{DS}Signature") if found.findtext(f"{DS}SignatureValue") == ""))
    return etree.tostring(root)


def signature_template(element_id: str, *, prefix: str = "ds", lists: tuple[str, str] = ("", ""), method: str = "rsa-sha256") -> str:
    """A Signature without values. *lists* are the PrefixLists of the reference and of SignedInfo; where one is empty there is none."""
    d, declared = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    of_reference, of_signed_info = (
        f'<ec:InclusiveNamespaces xmlns:ec="{EC[1:-1]}" PrefixList="{prefixes}"/>' if prefixes else "" for prefixes in lists
    )
    identifier = next(name for name in SIGNATURES if name.endswith(f"#{method}"))
    return (
        f'<{d}Signature {declared}="{DS[1:-1]}"><{d}SignedInfo>'
        f'<{d}CanonicalizationMethod Algorithm="{EXCLUSIVE}">{of_signed_info}</{d}CanonicalizationMethod>'
        f'<{d}SignatureMethod Algorithm="{identifier}"/><{d}Reference URI="#{element_id}"><{d}Transforms>'
        f'<{d}Transform Algorithm="{ENVELOPED}"/><{d}Transform Algorithm="{EXCLUSIVE}">{of_reference}</{d}Transform></{d}Transforms>'
        f'<{d}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><{d}DigestValue></{d}DigestValue></{d}Reference>'
        f"</{d}SignedInfo><{d}SignatureValue></{d}SignatureValue></{d}Signature>"
    )


def with_template(document: bytes, element_id: str, template: str) -> bytes:
    """*document* with *template* behind the Issuer of the element of that ID; nothing else is written anew."""
    start = document.index(f'ID="{element_id}"'.encode())
    end = document.index(b"Issuer>", document.index(b"Issuer>", start) + 1) + len(b"Issuer>")
    return document[:end] + template.encode() + document[end:]
