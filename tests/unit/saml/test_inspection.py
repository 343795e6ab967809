"""What is shown of a response that nobody has proved."""

import base64

import pytest
from lxml import etree

from federation.saml.reading.inspection import inspect_response
from tests.support.signatures import LOGIN, changed, genuine, part

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"


def inspected(octets: bytes) -> dict[str, list[dict[str, object]]]:
    return inspect_response(base64.b64encode(octets).decode())


def response(inside: str) -> bytes:
    return f'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="{SAML}">{inside}</p:Response>'.encode()


def test_of_nested_assertions_each_shows_its_own() -> None:
    inner = '<Assertion ID="inner"><Audience>a</Audience><Attribute Name="i"><AttributeValue>1</AttributeValue></Attribute></Assertion>'
    outer = (
        f'<Assertion ID="outer"><Attribute Name="o"><AttributeValue>2{inner}</AttributeValue></Attribute><Audience>b</Audience></Assertion>'
    )
    first, second = inspected(response(outer))["assertions"]
    assert (first["ID"], first["Audiences"]) == ("outer", ["b"])
    assert (second["ID"], second["Audiences"]) == ("inner", ["a"])
    assert first["Attributes"] == [{"Name": "o", "Values": ["2a1"]}]
    assert second["Attributes"] == [{"Name": "i", "Values": ["1"]}]


def test_parts_outside_any_assertion_are_nobodys() -> None:
    (only,) = inspected(response('<Audience>a</Audience><Assertion ID="x"/><Audience>b</Audience>'))["assertions"]
    assert only["Audiences"] == []


@pytest.mark.parametrize("length", [1, 512, 513, 100_000])
def test_texts_are_cut(length: int) -> None:
    def lengthen(root: etree._Element) -> None:
        part(root, ".//saml:NameID").text = "n" * length

    (only,) = inspected(changed(genuine(), lengthen))["assertions"]
    assert only["NameID"] == ("n" * length if length <= 512 else "n" * 512 + "…")
    assert only["Attributes"] == [{"Name": name, "Values": list(values)} for name, values in LOGIN.attributes.items()]
