"""The unsigned tree of a Response in the format of a product."""

from __future__ import annotations

from datetime import datetime, timedelta

from lxml import etree

from federation.testing import names
from federation.testing.login import Login, identifier, instant
from federation.testing.shapes import Shape


def build_response(login: Login, shape: Shape, entity_id: str) -> etree._Element:
    """Return the Response for *login* in the format of *shape*."""
    protocol, assertion, _ = shape.prefixes
    bindings: list[tuple[str | None, str]] = [(protocol, names.SAMLP)]
    # Declared once here instead of on every value, so that InclusiveNamespaces can list it.
    bindings += [(assertion, names.SAML)] if assertion is not None else []
    bindings += [(shape.schema_prefix, names.XS)] if shape.value_type is not None else []
    root = etree.Element(
        _samlp("Response"),
        _present(
            {
                "ID": identifier(shape.ids, login.seed, "response"),
                "Version": "2.0",
                "IssueInstant": _time(login.at, shape),
                "Destination": login.destination,
                "InResponseTo": login.in_response_to,
                "Consent": "urn:oasis:names:tc:SAML:2.0:consent:unspecified" if shape.consent else None,
            }
        ),
        nsmap=names.bound(*bindings),
    )
    _issuer(root, login.response_issuer, shape, entity_id)
    status = etree.SubElement(root, _samlp("Status"))
    etree.SubElement(status, _samlp("StatusCode"), {"Value": login.status})
    if login.status == names.SUCCESS:
        _assertion(root, login, shape, entity_id)
    return root


def _assertion(parent: etree._Element, login: Login, shape: Shape, entity_id: str) -> None:
    root = etree.SubElement(
        parent,
        _saml("Assertion"),
        {
            "ID": identifier(shape.ids, login.seed, "assertion"),
            "IssueInstant": _time(login.at, shape),
            "Version": "2.0",
        },
        nsmap=names.bound((shape.prefixes[1], names.SAML)),
    )
    _issuer(root, login.issuer, shape, entity_id)
    _subject(root, login, shape, entity_id)
    _conditions(root, login, shape)
    if shape.attributes_first:
        _attributes(root, login, shape)
        _authn(root, login, shape)
    else:
        _authn(root, login, shape)
        _attributes(root, login, shape)


def _issuer(parent: etree._Element, issuer: str | None, shape: Shape, entity_id: str) -> None:
    if issuer is not None:
        attributes = {"Format": names.ENTITY} if shape.issuer_format else {}
        element = etree.SubElement(parent, _saml("Issuer"), attributes, nsmap=names.bound((shape.prefixes[1], names.SAML)))
        element.text = issuer or entity_id


def _subject(parent: etree._Element, login: Login, shape: Shape, entity_id: str) -> None:
    subject = etree.SubElement(parent, _saml("Subject"))
    if login.subject is not None:
        attributes = {
            "Format": shape.subject_format if login.subject_format == "" else login.subject_format,
            "NameQualifier": entity_id if shape.qualified else None,
            "SPNameQualifier": next(iter(login.audiences), None) if shape.qualified else None,
        }
        etree.SubElement(subject, _saml("NameID"), _present(attributes)).text = login.subject
    confirmation = etree.SubElement(subject, _saml("SubjectConfirmation"), {"Method": names.BEARER})
    attributes = {
        "Address": login.address if shape.address else None,
        "InResponseTo": login.in_response_to,
        "NotOnOrAfter": None if login.validity is None else _time(login.at + login.validity, shape),
        "Recipient": login.recipient,
    }
    etree.SubElement(confirmation, _saml("SubjectConfirmationData"), _present(attributes))


def _conditions(parent: etree._Element, login: Login, shape: Shape) -> None:
    life = login.validity
    if life is not None and shape.conditions_life is not None:
        life = min(life, shape.conditions_life)
    attributes = {
        "NotBefore": None if login.not_before is None else _time(login.at + login.not_before, shape),
        "NotOnOrAfter": None if life is None else _time(login.at + life, shape),
    }
    conditions = etree.SubElement(parent, _saml("Conditions"), _present(attributes))
    if login.audiences:
        restriction = etree.SubElement(conditions, _saml("AudienceRestriction"))
        for audience in login.audiences:
            etree.SubElement(restriction, _saml("Audience")).text = audience


def _authn(parent: etree._Element, login: Login, shape: Shape) -> None:
    session = shape.session if login.session == timedelta(0) else login.session
    attributes = {
        "AuthnInstant": _time(login.at, shape),
        "SessionIndex": identifier(shape.ids, login.seed, "session"),
        "SessionNotOnOrAfter": None if session is None else _time(login.at + session, shape),
    }
    statement = etree.SubElement(parent, _saml("AuthnStatement"), _present(attributes))
    if shape.address:
        etree.SubElement(statement, _saml("SubjectLocality"), {"Address": login.address})
    context = etree.SubElement(statement, _saml("AuthnContext"))
    etree.SubElement(context, _saml("AuthnContextClassRef")).text = shape.context_class


def _attributes(parent: etree._Element, login: Login, shape: Shape) -> None:
    if not login.attributes:
        return
    statement = etree.SubElement(parent, _saml("AttributeStatement"))
    for name, values in login.attributes.items():
        attributes = {
            "Name": name,
            "NameFormat": shape.name_format,
            "FriendlyName": name.rpartition("/")[2] if shape.friendly_names else None,
        }
        attribute = etree.SubElement(statement, _saml("Attribute"), _present(attributes))
        for value in values:
            etree.SubElement(attribute, _saml("AttributeValue"), _value_type(shape), nsmap=_value_nsmap(shape)).text = value


def _value_type(shape: Shape) -> dict[str, str]:
    return {} if shape.value_type is None else {f"{{{names.XSI}}}type": f"{shape.schema_prefix}:{shape.value_type}"}


def _value_nsmap(shape: Shape) -> dict[str, str]:
    return {} if shape.value_type is None else {"xsi": names.XSI}


def _present(attributes: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value is not None}


def _time(moment: datetime, shape: Shape) -> str:
    return instant(moment, milliseconds=shape.milliseconds)


def _samlp(name: str) -> str:
    return f"{{{names.SAMLP}}}{name}"


def _saml(name: str) -> str:
    return f"{{{names.SAML}}}{name}"
