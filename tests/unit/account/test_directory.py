import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation import SecurityTokenService
from federation.account import load_account
from federation.errors import AccountFaults, FederationError, IDPRejectedClaim
from federation.explaining.positions import locate, read_path
from federation.identity import SessionTag
from federation.profiles import Profile
from tests.support.account import TRUST, Writer
from tests.support.sts.saml_login import AT, PROVIDER, attributes, forge, login, mint
from tests.support.world import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Portal"


def faults(directory: object) -> list[tuple[str, str]]:
    with pytest.raises(AccountFaults) as refused:
        load_account(directory)  # type: ignore[arg-type]
    assert all("\n" not in str(fault) for fault in refused.value.faults)
    return [(fault.file, fault.path) for fault in refused.value.faults]


def test_a_sound_directory(directory: Path) -> None:
    account = load_account(directory)
    assert (account.id, account.partition, account.profile) == (ACCOUNT, "aws", Profile.STRICT)
    assert set(account.saml_providers) == {PROVIDER}
    role = account.roles[ROLE]
    assert (role.name, role.path, role.max_session_duration) == ("Portal", "/", 3600)
    assert len(role.role_id) == 21
    assert load_account(directory).roles[ROLE].role_id == role.role_id  # derived, hence stable
    with pytest.raises(TypeError):
        account.roles[ROLE] = role  # type: ignore[index]


def test_the_whole_way_from_files_to_credentials(directory: Path) -> None:
    sts = SecurityTokenService.open(directory)
    token = mint(login(attributes=attributes(Role=[f"{ROLE},{PROVIDER}"])))
    session = sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)
    with pytest.raises(IDPRejectedClaim):  # `open` remembers what was used
        sts.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)
    lax = SecurityTokenService.open(str(directory), replay=None)  # any process with the keyring knows the session
    credentials = session.credentials
    assert lax.session_of(credentials.access_key_id, credentials.session_token, at=AT).name == "alice"
    for _ in range(2):
        lax.assume_role_with_saml(role_arn=ROLE, principal_arn=PROVIDER, saml_assertion=token, at=AT)


def test_keyring_repr_shows_no_key(directory: Path) -> None:
    ring = json.loads((directory / "keyring.json").read_text())
    account = load_account(directory)
    assert ring["keys"]["k1"] not in repr(account)
    assert "keys" not in repr(account.keyring)


# Roles -----------------------------------------------------------------------------------------------------------------------------------

GET_ROLE = {
    "Path": "/team/",
    "RoleName": "Full",
    "RoleId": "AROAEXAMPLEEXAMPLE234",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/team/Full",
    "CreateDate": "2026-01-01T00:00:00+00:00",
    "AssumeRolePolicyDocument": TRUST,
    "Description": "every member there is",
    "MaxSessionDuration": 7200,
    "Tags": [{"Key": "team", "Value": ""}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/Edge"},
    "RoleLastUsed": {"Region": "us-east-1"},
}
IDENTITY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}


@pytest.mark.parametrize("document", [GET_ROLE, {"Role": GET_ROLE}], ids=["role", "answer of get-role"])
def test_a_role_as_the_cli_prints_it(directory: Path, write: Writer, document: Any) -> None:
    write("roles/Full.json", document)
    write("policies/Edge.json", IDENTITY)
    role = load_account(directory).roles[f"arn:aws:iam::{ACCOUNT}:role/team/Full"]
    assert (role.path, role.role_id, role.max_session_duration) == ("/team/", "AROAEXAMPLEEXAMPLE234", 7200)
    assert role.tags == (SessionTag("team", ""),)
    assert role.permissions_boundary == f"arn:aws:iam::{ACCOUNT}:policy/Edge"
    assert (role.file, locate(json.dumps(document), role.place) is None) == ("roles/Full.json", False)
    assert read_path(role.place) == ("Role", "AssumeRolePolicyDocument")[0 if "Role" in document else 1 :]


@pytest.mark.parametrize("encoded", [quote(json.dumps(TRUST)), json.dumps(TRUST)], ids=["percent-encoded", "text"])
def test_an_item_of_role_detail_list(directory: Path, write: Writer, encoded: str) -> None:
    detail = {
        "Path": "/",
        "RoleName": "Detail",
        "AssumeRolePolicyDocument": encoded,
        "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": IDENTITY}],
        "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "RoleLastUsed": {},
    }
    write("roles/Detail.json", detail)
    role = load_account(directory).roles[f"arn:aws:iam::{ACCOUNT}:role/Detail"]
    assert set(role.inline_policies) == {"inline"}
    assert role.attached_policies == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert role.trust_policy.statements


