"""Every change of an account: it says what is so afterwards, refuses what would not load, and leaves all else as it was."""

import json
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from federation.account import add_oauth_provider, add_oidc_provider, add_policy, add_role, add_saml_provider, add_token_information
from federation.account import load_account as load
from federation.account.model import Account
from federation.account.reading.entities import GROUP, ROLE, USER, EntityKind
from federation.account.writing.attachments import (
    attach_policy,
    delete_inline_policy,
    delete_permissions_boundary,
    detach_policy,
    put_inline_policy,
    put_permissions_boundary,
    tag_entity,
    untag_entity,
)
from federation.account.writing.credentials import create_access_key, delete_access_key, update_access_key
from federation.account.writing.draft import drafting
from federation.account.writing.groups import add_group, delete_group, update_group
from federation.account.writing.mfa_devices import deactivate_mfa_device, enable_mfa_device
from federation.account.writing.oauth_providers import delete_oauth_provider, delete_token_information, update_oauth_provider
from federation.account.writing.oidc_providers import delete_oidc_provider, update_oidc_provider
from federation.account.writing.outbound import disable_outbound, enable_outbound
from federation.account.writing.policies import (
    VERSIONS,
    create_policy_version,
    delete_policy,
    delete_policy_version,
    set_default_policy_version,
)
from federation.account.writing.roles import delete_role, update_assume_role_policy, update_role
from federation.account.writing.saml_providers import delete_saml_provider, update_saml_provider
from federation.account.writing.trade_in import add_trade_in_token, delete_trade_in_token
from federation.account.writing.users import add_user, add_user_to_group, delete_user, remove_user_from_group, update_user
from federation.errors import (
    AccountFault,
    DeleteConflict,
    EntityAlreadyExists,
    FederationError,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
    RegistrationError,
    ValidationError,
)
from federation.identity import SessionTag
from tests.support.account import TRUST
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT

IAM = f"arn:aws:iam::{ACCOUNT}"
READ = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}'
WRITE = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}'
AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
JWKS = (Path(__file__).resolve().parents[3] / "fixtures" / "oidc" / "jwks.json").read_bytes()
GITHUB = "https://token.actions.githubusercontent.com"


def tree(root: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else None for p in sorted(root.rglob("*"))}


@pytest.fixture
def account(directory: Path) -> Path:
    """An account with the role Portal, the user alice, the group readers and the policy Read."""
    add_policy(directory, name="Read", document=READ)
    add_user(directory, name="alice")
    add_group(directory, name="readers")
    return directory


def entity(account: Account, kind: EntityKind, name: str) -> Any:
    held: dict[str, Any] = {ROLE.noun: account.roles, USER.noun: account.users, GROUP.noun: account.groups}
    return next(each for each in held[kind.noun].values() if each.name == name)


CARRIERS = [(ROLE, "Portal"), (USER, "alice"), (GROUP, "readers")]
kinds = pytest.mark.parametrize(("kind", "name"), CARRIERS, ids=lambda value: getattr(value, "noun", ""))
principals = pytest.mark.parametrize(("kind", "name"), CARRIERS[:2], ids=lambda value: getattr(value, "noun", ""))


@kinds
def test_policies_are_attached_and_detached(account: Path, kind: EntityKind, name: str) -> None:
    for arn in (f"{IAM}:policy/Read", AWS, AWS):
        attach_policy(account, kind, name=name, policy_arn=arn)
    assert entity(load(account), kind, name).attached_policies == (f"{IAM}:policy/Read", AWS)
    detach_policy(account, kind, name=name, policy_arn=AWS)
    assert entity(load(account), kind, name).attached_policies == (f"{IAM}:policy/Read",)
    with pytest.raises(NoSuchEntity):
        detach_policy(account, kind, name=name, policy_arn=AWS)


@kinds
def test_a_policy_that_is_not_there_is_not_attached(account: Path, kind: EntityKind, name: str) -> None:
    before = tree(account)
    with pytest.raises(AccountFault) as refusal:
        attach_policy(account, kind, name=name, policy_arn=f"{IAM}:policy/None")
    assert (refusal.value.file, refusal.value.path) == (kind.file_of(name), "$.AttachedManagedPolicies")
    with pytest.raises(ValidationError) as form:
        attach_policy(account, kind, name=name, policy_arn="Read")
    assert form.value.check == "policy-arn"
    assert tree(account) == before


