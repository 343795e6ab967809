from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.errors import AccountFault, RegistrationError
from federation.sts.service import SecurityTokenService
from federation.testing.examples import MFA_SERIAL, SAML_PROVIDER, SAML_ROLE, Examples, write_examples
from federation.testing.mfa import mfa_code, mfa_device
from tests.support.paths import FIXTURES

AT = datetime(2027, 3, 1, 8, 15, 30, 123_456, tzinfo=UTC)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    return write_examples(tmp_path_factory.mktemp("examples"), fixtures=FIXTURES, at=AT)


def test_everything_holds_at_the_instant(examples: Examples) -> None:
    sts = SecurityTokenService.open(examples.account, neighbours=[examples.neighbour])
    for response in ((examples.root / "saml-response.b64").read_text("ascii"), examples.saml_response(at=AT, seed="another")):
        late = AT + timedelta(minutes=4)
        session = sts.assume_role_with_saml(role_arn=SAML_ROLE, principal_arn=SAML_PROVIDER, saml_assertion=response, at=late)
        assert session.subject == "SamlExample"
    amazon = sts.assume_role_with_web_identity(
        role_arn="arn:aws:iam::123456789012:role/FederatedWebIdentityRole",
        role_session_name="app1",
        web_identity_token=(examples.root / "access-token").read_text("ascii"),
        provider_id="www.amazon.com",
        at=AT + timedelta(minutes=59),
    )
    assert amazon.to_dict()["Provider"] == "www.amazon.com"
    message = (examples.root / "encoded-message").read_text("ascii")
    broker = "arn:aws:iam::111122223333:user/Broker"
    assert "VisualEditor0" in sts.decode_authorization_message(caller=broker, encoded_message=message, at=AT).decoded_message
    device = mfa_device(examples.account, MFA_SERIAL)
    code = mfa_code(device, at=AT)
    sts.get_session_token(caller="arn:aws:iam::123456789012:user/DevAdmin", serial_number=MFA_SERIAL, token_code=code, at=AT)


def test_secrets_are_for_their_owner_alone(examples: Examples) -> None:
    for secret in ("identity-provider/key.pem", "aws-credentials"):
        assert (examples.root / secret).stat().st_mode & 0o077 == 0


def test_what_is_there_stays_there(examples: Examples, tmp_path: Path) -> None:
    before = sorted(examples.root.rglob("*"))
    with pytest.raises(AccountFault):
        write_examples(examples.root, fixtures=FIXTURES, at=AT)
    assert sorted(examples.root.rglob("*")) == before


def test_a_device_that_nobody_has() -> None:
    with pytest.raises(RegistrationError) as refusal:
        mfa_device(FIXTURES / "account", "arn:aws:iam::123456789012:mfa/Nobody")
    assert refusal.value.check == "mfa-device"


def test_the_code_of_the_documented_example() -> None:
    device = mfa_device(FIXTURES / "account", MFA_SERIAL)
    assert mfa_code(device, at=datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)) == "123456"