ROLE_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no trust policy": ({"AssumeRolePolicyDocument": None}, "$.AssumeRolePolicyDocument"),
    "trust policy with Resource": (
        {"AssumeRolePolicyDocument": {**TRUST, "Statement": [{**TRUST["Statement"][0], "Resource": "*"}]}},  # type: ignore[dict-item]
        "$.AssumeRolePolicyDocument.Statement[0]",
    ),
    "other name": ({"RoleName": "Other"}, "$.RoleName"),
    "other arn": ({"Arn": f"arn:aws:iam::111122223333:role/Bad"}, "$.Arn"),  # noqa: F541
    "short duration": ({"MaxSessionDuration": 3599}, "$.MaxSessionDuration"),
    "long duration": ({"MaxSessionDuration": 43_201}, "$.MaxSessionDuration"),
    "duration text": ({"MaxSessionDuration": "3600"}, "$.MaxSessionDuration"),
    "duration true": ({"MaxSessionDuration": True}, "$.MaxSessionDuration"),
    "path": ({"Path": "team"}, "$.Path"),
    "role id": ({"RoleId": "AROA 1"}, "$.RoleId"),
    "misspelt member": ({"MaxSesionDuration": 7200}, "$.MaxSesionDuration"),
    "tags object": ({"Tags": {"team": "x"}}, "$.Tags"),
    "tag without value": ({"Tags": [{"Key": "team"}]}, "$.Tags[0].Value"),
    "tag twins": ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "$.Tags[1].Key"),
    "missing boundary": (
        {"PermissionsBoundary": {"PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/None"}},
        "$.PermissionsBoundary",
    ),
    "missing attached policy": (
        {"AttachedManagedPolicies": [{"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/None"}]},
        "$.AttachedManagedPolicies",
    ),
    "inline policy": (
        {"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "allow"}]}}]},
        "$.RolePolicyList[0].PolicyDocument.Statement[0]",
    ),
}


@pytest.mark.parametrize(("change", "path"), ROLE_FAULTS.values(), ids=ROLE_FAULTS)
def test_faults_of_a_role(directory: Path, write: Writer, change: dict[str, Any], path: str) -> None:
    write("roles/Bad.json", {"AssumeRolePolicyDocument": TRUST, **change})
    (found,) = faults(directory)
    assert found[0] == "roles/Bad.json"
    assert found[1].startswith(path)


# Policies --------------------------------------------------------------------------------------------------------------------------------


def test_a_policy_of_the_authorization_details(directory: Path, write: Writer) -> None:
    versions = [
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": quote(json.dumps(IDENTITY)), "CreateDate": "2026-01-01"},
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": {"not": "read"}},
    ]
    write("policies/Mine.json", {"PolicyName": "Mine", "Path": "/p/", "DefaultVersionId": "v2", "PolicyVersionList": versions})
    aws = "arn:aws:iam::aws:policy/Theirs"
    write("policies/Theirs.json", {"Arn": aws, "PolicyVersionList": versions})
    assert set(load_account(directory).policies) == {f"arn:aws:iam::{ACCOUNT}:policy/p/Mine", aws}
    write("policies/None.json", {"PolicyVersionList": versions[1:]})
    assert faults(directory) == [("policies/None.json", "$.PolicyVersionList")]


# Every fault at once ---------------------------------------------------------------------------------------------------------------------


def test_every_fault_is_reported(directory: Path, write: Writer) -> None:
    write("account.toml", f'id = "{ACCOUNT}"\n')
    write("roles/NotJson.json", "{")
    write("roles/Twice.json", '{"Path": "/", "Path": "/"}')
    write("roles/notes.txt", "x")
    write("policies/Latin.json", b'{"Statement": "\xe9"}')
    write("saml-providers/Html/metadata.xml", "<html><body>sign in</body></html>")
    write("saml-providers/Empty/README", "")
    write("saml-providers/Sure/metadata.xml", b"x")
    write("saml-providers/Sure/provider.toml", "clock_skews = 3\nsigned = 'nothing'\n")
    write("role/Portal.json", {})
    found = {file for file, _ in faults(directory)}
    assert found == {
        "roles/NotJson.json",
        "roles/Twice.json",
        "roles/notes.txt",
        "policies/Latin.json",
        "saml-providers/Html/metadata.xml",
        "saml-providers/Empty/README",
        "saml-providers/Sure/provider.toml",
        "role",
    }