@kinds
def test_inline_policies_are_put_replaced_and_deleted(account: Path, kind: EntityKind, name: str) -> None:
    for policy_name, policy in (("a", READ), ("b", READ), ("a", WRITE)):
        put_inline_policy(account, kind, name=name, policy_name=policy_name, policy=policy)
    inline = entity(load(account), kind, name).inline_policies
    assert {policy_name: policy.document for policy_name, policy in inline.items()} == {"a": json.loads(WRITE), "b": json.loads(READ)}
    delete_inline_policy(account, kind, name=name, policy_name="a")
    assert [*entity(load(account), kind, name).inline_policies] == ["b"]
    before = tree(account)
    with pytest.raises(NoSuchEntity):
        delete_inline_policy(account, kind, name=name, policy_name="a")
    with pytest.raises(MalformedPolicyDocument):
        put_inline_policy(account, kind, name=name, policy_name="c", policy=json.dumps(TRUST))
    with pytest.raises(ValidationError) as refusal:
        put_inline_policy(account, kind, name=name, policy_name="a b", policy=READ)
    assert refusal.value.check == "policy-name"
    assert tree(account) == before


@principals
def test_tags_differ_by_more_than_case(account: Path, kind: EntityKind, name: str) -> None:
    tag_entity(account, kind, name=name, tags=[SessionTag("Team", "blue"), SessionTag("cost", "")])
    tag_entity(account, kind, name=name, tags=[SessionTag("team", "red")])
    assert entity(load(account), kind, name).tags == (SessionTag("team", "red"), SessionTag("cost", ""))
    untag_entity(account, kind, name=name, keys=["TEAM", "unknown"])
    assert entity(load(account), kind, name).tags == (SessionTag("cost", ""),)


@principals
@pytest.mark.parametrize(
    "tags",
    [
        [SessionTag("aws:x", "y")],
        [SessionTag("", "y")],
        [SessionTag("a", "1"), SessionTag("A", "2")],
        [SessionTag("a", "<")],
        [SessionTag(f"key{n}", "") for n in range(50)],
    ],
    ids=["reserved", "empty", "twice", "alphabet", "too many"],
)
def test_tags_that_iam_refuses(account: Path, kind: EntityKind, name: str, tags: list[SessionTag]) -> None:
    tag_entity(account, kind, name=name, tags=[SessionTag("present", "")])
    before = tree(account)
    with pytest.raises(ValidationError) as refusal:
        tag_entity(account, kind, name=name, tags=tags)
    assert refusal.value.check == "tags"
    assert tree(account) == before


@principals
def test_a_boundary_is_put_and_deleted(account: Path, kind: EntityKind, name: str) -> None:
    put_permissions_boundary(account, kind, name=name, policy_arn=f"{IAM}:policy/Read")
    assert entity(load(account), kind, name).permissions_boundary == f"{IAM}:policy/Read"
    with pytest.raises(DeleteConflict):
        delete_policy(account, policy_arn=f"{IAM}:policy/Read")
    delete_permissions_boundary(account, kind, name=name)
    assert entity(load(account), kind, name).permissions_boundary is None
    with pytest.raises(NoSuchEntity):
        delete_permissions_boundary(account, kind, name=name)


def test_a_role_is_updated(account: Path) -> None:
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}}
    update_role(account, name="Portal", description="new", max_session_duration=43_200)
    update_assume_role_policy(account, name="Portal", trust_policy=json.dumps(trust))
    role = load(account).roles[f"{IAM}:role/Portal"]
    assert (role.description, role.max_session_duration, role.trust_policy.document) == ("new", 43_200, trust)
    before = tree(account)
    with pytest.raises(AccountFault) as refusal:
        update_role(account, name="Portal", max_session_duration=43_201)
    assert refusal.value.path == "$.MaxSessionDuration"
    with pytest.raises(MalformedPolicyDocument):
        update_assume_role_policy(account, name="Portal", trust_policy=READ)
    assert tree(account) == before


