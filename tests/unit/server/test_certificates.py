"""Which certificates and keys the server takes, and which check refuses the others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from federation.errors import RegistrationError
from federation.server.access_log import AccessLog
from federation.server.certificates import Certificates, read_pair
from federation.server.settings import TlsFiles
from tests.support.certificates import Authority, pair


@pytest.fixture
def files(tmp_path: Path) -> TlsFiles:
    found = pair(tmp_path)
    Authority(tmp_path).certify(found)
    return found


def written(key: PrivateKeyTypes, password: bytes | None = None) -> bytes:
    sealing = NoEncryption() if password is None else BestAvailableEncryption(password)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)


def another_certificate(files: TlsFiles) -> None:
    key = files.key.read_bytes()
    Authority(files.key.parent).certify(files)
    files.key.write_bytes(key)


FAULTS: dict[str, tuple[Callable[[TlsFiles], object], str]] = {
    "no file": (lambda files: files.certificate.unlink(), "No such file or directory"),
    "no certificate": (lambda files: files.certificate.write_text("none"), "something else"),
    "no key": (lambda files: files.key.write_text("none"), "something else"),
    "a key with a password": (
        lambda files: files.key.write_bytes(written(ec.generate_private_key(ec.SECP256R1()), b"secret")),
        "something else",
    ),
    "a key that all can read": (lambda files: files.key.chmod(0o644), "mode with o+r"),
    "a short key": (
        lambda files: files.key.write_bytes(written(rsa.generate_private_key(public_exponent=65537, key_size=1024))),  # noqa: S505
        "another kind of key",
    ),
    "a weak curve": (lambda files: files.key.write_bytes(written(ec.generate_private_key(ec.SECP192R1()))), "another kind of key"),
    "the certificate of another key": (another_certificate, "that of another key"),
    "too many octets": (lambda files: files.certificate.write_bytes(bytes(1_048_577)), "more"),
}


@pytest.mark.parametrize(("spoil", "found"), FAULTS.values(), ids=FAULTS)
def test_a_pair_at_fault_is_refused_and_nothing_of_it_is_shown(
    files: TlsFiles, tmp_path: Path, spoil: Callable[[TlsFiles], object], found: str
) -> None:
    spoil(files)
    shared = tmp_path / "shared"
    shared.mkdir()
    with pytest.raises(RegistrationError) as refusal:
        Certificates(files, shared, AccessLog())
    assert (refusal.value.check, refusal.value.found) == ("tls-certificate", found)
    assert "secret" not in str(refusal.value)
    assert list(shared.iterdir()) == []


@pytest.mark.parametrize("days", [-3, 2])
def test_a_certificate_is_taken_while_it_is_valid(files: TlsFiles, days: int) -> None:
    now = datetime.now(UTC)
    read_pair(files, at=now)
    with pytest.raises(RegistrationError) as refusal:
        read_pair(files, at=now + timedelta(days=days))
    assert refusal.value.check == "tls-certificate"


def test_workers_read_copies_that_only_their_user_can_read(files: TlsFiles, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    present = Certificates(files, shared, AccessLog()).present
    key = files.key.read_bytes()
    files.key.unlink()
    assert (present.key.read_bytes(), present.key.stat().st_mode & 0o777) == (key, 0o600)
    assert present.certificate.read_bytes() == files.certificate.read_bytes()
