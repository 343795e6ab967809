"""What IAM's reads return of identity providers: dates, tags, thumbprints, client ids and private keys, in files and by writers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import clock, limits
from federation.account import add_oidc_provider, add_saml_provider, load_account
from federation.account.importing import import_account
from federation.account.writing.oidc_providers import (
    add_client_id,
    remove_client_id,
    tag_oidc_provider,
    untag_oidc_provider,
    update_oidc_provider,
)
from federation.account.writing.saml_providers import (
    add_private_key,
    delete_saml_provider,
    remove_private_key,
    tag_saml_provider,
    untag_saml_provider,
    update_saml_provider,
)
from federation.account.writing.toml import toml_octets
from federation.errors import AccountFaults, LimitExceeded, NoSuchEntity, RegistrationError, ValidationError
from federation.identity import SessionTag
from federation.oidc import OidcProvider
from federation.provider_details import OidcDetails, SamlDetails
from federation.saml import SamlProvider
from federation.testing import OidcForge, SigningKey, TokenKey
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT

AT = datetime(2026, 11, 24, 12, 0, 0, 987_654, tzinfo=UTC)
CREATED = AT.replace(microsecond=0)
LATER = CREATED + timedelta(days=1)
FIRST, SECOND = (SigningKey.generate(common_name=name, at=AT).private_pem() for name in ("first", "second"))
ISSUER = OidcForge(key=TokenKey.generate("ES256"))
URL = "https://issuer.example.com/path"
BLUE = SessionTag("team", "blue")


def saml(directory: Path, name: str = "Example") -> SamlProvider:
    return load_account(directory).saml_providers[f"arn:aws:iam::{ACCOUNT}:saml-provider/{name}"]


def oidc(directory: Path) -> OidcProvider:
    return load_account(directory).oidc_providers[f"arn:aws:iam::{ACCOUNT}:oidc-provider/issuer.example.com/path"]


def test_a_saml_provider_has_details(directory: Path) -> None:
    metadata = forge().metadata()
    add_saml_provider(directory, name="New", metadata=metadata, tags=[BLUE], at=AT)
    details = saml(directory, "New").details
    assert (details.created_at, details.tags, details.metadata.encode(), details.private_keys) == (CREATED, (BLUE,), metadata, ())
    assert details.valid_until == datetime(2126, 11, 24, 12, tzinfo=UTC)
    assert details.uuid.startswith("SAMLSP")
    assert len(details.uuid) == 23
    delete_saml_provider(directory, name="New")
    add_saml_provider(directory, name="New", metadata=metadata, at=LATER)
    assert saml(directory, "New").details.uuid != details.uuid, "another provider, of the same name"


def test_a_provider_without_a_date_is_of_1970(directory: Path) -> None:
    (directory / "saml-providers/Example/provider.toml").unlink()
    assert saml(directory).details.created_at == clock.UNSTATED
    assert saml(directory).reprofiled("aws").details == saml(directory).details


def test_the_end_of_a_hundred_years_is_a_day_of_the_calendar() -> None:
    assert SamlDetails(created_at=datetime(2000, 2, 29, tzinfo=UTC)).valid_until == datetime(2100, 2, 28, tzinfo=UTC)
    assert SamlDetails(created_at=datetime(9950, 1, 1, tzinfo=UTC)).valid_until == datetime(9999, 1, 1, tzinfo=UTC)


def test_private_keys_roll_over(directory: Path) -> None:
    add_private_key(directory, name="Example", private_key=FIRST, at=AT)
    update_saml_provider(directory, name="Example", encryption="required")
    (key,) = saml(directory).details.private_keys
    assert (key.id[:6], len(key.id), key.uploaded_at) == ("SAMLPK", 23, CREATED)
    with pytest.raises(RegistrationError) as only:
        remove_private_key(directory, name="Example", key_id=key.id)
    assert (only.value.check, only.value.message) == ("decryption-keys", "Failed to remove private key.")
    add_private_key(directory, name="Example", private_key=SECOND, at=LATER)
    older, newer = saml(directory).details.private_keys
    assert (older, newer.uploaded_at) == (key, LATER)
    with pytest.raises(LimitExceeded) as third:
        add_private_key(directory, name="Example", private_key=FIRST)
    assert third.value.check == "decryption-keys"
    remove_private_key(directory, name="Example", key_id=older.id)
    assert [each.id for each in saml(directory).details.private_keys] == [newer.id]
    with pytest.raises(NoSuchEntity):
        remove_private_key(directory, name="Example", key_id=older.id)
    with pytest.raises(RegistrationError) as bad:
        add_private_key(directory, name="Example", private_key="no key")
    assert bad.value.message == "Invalid private key."
    add_private_key(directory, name="Example", private_key=FIRST, at=LATER)
    assert [each.id for each in saml(directory).details.private_keys] == [older.id, newer.id]


def test_keys_that_are_replaced_have_the_date_of_the_upload(directory: Path) -> None:
    update_saml_provider(directory, name="Example", decryption_keys=[FIRST], at=LATER)
    assert [each.uploaded_at for each in saml(directory).details.private_keys] == [LATER]


def test_an_openid_connect_provider_has_details(directory: Path) -> None:
    add_oidc_provider(directory, url=URL, client_ids=["a"], thumbprints=["f" * 40], tags=[BLUE], at=AT)
    provider = oidc(directory)
    assert provider.details == OidcDetails(created_at=CREATED, tags=(BLUE,), thumbprints=("f" * 40,))
    assert provider.reprofiled("aws").details == provider.details
    update_oidc_provider(directory, url=URL, thumbprints=["e" * 40])
    assert oidc(directory).details.thumbprints == ("e" * 40,)


def test_client_ids_come_and_go_one_by_one(directory: Path) -> None:
    add_oidc_provider(directory, url=URL, client_ids=["a"])
    for client_id in ("b", "b", "a"):
        add_client_id(directory, url=URL, client_id=client_id)
    assert oidc(directory).client_ids == ("a", "b")
    for client_id in ("a", "absent"):
        remove_client_id(directory, url=URL, client_id=client_id)
    assert oidc(directory).client_ids == ("b",)
    with pytest.raises(AccountFaults) as bad:
        add_client_id(directory, url=URL, client_id="x" * 256)
    assert bad.value.check == "client-ids"
    update_oidc_provider(directory, url=URL, client_ids=[str(number) for number in range(limits.CLIENT_IDS_PER_PROVIDER)])
    with pytest.raises(LimitExceeded) as full:
        add_client_id(directory, url=URL, client_id="one more")
    assert full.value.message == "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"


Change = Callable[..., None]


@pytest.mark.parametrize(
    ("tag", "untag", "which", "tags_of"),
    [
        (tag_saml_provider, untag_saml_provider, {"name": "Example"}, lambda directory: saml(directory).details.tags),
        (tag_oidc_provider, untag_oidc_provider, {"url": URL}, lambda directory: oidc(directory).details.tags),
    ],
    ids=["saml", "oidc"],
)
def test_tags_of_providers(directory: Path, tag: Change, untag: Change, which: dict[str, str], tags_of: Any) -> None:
    add_oidc_provider(directory, url=URL, client_ids=["a"])
    tag(directory, **which, tags=[SessionTag("Team", "rot / grün"), SessionTag("a:b/c", "")])
    assert tags_of(directory) == (SessionTag("Team", "rot / grün"), SessionTag("a:b/c", ""))
    tag(directory, **which, tags=[BLUE])
    untag(directory, **which, keys=["A:B/C", "absent"])
    assert tags_of(directory) == (BLUE,)
    with pytest.raises(ValidationError) as many:
        tag(directory, **which, tags=[SessionTag(str(number), "") for number in range(limits.TAGS_PER_ENTITY)])
    assert many.value.check == "tags"
    untag(directory, **which, keys=["team"])
    assert tags_of(directory) == ()
    absent = {name: f"{value}-absent" for name, value in which.items()}
    with pytest.raises(NoSuchEntity):
        tag(directory, **absent, tags=[BLUE])


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("created = 'some day'", "$.created"),
        ("created = 2026-11-24", "$.created"),
        ("[tags]\nteam = 1", "$.tags.team"),
        ("[tags]\nteam = 'a'\nTEAM = 'b'", "$.tags.?"),
        (f"[tags]\n{'k' * 129} = 'a'", "$.tags.?"),
        ("tags = 'team'", "$.tags"),
        ("[uploads]\n'decryption-key-1.pem' = 'some day'", "$.uploads.decryption-key-1.pem"),
    ],
)
def test_what_is_no_detail_is_a_fault(directory: Path, line: str, path: str) -> None:
    (directory / "saml-providers/Example/provider.toml").write_text(line)
    with pytest.raises(AccountFaults) as refusal:
        load_account(directory)
    assert [(each.file, each.path) for each in refusal.value.faults] == [("saml-providers/Example/provider.toml", path)]


def test_toml_has_its_tables_last() -> None:
    values: dict[str, Any] = {"tags": {"a b": 'c"', "d": ""}, "created": CREATED, "names": ["x"], "empty": {}, "number": 1}
    assert toml_octets(values).decode() == (
        'created = 2026-11-24T12:00:00Z\nnames = ["x"]\nnumber = 1\n\n[tags]\n"a b" = "c\\U00000022"\n"d" = ""\n'
    )


def test_an_import_takes_date_and_tags(directory: Path) -> None:
    printed = {"CreateDate": "2020-02-02T02:02:02+00:00", "Tags": [{"Key": "team", "Value": "blue"}]}
    metadata = {"SAMLMetadataDocument": forge().metadata().decode(), "ValidUntil": "2120-02-02T02:02:02+00:00"}
    for _ in range(2):  # the second time they are updated
        import_account(directory, {"saml.json": json.dumps({**metadata, **printed}).encode()}, saml_provider_name="Taken")
    taken = saml(directory, "Taken").details
    assert (taken.created_at, taken.tags) == (datetime(2020, 2, 2, 2, 2, 2, tzinfo=UTC), (BLUE,))
    provider = {"Url": URL.removeprefix("https://"), "ClientIDList": [], "ThumbprintList": [], **printed}
    import_account(directory, {"oidc.json": json.dumps(provider).encode()}, jwks=json.dumps(ISSUER.jwks()).encode())
    assert (oidc(directory).client_ids, oidc(directory).details.tags) == ((), (BLUE,))
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, {"oidc.json": json.dumps({**provider, "CreateDate": "then"}).encode()})
    assert (refusal.value.file, refusal.value.path) == ("get-open-id-connect-provider", "$.CreateDate")
