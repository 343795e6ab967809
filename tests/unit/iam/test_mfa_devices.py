"""Virtual MFA devices: created for no one, enabled by two codes, used, deactivated and deleted."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from federation.account import MfaDevice
from federation.account.mfa_device import parse_secret
from federation.iam import qr_code
from federation.testing.mfa import mfa_code
from tests.support.iam import AT, Iam, allow
from tests.support.world import ACCOUNT

SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/office/phone"
DEVICE = {"SerialNumber": SERIAL}
STEP = timedelta(seconds=30)


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    made = Iam(tmp_path)
    made("CreateUser", UserName="Alice")
    return made


def create(iam: Iam) -> MfaDevice:
    made = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone", Path="/office/")["VirtualMFADevice"]
    assert made["SerialNumber"] == SERIAL
    return MfaDevice(SERIAL, parse_secret(made["Base32StringSeed"].decode()))


def codes(device: MfaDevice, *, first: datetime) -> dict[str, Any]:
    return {"AuthenticationCode1": mfa_code(device, at=first), "AuthenticationCode2": mfa_code(device, at=first + STEP)}


def test_the_qr_code_holds_the_seed(iam: Iam) -> None:
    segno = pytest.importorskip("segno", reason="the extra `server` is not installed")
    made = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]
    seed = made["Base32StringSeed"].decode()
    uri = f"otpauth://totp/phone@{ACCOUNT}?secret={seed}&issuer=Amazon%20Web%20Services&digits=6&period=30"
    expected = BytesIO()
    segno.make(uri, error="m", micro=False).save(expected, kind="png", scale=4)
    assert made["QRCodePNG"] == expected.getvalue()
    assert made["QRCodePNG"].startswith(b"\x89PNG\r\n\x1a\n")


def test_without_the_library_there_is_no_picture(iam: Iam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr_code, "find_spec", lambda _: None)
    made = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]
    assert made.keys() == {"SerialNumber", "Base32StringSeed"}


@pytest.mark.parametrize("steps", [-2, -1, 0])
def test_a_device_is_enabled_by_two_successive_codes(iam: Iam, steps: int) -> None:
    device = create(iam)
    iam("EnableMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT + steps * STEP))
    listed = {"UserName": "Alice", **DEVICE, "EnableDate": AT.replace(microsecond=0)}
    assert iam("ListMFADevices", UserName="Alice") == {"MFADevices": [listed], "IsTruncated": False}
    user = iam.live.account.users[f"arn:aws:iam::{ACCOUNT}:user/Alice"].arn
    session = iam.service.sts.get_session_token(caller=user, serial_number=SERIAL, token_code=mfa_code(device, at=AT), at=AT)
    assert session.credentials.access_key_id.startswith("ASIA"), "the device is usable at once"


@pytest.mark.parametrize("steps", [-3, 2])
def test_codes_of_another_time_do_not_enable(iam: Iam, steps: int) -> None:
    device = create(iam)
    refusal = iam.refusal("EnableMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT + steps * STEP))
    assert (refusal.code, refusal.http_status, refusal.check) == ("InvalidAuthenticationCode", 403, "mfa-code")


def test_codes_that_are_not_successive_do_not_enable(iam: Iam) -> None:
    device = create(iam)
    now, later = mfa_code(device, at=AT), mfa_code(device, at=AT + STEP)
    for first, second in ((now, now), (later, now), ("000000", later)):
        given = {"AuthenticationCode1": first, "AuthenticationCode2": second}
        refusal = iam.refusal("EnableMFADevice", UserName="Alice", **DEVICE, **given)
        assert refusal.check == "mfa-code"
        assert now not in str(refusal)


def test_a_device_lives_through_its_states(iam: Iam) -> None:
    device = create(iam)
    assert iam("ListVirtualMFADevices") == {"VirtualMFADevices": [DEVICE], "IsTruncated": False}
    assert iam("ListVirtualMFADevices", AssignmentStatus="Assigned")["VirtualMFADevices"] == []
    assert iam("ListMFADevices")["MFADevices"] == [], "it is not the root's"
    iam("EnableMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT))
    (assigned,) = iam("ListVirtualMFADevices", AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert (assigned["User"]["UserName"], "Base32StringSeed" in assigned) == ("Alice", False)
    assert iam("ListVirtualMFADevices", AssignmentStatus="Unassigned")["VirtualMFADevices"] == []
    again = iam.refusal("EnableMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT))
    assert again.code == "EntityAlreadyExists"
    iam("ResyncMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT))
    assert iam.refusal("DeleteVirtualMFADevice", **DEVICE).wire_message == "MFA VirtualDevice in use. Must deactivate first."
    assert iam.refusal("DeleteUser", UserName="Alice").wire_message == "Cannot delete entity, must delete MFA device first."
    iam("DeactivateMFADevice", UserName="Alice", **DEVICE)
    assert iam.refusal("DeactivateMFADevice", UserName="Alice", **DEVICE).code == "NoSuchEntity"
    assert iam("ListVirtualMFADevices", AssignmentStatus="Unassigned")["VirtualMFADevices"] == [DEVICE]
    iam("DeleteVirtualMFADevice", **DEVICE)
    assert iam.refusal("DeleteVirtualMFADevice", **DEVICE).code == "NoSuchEntity"


def test_a_device_of_another_user_is_not_deactivated(iam: Iam) -> None:
    device = create(iam)
    iam("EnableMFADevice", UserName="Alice", **DEVICE, **codes(device, first=AT))
    caller = iam.user("Bob", allow("iam:DeactivateMFADevice", resource=f"arn:aws:iam::{ACCOUNT}:user/Bob"))
    assert iam.refusal("DeactivateMFADevice", caller=caller, **DEVICE).code == "NoSuchEntity"
    assert iam.refusal("DeactivateMFADevice", caller=caller, UserName="Alice", **DEVICE).check == "authorization"


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({"VirtualMFADeviceName": "PHONE"}, "EntityAlreadyExists", "write"),
        ({"VirtualMFADeviceName": "x" * 65}, "ValidationError", "device-name"),
        ({"Path": "/a:b/"}, "ValidationError", "path"),
        ({"Path": "//"}, "ValidationError", "path"),
        ({"Path": f"/{'x' * 400}/"}, "ValidationError", "path"),
    ],
)
def test_what_is_no_device(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    create(iam)
    refusal = iam.refusal("CreateVirtualMFADevice", **{"VirtualMFADeviceName": "tablet", **arguments})
    assert (refusal.code, refusal.check) == (code, check)


def test_a_user_has_at_most_eight_devices(iam: Iam) -> None:
    for number in range(9):
        made = iam("CreateVirtualMFADevice", VirtualMFADeviceName=f"d{number}")["VirtualMFADevice"]
        device = MfaDevice(made["SerialNumber"], parse_secret(made["Base32StringSeed"].decode()))
        given = {"UserName": "Alice", "SerialNumber": device.serial_number, **codes(device, first=AT)}
        if number < 8:
            iam("EnableMFADevice", **given)
    assert iam.refusal("EnableMFADevice", **given).code == "LimitExceeded"