SETTINGS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "no id": ("", [("account.toml", "$.id")]),
    "eleven digits": ('id = "12345678901"', [("account.toml", "$.id")]),
    "number": ("id = 123456789012", [("account.toml", "$.id")]),
    "profile": (f'id = "{ACCOUNT}"\nprofile = "lax"', [("account.toml", "$.profile")]),
    "skew": (f'id = "{ACCOUNT}"\nclock_skew = 601', [("account.toml", "$.clock_skew")]),
    "empty audiences": (f'id = "{ACCOUNT}"\naudiences = []', [("account.toml", "$.audiences")]),
    "audience number": (f'id = "{ACCOUNT}"\naudiences = [1]', [("account.toml", "$.audiences")]),
    "misspelt": (f'id = "{ACCOUNT}"\nprofil = "aws"', [("account.toml", "$.profil")]),
    "keyring elsewhere": (f'id = "{ACCOUNT}"\nkeyring = "../ring.json"', [("account.toml", "$.keyring")]),
    "not toml": ("id = ", [("account.toml", "")]),
    "not utf-8": ("id = '\udcff'", [("account.toml", "")]),
}


@pytest.mark.parametrize(("text", "expected"), SETTINGS.values(), ids=SETTINGS)
def test_faults_of_the_settings(directory: Path, text: str, expected: list[tuple[str, str]]) -> None:
    (directory / "account.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert faults(directory) == expected


KEYRINGS: dict[str, tuple[Any, str]] = {
    "text": ("x", ""),
    "list": ([], "$"),
    "no keys": ({"sealing": "k1"}, "$.keys"),
    "short key": ({"sealing": "k1", "keys": {"k1": "AAAA"}}, "$.keys.k1"),
    "not base64": ({"sealing": "k1", "keys": {"k1": "?" * 44}}, "$.keys.k1"),
    "no such key": ({"sealing": "k2", "keys": {"k1": "A" * 43 + "="}}, "$.sealing"),
    "key id": ({"sealing": "k1", "keys": {"k1": "A" * 43 + "=", "k 2": "A" * 43 + "="}}, "$.keys.?"),
    "key as a name": ({"sealing": "k1", "keys": {"k1": "A" * 43 + "=", "A" * 43 + "=": "k2"}}, "$.keys.?"),
    "key that seals": ({"sealing": "A" * 43 + "=", "keys": {"k1": "A" * 43 + "="}}, "$.sealing"),
}


@pytest.mark.parametrize(("content", "path"), KEYRINGS.values(), ids=KEYRINGS)
def test_faults_of_the_keyring_never_show_a_key(directory: Path, write: Writer, content: Any, path: str) -> None:
    write("keyring.json", content)
    found = faults(directory)
    assert ("keyring.json", path) in found
    with pytest.raises(AccountFaults) as refused:
        load_account(directory)
    assert "AAAA" not in "".join(str(fault) for fault in refused.value.faults)


@pytest.mark.skipif(os.name != "posix", reason="permission bits are a matter of POSIX")
def test_a_keyring_that_others_can_read(directory: Path) -> None:
    ring = directory / "keyring.json"
    ring.chmod(0o640)
    assert faults(directory) == [("keyring.json", "")]
    ring.write_text(json.dumps({**json.loads(ring.read_text()), "published": "a throw-away key"}))
    assert any("a throw-away key" in note for note in load_account(directory).notes)


# Providers -------------------------------------------------------------------------------------------------------------------------------


def test_settings_of_the_account_and_of_a_provider(directory: Path, write: Writer) -> None:
    write("account.toml", f'id = "{ACCOUNT}"\nprofile = "aws"\nclock_skew = 30\naudiences = ["urn:a"]\n')
    provider = load_account(directory).saml_providers[PROVIDER]
    assert (provider.profile, provider.clock_skew, provider.audiences) == (Profile.AWS, timedelta(seconds=30), frozenset({"urn:a"}))
    own = 'profile = "strict"\nclock_skew = 0\nmax_age = "none"\npermit = ["sha1"]\nsigned = "assertion"\nrecipients = ["https://sp"]\n'
    write("saml-providers/Example/provider.toml", own)
    provider = load_account(directory).saml_providers[PROVIDER]
    assert (provider.profile, provider.clock_skew, provider.max_age) == (Profile.STRICT, timedelta(0), None)
    assert (provider.permit, provider.signed) == (frozenset({"sha1"}), "assertion")


@pytest.mark.parametrize("line", ["max_age = 0", "max_age = true", "permit = []", "permit = ['md5']", "encryption = 'Required'", "x = 1"])
def test_faults_of_a_providers_settings(directory: Path, write: Writer, line: str) -> None:
    write("saml-providers/Example/provider.toml", line)
    assert faults(directory)


def test_a_decryption_key_that_is_none(directory: Path, write: Writer) -> None:
    write("saml-providers/Example/key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    (directory / "saml-providers/Example/key.pem").chmod(0o600)
    assert faults(directory) == [("saml-providers/Example", "")]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are a matter of POSIX")
def test_a_decryption_key_that_others_may_read(directory: Path, write: Writer) -> None:
    write("saml-providers/Example/key.pem", forge().key.private_pem().decode("ascii"))
    key = directory / "saml-providers/Example/key.pem"
    key.chmod(0o640)
    assert faults(directory) == [("saml-providers/Example/key.pem", "")]
    write("saml-providers/Example/provider.toml", "published = 'a throw-away key of the examples'")
    assert len(load_account(directory).saml_providers[PROVIDER].decryption_keys) == 1
    (directory / "saml-providers/Example/provider.toml").unlink()
    key.chmod(0o600)
    assert len(load_account(directory).saml_providers[PROVIDER].decryption_keys) == 1


# Files -----------------------------------------------------------------------------------------------------------------------------------


def test_links_pipes_and_directories_in_the_place_of_files(directory: Path, tmp_path: Path) -> None:
    roles = directory / "roles"
    (roles / "Link.json").symlink_to(roles / "Portal.json")
    (roles / "Dir.json").mkdir()
    os.mkfifo(roles / "Pipe.json")
    (directory / "policies").rmdir()
    (directory / "policies").symlink_to(tmp_path)
    assert {file for file, _ in faults(directory)} == {"roles/Link.json", "roles/Dir.json", "roles/Pipe.json", "policies"}


def test_sizes_and_depth(directory: Path, write: Writer) -> None:
    write("roles/Big.json", b" " * 1_048_577)
    write("roles/Deep.json", "[" * 100_000)
    write("roles/Deep2.json", "[" * 40 + "]" * 40)
    write("roles/Nan.json", '{"MaxSessionDuration": NaN}')
    write("roles/Digits.json", '{"MaxSessionDuration": ' + "9" * 10_000 + "}")
    write("roles/Surrogate.json", '{"Description": "\\ud800"}')
    assert [file for file, _ in faults(directory)] == [
        f"roles/{name}.json" for name in ("Big", "Deep", "Deep2", "Digits", "Nan", "Surrogate")
    ]


@pytest.mark.parametrize("file", ["roles/Null.json", "users/Null.json", "policies/Null.json", "access-keys/AKIANULL.json", "keyring.json"])
def test_a_file_that_says_nothing_is_no_absent_file(directory: Path, write: Writer, file: str) -> None:
    write(file, "null").chmod(0o600)
    assert (file, "") in faults(directory)


@pytest.mark.parametrize(("file", "kind"), [("roles/Null.json", "Role"), ("users/Null.json", "User"), ("groups/Null.json", "Group")])
def test_an_entity_that_says_nothing_is_no_absent_entity(directory: Path, write: Writer, file: str, kind: str) -> None:
    write(file, {kind: None})
    assert (file, "$") in faults(directory)


def test_names_that_differ_by_case_alone(directory: Path, write: Writer) -> None:
    write("roles/portal.json", {"AssumeRolePolicyDocument": TRUST})
    assert faults(directory) == [("roles/portal.json", "")]


@pytest.mark.parametrize("path", ["/nowhere/at/all", "nul\0", "", 7, None, b"x", "x" * 5000])
def test_what_is_no_directory(path: object) -> None:
    with pytest.raises(FederationError):
        load_account(path)  # type: ignore[arg-type]


def test_hidden_files_and_readmes_are_left_alone(directory: Path, write: Writer) -> None:
    write(".gitignore", "x")
    write("README.md", "x")
    write("roles/.Portal.json.tmp", "half a file")
    write("oidc-providers/.issuer.example.com.1234/provider.toml", "half a provider")
    assert load_account(directory).oidc_providers == {}
