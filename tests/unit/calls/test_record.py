from typing import Any

import pytest

from federation.calls.record import check_parameters
from federation.errors import ValidationError
from federation.sts.operations.assume_role import AssumeRole
from federation.sts.operations.assume_role_with_saml import AssumeRoleWithSaml
from federation.tags import utf16_units

PATTERN = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
AT = "failed to satisfy constraint: "
SOUND: dict[str, Any] = {
    "role_arn": "arn:aws:iam::123456789012:role/r",
    "principal_arn": "arn:aws:iam::123456789012:saml-provider/p",
    "saml_assertion": "PHNhbWw+",
}


def check(**changes: Any) -> None:
    check_parameters(AssumeRoleWithSaml(**(SOUND | changes)))


def message(**changes: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        check(**changes)
    return refused.value.message


def test_missing() -> None:
    assert message(role_arn=None) == f"1 validation error detected: Value null at 'roleArn' {AT}Member must not be null"


def test_too_short() -> None:
    text = message(role_arn="short")
    assert text == f"1 validation error detected: Value 'short' at 'roleArn' {AT}Member must have length greater than or equal to 20"


def test_several_violations_in_one_message_the_pattern_before_the_length() -> None:
    text = message(role_arn="a\x00b", duration_seconds=43_201, principal_arn=None)
    assert text == (
        f"4 validation errors detected: Value 'a\x00b' at 'roleArn' {AT}Member must satisfy regular expression pattern: {PATTERN}; "
        f"Value 'a\x00b' at 'roleArn' {AT}Member must have length greater than or equal to 20; "
        f"Value null at 'principalArn' {AT}Member must not be null; "
        f"Value '43201' at 'durationSeconds' {AT}Member must have value less than or equal to 43200"
    )


def test_a_tag_key_has_the_length_before_the_pattern() -> None:
    with pytest.raises(ValidationError) as refused:
        check_parameters(AssumeRole(role_arn=SOUND["role_arn"], role_session_name="ab", tags=[{"Key": "", "Value": ""}]))
    written = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+"
    assert refused.value.message == (
        f"2 validation errors detected: Value '' at 'tags.1.member.key' {AT}Member must have length greater than or equal to 1; "
        f"Value '' at 'tags.1.member.key' {AT}Member must satisfy regular expression pattern: {written}"
    )


@pytest.mark.parametrize("value", ["abc", b"abc", "x" * 100_001])
def test_a_secret_value_is_not_shown(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        check(saml_assertion=value)
    error = refused.value
    assert error.check == "saml-assertion"
    assert "Value '****' at 'sAMLAssertion'" in error.message
    assert "abc" not in str(error) + error.message


def test_length_is_counted_in_utf16_units_and_astral_characters_fail_the_pattern() -> None:
    assert utf16_units("a\U0001f600é") == 4
    assert "regular expression" in message(role_arn="arn:aws:iam::123456789012:role/\U0001f600")
    check(role_arn="arn:aws:iam::123456789012:role/\ufffd\u0085")


@pytest.mark.parametrize("seconds", [900, 43_200, None])
def test_bounds_are_inclusive(seconds: int | None) -> None:
    check(duration_seconds=seconds)


@pytest.mark.parametrize("seconds", [899, 43_201, -1, True, 900.0, "900"])
def test_beyond_the_bounds(seconds: object) -> None:
    assert "'durationSeconds'" in message(duration_seconds=seconds)


def test_members_of_a_list_are_named_by_their_place() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    check(policy_arns=[arn, {"arn": arn}])
    assert "Value 'x' at 'policyArns.2.member.arn'" in message(policy_arns=[arn, {"arn": "x"}])
    assert "Value null at 'policyArns.1.member.arn'" in message(policy_arns=[{}])


@pytest.mark.parametrize("absent", [None, ()])
def test_an_absent_list_is_no_list(absent: object) -> None:
    check(policy_arns=absent)


def test_a_huge_value_is_not_amplified() -> None:
    assert len(message(role_arn="x" * 1_000_000)) < 5000
