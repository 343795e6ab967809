"""Whatever account IAM allows, its dump comes over, loads and says the same; another dump of it brings the account up to date."""

import json
import string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.account import Account, init_account, load_account
from federation.account.importing import import_account
from federation.account.reading.names import file_name, name_of
from federation.testing.strategies import tag_values
from tests.support.world import ACCOUNT

CREATED = "2026-01-01T00:00:00+00:00"
CHARS = string.ascii_letters + string.digits + "_+=,.@-"
NASTY = [".", "..", "...", ".toml", "CON", "con", "nul.json", "com1", "LPT9.x", "aws", "README", "x.", ".json", "a.json", "a.toml"]
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}}


def names(longest: int, chars: str = CHARS) -> st.SearchStrategy[str]:
    nasty = st.sampled_from([name for name in NASTY if set(name) <= set(chars)])
    return st.one_of(nasty, st.text(chars, min_size=1, max_size=8), st.text(chars, min_size=longest, max_size=longest))


def unique(longest: int, *, most: int = 4) -> st.SearchStrategy[list[str]]:
    return st.lists(names(longest), max_size=most, unique_by=str.lower)


PATHS = st.one_of(st.just("/"), st.text([chr(c) for c in range(0x21, 0x7F)], min_size=1, max_size=20).map(lambda path: f"/{path}/"))
TAG_TEXT = tag_values()
TAGS = st.lists(
    st.fixed_dictionaries({"Key": TAG_TEXT.filter(bool), "Value": TAG_TEXT}), max_size=3, unique_by=lambda tag: str(tag["Key"]).lower()
)
INLINE = st.lists(names(128), max_size=2, unique=True)


def documents(document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The forms in which IAM's document is printed: by the AWS CLI, stored with blanks before it, percent-encoded by the API."""
    text = json.dumps(document)
    return st.sampled_from([document, text, f"\n {text}", quote(text, safe=""), quote(f" {text}")])


@st.composite
def dumps(draw: st.DrawFn) -> dict[str, Any]:
    iam = f"arn:aws:iam::{ACCOUNT}"
    policies = []
    for owner, taken in ((ACCOUNT, draw(unique(128))), ("aws", draw(unique(128, most=2)))):
        for name in taken:
            path = draw(PATHS)
            versions = [
                {"VersionId": "v2", "IsDefaultVersion": True, "Document": draw(documents(ALLOW)), "CreateDate": "2026-01-01T00:00:00Z"}
            ]
            policies.append(
                {"PolicyName": name, "Path": path, "Arn": f"arn:aws:iam::{owner}:policy{path}{name}", "PolicyVersionList": versions}
            )
    arns = [policy["Arn"] for policy in policies] + ["arn:aws:iam::aws:policy/ReadOnlyAccess"]

    def entity(kind: str, name: str, prefix: str) -> dict[str, Any]:
        path = draw(PATHS)
        attached = draw(st.lists(st.sampled_from(arns), max_size=3, unique=True))
        return {
            "Path": path,
            f"{kind}Name": name,
            f"{kind}Id": prefix + "EXAMPLEEXAMPLE234",
            "Arn": f"{iam}:{kind.lower()}{path}{name}",
            "CreateDate": CREATED,
            f"{kind}PolicyList": [{"PolicyName": each, "PolicyDocument": draw(documents(ALLOW))} for each in draw(INLINE)],
            "AttachedManagedPolicies": [{"PolicyName": "any", "PolicyArn": arn} for arn in attached],
        }

    def principal(kind: str, name: str, prefix: str) -> dict[str, Any]:
        boundary = draw(st.sampled_from([None, *arns]))
        bound = (
            {} if boundary is None else {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}}
        )
        return {**entity(kind, name, prefix), **bound, "Tags": draw(TAGS)}

    groups = [entity("Group", name, "AGPA") for name in draw(unique(128))]
    members = st.lists(st.sampled_from([group["GroupName"] for group in groups]), max_size=2, unique=True) if groups else st.just([])
    users = [{**principal("User", name, "AIDA"), "GroupList": draw(members)} for name in draw(unique(64))]
    roles = [
        {
            **principal("Role", name, "AROA"),
            "AssumeRolePolicyDocument": draw(documents(TRUST)),
            "InstanceProfileList": [],
            "RoleLastUsed": {},
        }
        for name in draw(unique(64))
    ]
    durations = [
        {
            "RoleName": role["RoleName"],
            "MaxSessionDuration": draw(st.integers(3600, 43200)),
            "Description": draw(st.text("aé ", max_size=3)),
        }
        for role in roles
    ]
    return {
        "details": {
            "UserDetailList": users,
            "GroupDetailList": groups,
            "RoleDetailList": roles,
            "Policies": policies,
            "IsTruncated": False,
        },
        "roles": {"Roles": durations},
    }


def take_over(directory: Path, dump: dict[str, Any], *, prune: bool = False) -> None:
    import_account(directory, {name: json.dumps(each).encode() for name, each in dump.items()}, prune=prune)


