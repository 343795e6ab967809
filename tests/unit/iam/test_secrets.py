"""No secret that a call of IAM carries or returns is in its event, in its refusal, or in a repr (attack row O04)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.account import MfaDevice
from federation.account.mfa_device import parse_secret
from federation.state import AuditEvent
from federation.testing import SigningKey
from federation.testing.mfa import mfa_code
from tests.support.iam import AT, Iam
from tests.support.sts.saml_login import forge

METADATA = forge().metadata().decode()
KEY = SigningKey.generate(common_name="sp", at=AT).private_pem().decode()


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)

    def told(self) -> str:
        return "\n".join(str(event.as_dict()) for event in self)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def iam(tmp_path: Path, events: Events) -> Iam:
    made = Iam(tmp_path, audit=events)
    made("CreateUser", UserName="Alice")
    return made


def test_the_secret_of_an_access_key(iam: Iam, events: Events) -> None:
    made = iam("CreateAccessKey", UserName="Alice")["AccessKey"]
    assert made["AccessKeyId"] in events.told()
    assert made["SecretAccessKey"] not in events.told() + repr(iam.live.account)


def test_the_seed_and_the_codes_of_a_device(iam: Iam, events: Events) -> None:
    made = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    device = MfaDevice(made["SerialNumber"], parse_secret(seed))
    codes = [mfa_code(device, at=AT + timedelta(seconds=30 * step)) for step in (0, 1, 7)]
    wrong = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[2]}
    refused = [
        iam.refusal("EnableMFADevice", UserName="Alice", SerialNumber=device.serial_number, **wrong),
        iam.refusal("EnableMFADevice", UserName="Alice", SerialNumber=device.serial_number, **{**wrong, "AuthenticationCode1": "12345x"}),
    ]
    right = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1]}
    iam("EnableMFADevice", UserName="Alice", SerialNumber=device.serial_number, **right)
    told = events.told() + "".join(f"{refusal} {refusal.wire_message} {refusal.as_dict()}" for refusal in refused)
    assert device.serial_number in told
    for secret in (seed, *codes, "12345x"):
        assert secret not in told


@pytest.mark.parametrize("key", [KEY, f"{KEY[:-60]}{'A' * 60}", "not a key at all"], ids=["key", "broken", "text"])
def test_the_private_key_of_a_provider(iam: Iam, events: Events, key: str) -> None:
    arguments: dict[str, Any] = {"Name": "Idp", "SAMLMetadataDocument": METADATA, "AddPrivateKey": key}
    if key == KEY:
        iam("CreateSAMLProvider", **arguments)
        told = events.told() + repr(iam.live.account)
    else:
        refusal = iam.refusal("CreateSAMLProvider", **arguments)
        told = f"{events.told()} {refusal} {refusal.wire_message} {refusal.as_dict()}"
    assert "CreateSAMLProvider" in events.told()
    for line in key.splitlines():
        if not line.startswith("-----"):
            assert line not in told


def test_a_key_with_other_characters_is_not_repeated(iam: Iam, events: Events) -> None:
    key = KEY + "\u0100"
    refusal = iam.refusal("CreateSAMLProvider", Name="Idp", SAMLMetadataDocument=METADATA, AddPrivateKey=key)
    assert refusal.check == "add-private-key"
    assert KEY.splitlines()[1] not in f"{refusal} {refusal.wire_message} {events.told()}"
