"""TOTP codes: the RFC's own, the window, one use, and AWS's two texts."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AccessDenied, FederationError, RegistrationError, ValidationError
from federation.state import MemoryState
from federation.sts.callers.mfa import MfaDevice, check_mfa, parse_secret

SERIAL = "arn:aws:iam::123456789012:mfa/ana"
RFC_SECRET = b"12345678901234567890"
DEVICES = {SERIAL: MfaDevice(SERIAL, RFC_SECRET)}
# RFC 6238 appendix B, SHA-1, the last six of its eight digits.
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
AT = datetime.fromtimestamp(1111111109, UTC)
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
WRONG_DEVICE = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)


def refusal(serial: object, code: object, *, at: datetime = AT, used: MemoryState | None = None) -> FederationError:
    with pytest.raises(FederationError) as caught:
        check_mfa(DEVICES, serial_number=serial, token_code=code, at=at, used=MemoryState() if used is None else used)
    return caught.value


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_codes_of_the_rfc_are_right(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    verified = check_mfa(DEVICES, serial_number=SERIAL, token_code=code, at=at, used=MemoryState())
    assert verified is not None
    assert (verified.serial_number, verified.authenticated_at) == (SERIAL, at)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_is_allowed_each_way(steps: int, *, right: bool) -> None:
    at = AT + timedelta(seconds=30 * steps)
    if right:
        assert check_mfa(DEVICES, serial_number=SERIAL, token_code="081804", at=at, used=MemoryState())
    else:
        assert refusal(SERIAL, "081804", at=at).check == "mfa-code"


def test_a_code_is_good_once_and_no_earlier_one_after_it() -> None:
    used = MemoryState()
    check_mfa(DEVICES, serial_number=SERIAL, token_code="050471", at=AT, used=used)  # the next step's code
    for code in ("050471", "081804"):
        error = refusal(SERIAL, code, used=used)
        assert (error.code, error.check, error.message) == ("AccessDenied", "mfa-code", WRONG_CODE)


def test_of_many_at_once_one_wins() -> None:
    used = MemoryState()
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: used.claim(SERIAL, 7), range(64)))
    assert won.count(True) == 1


def test_codes_of_two_devices_are_two_codes() -> None:
    used = MemoryState()
    assert used.claim("a", 1)
    assert used.claim("b", 1)


@pytest.mark.parametrize("code", ["000000", "08180", "0818044", "081804 ", "٠٨١٨٠٤", "", 81804, None, b"081804", "x" * 10_000])
def test_anything_else_is_a_wrong_code(code: object) -> None:
    if code is None:
        assert isinstance(refusal(SERIAL, code), ValidationError)
        return
    error = refusal(SERIAL, code)
    assert isinstance(error, AccessDenied)
    assert (error.check, error.message) == ("mfa-code", WRONG_CODE)


@pytest.mark.parametrize("serial", ["arn:aws:iam::123456789012:mfa/bob", "", 1, [], "x" * 10_000])
def test_a_device_must_be_the_callers(serial: object) -> None:
    error = refusal(serial, "081804")
    assert isinstance(error, AccessDenied)
    assert (error.check, error.message) == ("mfa-device", WRONG_DEVICE)
    assert len(str(error)) < 1000


def test_neither_is_no_second_factor_and_half_is_an_error() -> None:
    assert check_mfa(DEVICES, serial_number=None, token_code=None, at=AT, used=MemoryState()) is None
    assert refusal(None, "081804").check == "mfa-parameters"
    assert refusal(SERIAL, None).check == "mfa-parameters"


def test_before_the_epoch_no_code_is_right() -> None:
    assert refusal(SERIAL, "081804", at=datetime(1960, 1, 1, tzinfo=UTC)).check == "mfa-code"


@given(st.binary(min_size=16, max_size=64))
def test_a_secret_is_read_in_every_spelling_authenticators_use(secret: bytes) -> None:
    text = base64.b32encode(secret).decode()
    grouped = " ".join(text.rstrip("=").lower()[i : i + 4] for i in range(0, len(text), 4)).rstrip()
    assert parse_secret(text) == parse_secret(text.rstrip("=")) == parse_secret(grouped) == secret


@pytest.mark.parametrize(
    "text",
    [
        "GEZDGNBVGY3TQOJQ",  # 80 bits
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",  # 1 is no symbol
        "GEZDGNBVGY3TQOJQGEZDGNBVGZ",  # spare bits set
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3",  # no whole number of octets
        "",
        "A" * 200,
        None,
        b"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ],
)
def test_a_bad_secret_is_refused_unseen(text: object) -> None:
    with pytest.raises(RegistrationError) as caught:
        parse_secret(text)
    assert caught.value.check == "mfa-secret"
    assert "GEZDG" not in f"{caught.value} {caught.value.as_dict()}"


def test_a_device_never_shows_its_secret() -> None:
    assert RFC_SECRET.decode() not in repr(DEVICES[SERIAL])
    with pytest.raises(RegistrationError):
        MfaDevice(SERIAL, b"short")
