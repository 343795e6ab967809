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
from federation import FederationError, OidcProvider, SamlProvider
from federation.sts.service import SecurityTokenService
from tests.support.paths import FIXTURES
from tests.support.verdicts import check_both_verdicts

MANIFEST: dict[str, list[dict[str, Any]]] = json.loads((FIXTURES / "manifest.json").read_text(encoding="utf-8"))
ENTRIES = MANIFEST["saml"]
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


@pytest.mark.parametrize("entry", ENTRIES, ids=name)
def test_a_report_gives_for_each_profile_what_validate_says_under_it(entry: dict[str, Any]) -> None:
    check_both_verdicts(*judged(entry))


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


def read(entry: dict[str, Any]) -> str:
    return FIXTURES.joinpath(entry["file"]).read_text(encoding="ascii").strip()


@pytest.mark.parametrize("entry", MANIFEST["oidc"], ids=name)
def test_id_token(entry: dict[str, Any]) -> None:
    jwks = (FIXTURES / entry["jwks"]).read_bytes()
    registered = OidcProvider(url=entry["url"], client_ids=entry["client_ids"], jwks=jwks)
    token, at = read(entry), datetime.fromisoformat(entry["instant"])
    report = federation.diagnose(token, registered, at=at)
    check_both_verdicts(token, registered, at)
    if entry["expected"] == "refuse":
        with pytest.raises(FederationError) as refused:
            federation.validate(token, registered, at=at)
        assert (refused.value.check, refused.value.code) == (entry["check"], entry["code"])
        assert report.identity is None
        return
    identity = federation.validate(token, registered, at=at)
    assert (identity.subject, identity.audience) == (entry["subject"], entry["audience"])
    assert report.accepted
    assert report.refusal(federation.Profile.AWS) is None, "what AWS is set up for, AWS accepts"


@pytest.mark.parametrize("entry", [entry for entry in MANIFEST["oidc"] if entry["role_arn"]], ids=name)
def test_id_token_and_role(entry: dict[str, Any]) -> None:
    sts = SecurityTokenService.open(FIXTURES / "account")
    call = {"role_arn": entry["role_arn"], "role_session_name": "job", "web_identity_token": read(entry)}
    at = datetime.fromisoformat(entry["instant"])
    if entry["granted"]:
        assert sts.assume_role_with_web_identity(**call, at=at).subject == entry["subject"]
        return
    with pytest.raises(FederationError) as refused:
        sts.assume_role_with_web_identity(**call, at=at)
    assert (refused.value.check, refused.value.code) == ("trust-policy", "AccessDenied")
    assert "refs/heads/feature" in refused.value.found
    assert "token.actions.githubusercontent.com:sub" in refused.value.found


def test_the_documented_access_token() -> None:
    entry = MANIFEST["oauth"][0]
    sts = SecurityTokenService.open(FIXTURES / "account")
    for token in (read(entry), read(entry).replace("%7C", "|")):
        session = sts.assume_role_with_web_identity(
            duration_seconds=3600,
            role_session_name="app1",
            provider_id="www.amazon.com",
            policy_arns=entry["policy_arns"],
            role_arn=entry["role_arn"],
            web_identity_token=token,
            at=datetime.fromisoformat(entry["instant"]),
        )
        assert session.subject == "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A"
        assert session.audience == "client.5498841531868486423.1548@apps.example.com"
        assert session.assumed_role_user.arn == "arn:aws:sts::123456789012:assumed-role/FederatedWebIdentityRole/app1"
        assert session.provider == "www.amazon.com"
        credentials = session.credentials
        opened = sts.session_of(credentials.access_key_id, credentials.session_token, at=datetime.fromisoformat(entry["instant"]))
        assert opened.federated_keys["www.amazon.com:user_id"] == session.subject


def test_regenerating_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "fixtures"
    shutil.copytree(FIXTURES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, str(copy / "build.py")], check=True, timeout=60)
    files = {path.relative_to(FIXTURES) for path in FIXTURES.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert files == {path.relative_to(copy) for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    for file in sorted(files):
        assert (copy / file).read_bytes() == (FIXTURES / file).read_bytes(), file
