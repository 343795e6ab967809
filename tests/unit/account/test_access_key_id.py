import pytest

from federation.account.access_key_id import access_key_id, account_of
from federation.errors import ValidationError


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("ASIAQAAAAAAAGMKEM7X5", "000000000000"),
        ("AKIARZPUZDIKGB2VALC4", "123456789012"),
    ],
)
def test_published_ids(key_id: str, account: str) -> None:
    assert account_of(key_id) == account


@pytest.mark.parametrize("account", ["000000000000", "123456789012", "999999999999"])
@pytest.mark.parametrize("variable", [bytes(5), b"\xff" * 5, b"\x80\x01\x02\x03\x04"])
def test_round_trip(account: str, variable: bytes) -> None:
    key_id = access_key_id(account, variable)
    assert len(key_id) == 20
    assert key_id.startswith("ASIA")
    assert account_of(key_id) == account


def test_altered_trailing_characters_still_answer() -> None:
    assert account_of("ASIAY34FZKBOAAAAAAAA") == "609629065308"


@pytest.mark.parametrize(
    "key_id",
    ["AKIAIOSFODNN7EXAMPLE", "AKIAJAAAAAAAAAAAAAAA", "ASIAY34FZKBOKMUTVV7", "ASIAY34FZKBOKMUTVV71", "asiay34fzkbokmutvv7a", "", None, 7],
)
def test_ids_without_an_account(key_id: object) -> None:
    with pytest.raises(ValidationError) as refused:
        account_of(key_id)
    assert refused.value.check == "access-key-id"
