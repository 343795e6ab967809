"""What `aws organizations` printed is read as a whole or not at all, and says where an account is and what bounds it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.organization import (
    EVERYWHERE,
    MANAGEMENT,
    ORGANIZATION_ID,
    PRODUCTION,
    RESOURCE,
    ROOT_ID,
    SERVICE,
    answers,
    arn_of,
    organized,
    read,
)
from tests.support.world import ACCOUNT, OTHER

DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
DENY_RESOURCE = {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"}


def test_an_account_has_the_levels_from_the_root_down_to_it() -> None:
    tree = organized({"DenyStorage": (DENY, [PRODUCTION])}, {"DenyTokens": (DENY_RESOURCE, [ACCOUNT, ROOT_ID])})
    place = tree.place_of(ACCOUNT)
    assert place is not None
    assert (place.id, place.paths) == (ORGANIZATION_ID, (f"{ORGANIZATION_ID}/{ROOT_ID}/{PRODUCTION}/",))
    assert [(level.target, level.name, [each.name for each in level.policies]) for level in place.service_control] == [
        (ROOT_ID, "the root", ["FullAWSAccess"]),
        (PRODUCTION, "the unit `Production`", ["FullAWSAccess", "DenyStorage"]),
        (ACCOUNT, f"the account `{ACCOUNT}`", ["FullAWSAccess"]),
    ]
    assert [[each.arn for each in level.policies] for level in place.resource_control] == [
        [arn_of(RESOURCE, "RCPFullAWSAccess"), arn_of(RESOURCE, "DenyTokens")],
        [arn_of(RESOURCE, "RCPFullAWSAccess")],
        [arn_of(RESOURCE, "RCPFullAWSAccess"), arn_of(RESOURCE, "DenyTokens")],
    ]


def test_an_account_of_another_unit_is_not_bound_by_the_policies_of_this_one() -> None:
    place = organized({"DenyStorage": (DENY, [PRODUCTION])}).place_of(OTHER)
    assert place is not None
    assert [[each.name for each in level.policies] for level in place.service_control] == [["FullAWSAccess"]] * 3


def test_the_management_account_is_bound_by_none() -> None:
    place = organized({"DenyStorage": (DENY, [ROOT_ID, MANAGEMENT])}).place_of(MANAGEMENT)
    assert place is not None
    assert (place.paths, place.service_control, place.resource_control) == ((f"{ORGANIZATION_ID}/{ROOT_ID}/",), (), ())


@pytest.mark.parametrize("name", ["999999999999", ROOT_ID, PRODUCTION, "", "²"])
def test_nothing_but_its_accounts_has_a_place(name: str) -> None:
    assert organized().place_of(name) is None


def test_a_type_that_is_not_enabled_bounds_nobody_and_needs_no_list() -> None:
    found = answers({"DenyStorage": (DENY, [ROOT_ID])}, enabled=[SERVICE])
    for file in [name for name in found if "RCPFull" in name or name.startswith(RESOURCE)]:
        del found[file]
    tree, faults = read(found)
    assert tree is not None, list(map(str, faults))
    place = tree.place_of(ACCOUNT)
    assert place is not None
    assert (len(place.service_control), place.resource_control) == (3, ())


def test_without_the_directory_there_is_no_organization_and_no_fault() -> None:
    tree, faults = read({})
    assert (tree, len(faults)) == (None, 0)


def left_out(file: str) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.pop(file)


def put(file: str, document: Any) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update({file: document})


SUMMARY = {"Id": "p-FullAWSAccess", "Arn": "a", "Name": "n", "Type": SERVICE}
FAULTS = {
    "no organization": (left_out("organization.json"), "organization/organization.json"),
    "no roots": (left_out("roots.json"), "organization/roots.json"),
    "two roots": (put("roots.json", {"Roots": [{"Id": ROOT_ID}, {"Id": "r-cd34"}]}), "organization/roots.json"),
    "no units of a unit": (left_out(f"units/{PRODUCTION}.json"), f"organization/units/{PRODUCTION}.json"),
    "no accounts of a unit": (left_out(f"accounts/{PRODUCTION}.json"), f"organization/accounts/{PRODUCTION}.json"),
    "the first page": (put(f"accounts/{PRODUCTION}.json", {"Accounts": [], "NextToken": "n"}), f"organization/accounts/{PRODUCTION}.json"),
    "an account twice": (put(f"accounts/{ROOT_ID}.json", {"Accounts": [{"Id": ACCOUNT}]}), f"organization/accounts/{PRODUCTION}.json"),
    "a unit in itself": (
        put(f"units/{PRODUCTION}.json", {"OrganizationalUnits": [{"Id": PRODUCTION}]}),
        f"organization/units/{PRODUCTION}.json",
    ),
    "no list of an enabled type": (left_out(f"{SERVICE}.json"), f"organization/{SERVICE}.json"),
    "a policy without its document": (left_out("policies/p-exampleDenyStorage.json"), "organization/policies/p-exampleDenyStorage.json"),
    "a policy without its targets": (left_out("targets/p-exampleDenyStorage.json"), "organization/targets/p-exampleDenyStorage.json"),
    "a policy that no list names": (put("policies/p-stranger.json", {}), "organization/policies/p-stranger.json"),
    "a target of nowhere": (
        put("targets/p-exampleDenyStorage.json", {"Targets": [{"TargetId": "ou-ab12-99999999"}]}),
        "organization/targets/p-exampleDenyStorage.json",
    ),
    "a document of another policy": (
        put("policies/p-exampleDenyStorage.json", {"Policy": {"PolicySummary": SUMMARY, "Content": "{}"}}),
        "organization/policies/p-exampleDenyStorage.json",
    ),
    "a document that is no policy": (
        put(
            "policies/p-exampleDenyStorage.json",
            {"Policy": {"PolicySummary": {**SUMMARY, "Id": "p-exampleDenyStorage"}, "Content": '{"Statement": {"Effect": "Deny"}}'}},
        ),
        "organization/policies/p-exampleDenyStorage.json",
    ),
    "a manager of elsewhere": (
        put("organization.json", {"Organization": {"Id": ORGANIZATION_ID, "MasterAccountId": "999999999999"}}),
        "organization/organization.json",
    ),
    "a file that is none of these": (put("notes.txt", {}), "organization/notes.txt"),
}


@pytest.mark.parametrize(("break_", "file"), FAULTS.values(), ids=FAULTS)
def test_a_broken_organization_is_not_read(break_: Callable[[dict[str, Any]], None], file: str) -> None:
    found = answers({"DenyStorage": (DENY, EVERYWHERE)})
    break_(found)
    tree, faults = read(found)
    assert tree is None
    assert file in {each.file for each in faults}
