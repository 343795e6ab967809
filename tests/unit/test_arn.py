"""ARNs are made by parsing, whole or not at all."""

from typing import Any

import pytest

from federation.arn import Arn
from federation.errors import ValidationError


def test_the_six_fields() -> None:
    arn = Arn.parse("arn:aws-us-gov:iam::123456789012:role/team/Portal")

    assert (arn.partition, arn.service, arn.region, arn.account) == ("aws-us-gov", "iam", "", "123456789012")
    assert (arn.resource, arn.resource_type, arn.name) == ("role/team/Portal", "role", "Portal")
    assert str(arn) == "arn:aws-us-gov:iam::123456789012:role/team/Portal"


def test_colons_after_the_fifth_belong_to_the_resource() -> None:
    assert Arn.parse("arn:aws:sns:eu-west-1:123456789012:topic:subscription").resource == "topic:subscription"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "role/Portal",
        "arn:aws:iam::123456789012",
        "arn:aws:iam::123456789012:",
        "arn:aws:iam::12345678901:role/Portal",
        "arn:aws:iam::\u0661\u0662\u0663456789012:role/Portal",
        "arn:azure:iam::123456789012:role/Portal",
        "ARN:aws:iam::123456789012:role/Portal",
        " arn:aws:iam::123456789012:role/Portal",
    ],
)
def test_anything_else_is_refused_in_the_words_of_sts(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Arn.parse(text, check="role-arn")

    assert (refused.value.check, refused.value.message) == ("role-arn", f"{text} is invalid")


@pytest.mark.parametrize(
    "value", [None, 7, b"arn:aws:iam::123456789012:role/Portal", ["arn"], "arn:aws:iam::123456789012:role/" + "x" * 2048]
)
def test_no_text_and_endless_text_are_not_repeated(value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Arn.parse(value)

    assert refused.value.check == "arn"
    assert len(refused.value.message) < 300