@pytest.mark.parametrize("name", ["portal", "PORTAL", "none", "", "a/b", None, 7])
def test_a_name_means_one_entity_to_the_letter(account: Path, name: Any) -> None:
    before = tree(account)
    with pytest.raises((NoSuchEntity, ValidationError)) as refusal:
        delete_role(account, name=name, force=True)
    assert refusal.value.check in {"account", "role-name"}
    assert tree(account) == before


def test_a_role_with_policies_is_deleted_only_when_told_so(account: Path) -> None:
    attach_policy(account, ROLE, name="Portal", policy_arn=AWS)
    with pytest.raises(DeleteConflict) as refusal:
        delete_role(account, name="Portal")
    assert refusal.value.message == "Cannot delete entity, must detach all policies first."
    delete_role(account, name="Portal", force=True)
    assert load(account).roles == {}


def test_a_role_that_a_trade_in_token_is_for_stays(account: Path) -> None:
    role = f"{IAM}:role/Portal"
    add_trade_in_token(account, token="t", role_arn=role, session_name="session", expires_at=datetime(2026, 11, 24, tzinfo=UTC))
    before = tree(account)
    with pytest.raises(AccountFault) as refusal:
        delete_role(account, name="Portal", force=True)
    assert refusal.value.path == "$.RoleArn"
    assert tree(account) == before
    delete_trade_in_token(account, token="t")
    delete_role(account, name="Portal")
    assert load(account).roles == {}


def test_a_user_goes_with_what_is_its_own_only_when_told_so(account: Path) -> None:
    key = create_access_key(account, user="alice")
    enable_mfa_device(account, user="alice", name="phone")
    enable_mfa_device(account, user=None)
    with pytest.raises(DeleteConflict) as refusal:
        delete_user(account, name="alice")
    assert f"access-keys/{key.id}.json" in refusal.value.found
    assert refusal.value.message == "Cannot delete entity, must delete access keys first."
    delete_user(account, name="alice", force=True)
    after = load(account)
    assert (after.users, after.access_keys, [*after.mfa_devices]) == ({}, {}, [after.root_arn])


def test_members_of_a_group(account: Path) -> None:
    add_user_to_group(account, user="alice", group="readers")
    add_user_to_group(account, user="alice", group="readers")
    assert [group.name for group in load(account).users[f"{IAM}:user/alice"].groups] == ["readers"]
    for force in (False, True):
        with pytest.raises(DeleteConflict) as refusal:
            delete_group(account, name="readers", force=force)
        assert refusal.value.found == "`alice`"
    remove_user_from_group(account, user="alice", group="readers")
    with pytest.raises(NoSuchEntity):
        remove_user_from_group(account, user="alice", group="readers")
    with pytest.raises(NoSuchEntity):
        add_user_to_group(account, user="alice", group="Readers")
    delete_group(account, name="readers")
    assert load(account).groups == {}


def test_a_user_keeps_what_is_its_own_under_another_name(account: Path) -> None:
    key, device = create_access_key(account, user="alice"), enable_mfa_device(account, user="alice", name="phone")
    add_user_to_group(account, user="alice", group="readers")
    before = load(account).users[f"{IAM}:user/alice"]
    for new_name, new_path in (("Alice", None), ("alicia", "/team/")):
        arn = update_user(account, name=before.name, new_name=new_name, new_path=new_path)
        after = load(account)
        assert after.access_keys[key.id].user == arn
        assert after.mfa_devices[arn].keys() == {device.serial_number}
        assert [group.name for group in after.users[arn].groups] == ["readers"]
        assert after.users[arn].user_id == before.user_id, "an id outlives the name"
        before = after.users[arn]
    assert arn == f"{IAM}:user/team/alicia"
    add_user(account, name="bob")
    state = tree(account)
    with pytest.raises(EntityAlreadyExists):
        update_user(account, name="alicia", new_name="BOB")
    with pytest.raises(ValidationError):
        update_user(account, name="alicia", new_name="a b")
    with pytest.raises(AccountFault) as refusal:
        update_user(account, name="alicia", new_path="team")
    assert refusal.value.path == "$.Path"
    assert tree(account) == state