def said_by(dump: dict[str, Any]) -> dict[str, Any]:
    """What the dump says, entity by entity."""
    details, durations = dump["details"], {each["RoleName"]: each for each in dump["roles"]["Roles"]}

    def common(each: dict[str, Any], kind: str) -> dict[str, Any]:
        return {
            "name": each[f"{kind}Name"],
            "path": each["Path"],
            "inline": [policy["PolicyName"] for policy in each[f"{kind}PolicyList"]],
            "attached": [policy["PolicyArn"] for policy in each["AttachedManagedPolicies"]],
            "tags": [(tag["Key"], tag["Value"]) for tag in each.get("Tags", ())],
            "boundary": each.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        }

    return {
        **{each["Arn"]: {"name": each["PolicyName"], "path": each["Path"]} for each in details["Policies"]},
        **{each["Arn"]: common(each, "Group") for each in details["GroupDetailList"]},
        **{each["Arn"]: {**common(each, "User"), "groups": each["GroupList"]} for each in details["UserDetailList"]},
        **{
            each["Arn"]: {
                **common(each, "Role"),
                "longest": durations[each["RoleName"]]["MaxSessionDuration"],
                "description": durations[each["RoleName"]]["Description"],
            }
            for each in details["RoleDetailList"]
        },
    }


def said_after_loading(account: Account) -> dict[str, Any]:
    def common(each: Any) -> dict[str, Any]:
        assert all(policy.document == ALLOW for policy in each.inline_policies.values())
        return {
            "name": each.name,
            "path": each.path,
            "inline": list(each.inline_policies),
            "attached": list(each.attached_policies),
            "tags": [(tag.key, tag.value) for tag in getattr(each, "tags", ())],
            "boundary": getattr(each, "permissions_boundary", None),
        }

    assert all(role.trust_policy.document == TRUST for role in account.roles.values())
    assert all(policy.policy.document == ALLOW for policy in account.policies.values())
    return {
        **{arn: {"name": each.name, "path": each.path} for arn, each in account.policies.items()},
        **{each.arn: common(each) for each in account.groups.values()},
        **{arn: {**common(each), "groups": [group.name for group in each.groups]} for arn, each in account.users.items()},
        **{
            arn: {**common(each), "longest": each.max_session_duration, "description": each.description}
            for arn, each in account.roles.items()
        },
    }


@settings(max_examples=30, deadline=None)
@given(dumps())
def test_whatever_iam_allows_loads_and_says_the_same(dump: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        directory = init_account(Path(folder) / "account", account_id=ACCOUNT)
        take_over(directory, dump)
        assert said_after_loading(load_account(directory)) == said_by(dump)


@settings(max_examples=20, deadline=None)
@given(dumps(), dumps())
def test_a_second_dump_brings_the_account_up_to_date(first: dict[str, Any], second: dict[str, Any]) -> None:
    """What a kind lists is what is left of it; a kind of which nothing is listed stays, hence each lists something here."""
    for kind in ("Policies", "GroupDetailList", "UserDetailList", "RoleDetailList"):
        if not second["details"][kind]:
            first["details"][kind] = []
    first = narrowed(first)
    with TemporaryDirectory() as folder:
        directory = init_account(Path(folder) / "account", account_id=ACCOUNT)
        take_over(directory, first)
        take_over(directory, second, prune=True)
        assert said_after_loading(load_account(directory)) == said_by(second)


def narrowed(dump: dict[str, Any]) -> dict[str, Any]:
    """The dump without references to what it no longer lists."""
    details = dump["details"]
    arns, groups = {each["Arn"] for each in details["Policies"]}, {each["GroupName"] for each in details["GroupDetailList"]}
    for kind in ("GroupDetailList", "UserDetailList", "RoleDetailList"):
        for each in details[kind]:
            each["AttachedManagedPolicies"] = [policy for policy in each["AttachedManagedPolicies"] if policy["PolicyArn"] in arns]
            each.pop("PermissionsBoundary", None)
            if "GroupList" in each:
                each["GroupList"] = [name for name in each["GroupList"] if name in groups]
    dump["roles"]["Roles"] = [
        each for each in dump["roles"]["Roles"] if each["RoleName"] in {r["RoleName"] for r in details["RoleDetailList"]}
    ]
    return dump


@given(names(128), st.sampled_from(["", ".json"]))
def test_every_name_has_a_file_name_of_its_own(name: str, suffix: str) -> None:
    file = file_name(name, suffix)
    assert name_of(file, suffix) == name
    assert not file.startswith(".")
    assert not file.endswith(".")
    assert "/" not in file
    assert len(file) <= 255
    if name[0] != "." and name[-1] != "." and name.partition(".")[0].lower() not in {"con", "nul", "com1", "lpt9", "prn", "aux"}:
        assert file == name + suffix or name.partition(".")[0].lower()[:3] in {"com", "lpt"}, "ordinary names stay as they are"
