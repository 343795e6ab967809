"""Every fixture is accepted, or refused by the check its manifest names, and regenerating changes nothing."""

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import federation
from federation import FederationError, SamlProvider
from federation.sts.service import SecurityTokenService

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ENTRIES: list[dict[str, Any]] = json.loads((FIXTURES / "manifest.json").read_text(encoding="utf-8"))["saml"]
ACCEPTED = [entry for entry in ENTRIES if entry["expected"] == "accept"]
REFUSED = [entry for entry in ENTRIES if entry["expected"] == "refuse"]


def name(entry: dict[str, Any]) -> str:
    return str(entry["name"])


def provider(entry: dict[str, Any]) -> SamlProvider:
    key = entry["decryption_key"]
    return SamlProvider.from_metadata(
        (FIXTURES / entry["metadata"]).read_bytes(),
        arn=entry["provider_arn"],
        decryption_keys=() if key is None else ((FIXTURES / key).read_bytes(),),
    )


def judged(entry: dict[str, Any]) -> tuple[bytes, SamlProvider, datetime]:
    return (FIXTURES / entry["file"]).read_bytes(), provider(entry), datetime.fromisoformat(entry["instant"])


@pytest.mark.parametrize("entry", ACCEPTED, ids=name)
def test_accepted(entry: dict[str, Any]) -> None:
    token, registered, at = judged(entry)
    identity = federation.validate(token, registered, at=at)
    assert identity.subject == entry["subject"]
    assert identity.issuer == entry["issuer"]
    assert list(identity.audiences) == entry["audience"]
    assert identity.recipient == entry["recipient"]
    assert {key: list(values) for key, values in identity.attributes.items()} == entry["attributes"]
    report = federation.diagnose(token, registered, at=at)
    assert report.accepted
    assert report.refusal(federation.Profile.AWS) is None, "what AWS is set up for, AWS accepts"


@pytest.mark.parametrize("entry", REFUSED, ids=name)
def test_refused(entry: dict[str, Any]) -> None:
    token, registered, at = judged(entry)
    with pytest.raises(FederationError) as refused:
        federation.validate(token, registered, at=at)
    assert (refused.value.check, refused.value.code) == (entry["check"], entry["code"])
    report = federation.diagnose(token, registered, at=at)
    first = report.refusal()
    assert first is not None
    assert first.check == entry["check"]
    assert report.identity is None


def test_the_documented_example() -> None:
    entry = next(entry for entry in ENTRIES if entry["name"] == "documented")
    sts = SecurityTokenService.open(FIXTURES / "account")
    session = sts.assume_role_with_saml(
        role_arn=entry["role_arn"],
        principal_arn=entry["provider_arn"],
        saml_assertion=(FIXTURES / entry["file"]).read_text(encoding="ascii"),
        at=datetime.fromisoformat(entry["instant"]),
    )
    assert session.issuer == "https://integ.example.com/idp/shibboleth"
    assert session.subject == "SamlExample"
    assert session.subject_type == "transient"
    assert session.audience == "https://signin.aws.amazon.com/saml"
    assert session.assumed_role_user.arn == "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "fixtures"
    shutil.copytree(FIXTURES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, str(copy / "build.py")], check=True, timeout=60)
    files = {path.relative_to(FIXTURES) for path in FIXTURES.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert files == {path.relative_to(copy) for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    for file in sorted(files):
        assert (copy / file).read_bytes() == (FIXTURES / file).read_bytes(), file