@pytest.mark.parametrize("given", [5, ["a"], None, b"x", "\ud800", "a" * 200])
def test_a_name_or_path_of_another_type_is_refused_and_nothing_is_written(account: Path, given: Any) -> None:
    state = tree(account)
    for update, name in ((update_user, "alice"), (update_group, "readers")):
        for arguments in ({"name": given}, {"name": name, "new_name": given}, {"name": name, "new_path": given}):
            if given is not None or arguments["name"] is None:
                with pytest.raises(FederationError):
                    update(account, **arguments)
    assert tree(account) == state


def test_members_follow_their_group_under_another_name(account: Path) -> None:
    add_user_to_group(account, user="alice", group="readers")
    group_id = load(account).groups["readers"].group_id
    assert update_group(account, name="readers", new_name="viewers", new_path="/p/") == f"{IAM}:group/p/viewers"
    [group] = load(account).users[f"{IAM}:user/alice"].groups
    assert (group.name, group.group_id) == ("viewers", group_id)
    with pytest.raises(NoSuchEntity):
        update_group(account, name="readers", new_name="x")


def test_versions_of_a_policy(account: Path) -> None:
    arn = f"{IAM}:policy/Read"
    assert create_policy_version(account, policy_arn=arn, document=WRITE, set_as_default=False) == "v2"
    assert load(account).policies[arn].policy.document == json.loads(READ)
    set_default_policy_version(account, policy_arn=arn, version_id="v2")
    assert load(account).policies[arn].policy.document == json.loads(WRITE)
    with pytest.raises(DeleteConflict):
        delete_policy_version(account, policy_arn=arn, version_id="v2")
    delete_policy_version(account, policy_arn=arn, version_id="v1")
    with pytest.raises(NoSuchEntity):
        set_default_policy_version(account, policy_arn=arn, version_id="v1")
    assert create_policy_version(account, policy_arn=arn, document=READ) == "v3"
    assert load(account).policies[arn].policy.document == json.loads(READ)
    for _ in range(VERSIONS - 2):
        create_policy_version(account, policy_arn=arn, document=READ)
    with pytest.raises(LimitExceeded) as refusal:
        create_policy_version(account, policy_arn=arn, document=READ)
    assert refusal.value.check == "policy-versions"


def test_a_policy_is_deleted_when_nobody_has_it(account: Path) -> None:
    arn = f"{IAM}:policy/Read"
    attach_policy(account, GROUP, name="readers", policy_arn=arn)
    with pytest.raises(DeleteConflict) as refusal:
        delete_policy(account, policy_arn=arn)
    assert refusal.value.found == "the group `readers`"
    detach_policy(account, GROUP, name="readers", policy_arn=arn)
    delete_policy(account, policy_arn=arn)
    assert load(account).policies == {}
    with pytest.raises(NoSuchEntity):
        delete_policy(account, policy_arn=arn)


def test_a_policy_with_a_path(account: Path) -> None:
    arn = add_policy(account, name="Deep", document=READ, policy_path="/team/")
    assert arn == f"{IAM}:policy/team/Deep"
    assert load(account).policies[arn].path == "/team/"


