"""The shapes of tokens cost time that grows linearly with a text, whoever wrote it."""

import pytest

from federation.shapes import form_fields, from_base64, html_fields, html_response, json_value, jwts, xml_root
from tests.support.growth import spends_at_most


@pytest.mark.parametrize("piece", ["<!---->", "<!--a-->", " ", "<?xml "])
def test_the_beginning_of_a_document_is_read_in_bounded_time(piece: str) -> None:
    with spends_at_most(0.2):
        assert xml_root((piece * 1000 + "!").encode()) == ""


@pytest.mark.parametrize(
    "piece", ["eyJ", "eyJa.", "eyJ.", "<input ", "<input name", "<input name=", "<input a='", "a=b&", "%2B", '{"a":', " "]
)
def test_every_shape_is_looked_for_in_bounded_time(piece: str) -> None:
    text = piece * (600_000 // len(piece))
    with spends_at_most(1.5):
        for look in (jwts, form_fields, from_base64, html_fields, html_response, json_value):
            look(text)


def test_a_root_stands_after_comments() -> None:
    assert xml_root(b"<?xml version='1.0'?><!-- a -- b --><!-- - --> \n<samlp:Response>") == "Response"


def test_fields_of_a_page_in_any_order_and_quotation() -> None:
    page = "<INPUT value='a&#43;b' name=\"SAMLResponse\"><input name='x'><input type=\"hidden\" name='x' value=\"1\"/>"
    assert html_fields(page) == {"SAMLResponse": "a+b", "x": "1"}
    assert html_response(page) == "a+b"
