"""Answers beside botocore's service model: every required member is there, every type right, and the wire holds nothing undeclared."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import botocore.session  # type: ignore[import-untyped]
from botocore.validate import ParamValidator  # type: ignore[import-untyped]

SERVICE = botocore.session.get_session().get_service_model("sts")
NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"


def check_answer(operation: str, answer: dict[str, Any], wire: bytes) -> None:
    """Assert that boto3's *answer*, and the document it was read from, are as the model of *operation* declares them."""
    shape = SERVICE.operation_model(operation).output_shape
    answered = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    report = ParamValidator().validate(answered, shape)
    assert not report.has_errors(), report.generate_report()
    assert list(missing(shape, answered)) == []
    root = ET.fromstring(wire)  # noqa: S314 - what our own server wrote
    assert root.tag == f"{NAMESPACE}{operation}Response"
    assert [child.tag for child in root] == [f"{NAMESPACE}{operation}Result", f"{NAMESPACE}ResponseMetadata"]
    assert list(undeclared(shape, root[0])) == []


def missing(shape: Any, value: Any) -> Iterator[str]:
    """Members that are there but empty, which the SDKs of typed languages would not take."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from missing(shape.members[name], inner)
    elif value in (None, ""):
        yield shape.name


def undeclared(shape: Any, element: ET.Element) -> Iterator[str]:
    for child in element:
        name = child.tag.removeprefix(NAMESPACE)
        if name not in shape.members:
            yield name
        elif shape.members[name].type_name == "structure":
            yield from undeclared(shape.members[name], child)