def test_an_access_key_is_switched_off_and_deleted(account: Path) -> None:
    key = create_access_key(account, user="alice", at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert key.to_dict()["AccessKey"]["CreateDate"] == datetime(2026, 11, 24, 12, tzinfo=UTC)
    update_access_key(account, access_key_id=key.id, status="Inactive")
    after = load(account).access_keys[key.id]
    assert (after.active, after.secret) == (False, key.secret)
    assert (account / "access-keys" / f"{key.id}.json").stat().st_mode & 0o777 == 0o600
    delete_access_key(account, access_key_id=key.id)
    assert load(account).access_keys == {}
    for change in (delete_access_key, lambda *args, **kw: update_access_key(*args, status="Active", **kw)):
        with pytest.raises(NoSuchEntity):
            change(account, access_key_id=key.id)
    with pytest.raises(ValidationError):
        delete_access_key(account, access_key_id="../users/alice")


def test_an_authenticator_reads_the_uri(account: Path) -> None:
    add_user(account, name="a@b+c=d")
    device = enable_mfa_device(account, user="a@b+c=d", name="phone")
    assert device.uri == (
        f"otpauth://totp/Amazon%20Web%20Services:a@b%2Bc%3Dd@{ACCOUNT}"
        f"?secret={device.secret}&issuer=Amazon%20Web%20Services&digits=6&period=30"
    )
    assert device.secret not in repr(device)
    for serial in (f"{IAM}:mfa/other", "phone", "arn:aws:iam::000000000000:mfa/phone"):
        with pytest.raises(NoSuchEntity):
            deactivate_mfa_device(account, serial_number=serial)
    deactivate_mfa_device(account, serial_number=device.serial_number)
    assert load(account).mfa_devices == {}


def test_a_saml_provider_is_updated_and_deleted(account: Path) -> None:
    arn = add_saml_provider(account, name="New", metadata=forge().metadata(), max_age=None, clock_skew=60, profile="aws", permit=["sha1"])
    provider = load(account).saml_providers[arn]
    assert (provider.max_age, provider.clock_skew.total_seconds(), provider.profile.value) == (None, 60, "aws")
    key = forge().key.private_pem()
    update_saml_provider(account, name="New", decryption_keys=[key], unset=["max_age"], encryption="required")
    provider = load(account).saml_providers[arn]
    assert provider.max_age is not None
    assert (provider.encryption, len(provider.decryption_keys), provider.profile.value) == ("required", 1, "aws")
    before = tree(account)
    with pytest.raises(AccountFault):
        update_saml_provider(account, name="New", decryption_keys=[])
    with pytest.raises(AccountFault):
        update_saml_provider(account, name="New", metadata="<html/>")
    with pytest.raises(ValidationError) as refusal:
        update_saml_provider(account, name="New", unset=["max_age"])
    assert refusal.value.check == "unset"
    with pytest.raises(RegistrationError):
        update_saml_provider(account, name="New", clock_skew=10**9)
    with pytest.raises(RegistrationError):
        add_saml_provider(account, name="Other", metadata=forge().metadata(), signed="neither")  # type: ignore[arg-type]
    assert tree(account) == before
    assert delete_saml_provider(account, name="New") == arn
    assert not (account / "saml-providers" / "New").exists()
    with pytest.raises(NoSuchEntity):
        update_saml_provider(account, name="New", clock_skew=0)
    assert load(account).saml_providers.keys() == {f"{IAM}:saml-provider/Example"}


def test_an_oidc_provider_is_updated_and_deleted(account: Path) -> None:
    arn = add_oidc_provider(account, url=GITHUB, client_ids=["a"], jwks=JWKS, reuse="refused", clock_skew=30)
    below = add_oidc_provider(account, url=f"{GITHUB}/octo", client_ids=["a"], jwks=JWKS)
    update_oidc_provider(account, url=GITHUB, client_ids=["b"], unset=["clock_skew"], thumbprints=["f" * 40])
    provider = load(account).oidc_providers[arn]
    assert (provider.client_ids, provider.reuse, provider.clock_skew.total_seconds()) == (("b",), "refused", 0)
    before = tree(account)
    with pytest.raises(AccountFault):
        update_oidc_provider(account, url=GITHUB, unset=["client_ids"])
    with pytest.raises(AccountFault):
        update_oidc_provider(account, url=GITHUB, jwks="{}")
    assert tree(account) == before
    delete_oidc_provider(account, url=GITHUB)
    assert load(account).oidc_providers.keys() == {below}
    delete_oidc_provider(account, url=f"{GITHUB}/octo")
    assert load(account).oidc_providers == {}
    assert [*(account / "oidc-providers").iterdir()] == []
    with pytest.raises(NoSuchEntity):
        delete_oidc_provider(account, url=GITHUB)


def test_an_oauth_server_is_updated_and_deleted(account: Path) -> None:
    add_oauth_provider(account, name="www.amazon.com")
    update_oauth_provider(account, name="www.amazon.com", client_ids=["c"], clock_skew=5)
    assert load(account).oauth_providers["www.amazon.com"].client_ids == frozenset({"c"})
    answer = {"user_id": "amzn1.account.X", "aud": "c", "iss": "https://www.amazon.com", "exp": 3597}
    add_token_information(account, provider="www.amazon.com", token="Atza|token", answer=json.dumps(answer))
    with pytest.raises(EntityAlreadyExists):
        add_token_information(account, provider="www.amazon.com", token="Atza%7Ctoken", answer=json.dumps(answer))
    delete_token_information(account, provider="www.amazon.com", token="Atza|token")
    with pytest.raises(NoSuchEntity):
        delete_token_information(account, provider="www.amazon.com", token="Atza|token")
    delete_oauth_provider(account, name="www.amazon.com")
    assert load(account).oauth_providers == {}
    with pytest.raises(NoSuchEntity):
        update_oauth_provider(account, name="www.amazon.com", clock_skew=5)


def test_an_issuer_that_is_switched_on_again_is_the_same(account: Path) -> None:
    url = enable_outbound(account)
    assert disable_outbound(account) == url
    assert load(account).outbound is None
    with pytest.raises(NoSuchEntity):
        disable_outbound(account)
    assert enable_outbound(account) == url
    assert load(account).outbound is not None


# What every change has in common ---------------------------------------------------------------------------------------------------------


def test_several_changes_are_one(account: Path) -> None:
    before = tree(account)

    def refused() -> None:
        with drafting(account) as draft:
            add_user(draft, name="bob")
            add_user_to_group(draft, user="bob", group="readers")
            delete_group(draft, name="readers")

    with pytest.raises(DeleteConflict):
        refused()
    assert tree(account) == before
    with drafting(account) as draft:
        add_group(draft, name="new")
        add_user(draft, name="bob")
        add_user_to_group(draft, user="bob", group="new")
        assert tree(account) == before, "nothing is written before all is said"
    assert [group.name for group in load(account).users[f"{IAM}:user/bob"].groups] == ["new"]


def test_a_broken_account_is_mended_step_by_step(account: Path) -> None:
    for name in ("Bad", "Worse"):
        (account / "roles" / f"{name}.json").write_text("{}", encoding="utf-8")
    add_user(account, name="bob")
    delete_role(account, name="Bad", force=True)
    before = tree(account)
    with pytest.raises(AccountFault) as refusal:
        add_role(account, name="New", trust_policy=json.dumps(TRUST), role_path="none")
    assert refusal.value.file == "roles/New.json", "faults that are there already do not hide a new one"
    assert tree(account) == before
    delete_role(account, name="Worse", force=True)
    assert f"{IAM}:user/bob" in load(account).users


CHANGES: list[Callable[[Path], object]] = [
    lambda account: attach_policy(account, ROLE, name="Portal", policy_arn=AWS),
    lambda account: delete_role(account, name="Portal"),
    lambda account: delete_saml_provider(account, name="Example"),
    lambda account: update_saml_provider(account, name="Example", decryption_keys=[forge().key.private_pem()], clock_skew=1),
    lambda account: add_oidc_provider(account, url=GITHUB, client_ids=["a"], jwks=JWKS),
    enable_outbound,
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("function", ["fsync", "replace", "rename", "link"])
def test_a_disk_that_fails_leaves_everything_as_it_was(
    account: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object], function: str
) -> None:
    before = tree(account)

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    refusal = None
    with monkeypatch.context() as patch:
        patch.setattr(os, function, fails)
        try:
            change(account)
        except AccountFault as fault:
            refusal = fault
    if refusal is None:  # this change needs no such call
        load(account)
    else:
        assert (refusal.check, refusal.found) == ("write", "No space left on device")
        assert tree(account) == before
    assert list(account.rglob(".*")) == [], "nothing hidden is left behind"


def test_writers_at_once_change_one_after_the_other(account: Path) -> None:
    """Each adds a group and puts alice into it; none overwrites what another has just written."""
    failures: list[FederationError] = []

    def change(number: int) -> None:
        try:
            with drafting(account) as draft:
                add_group(draft, name=f"group-{number}")
                add_user_to_group(draft, user="alice", group=f"group-{number}")
        except FederationError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {group.name for group in load(account).users[f"{IAM}:user/alice"].groups} == {f"group-{number}" for number in range(8)}
