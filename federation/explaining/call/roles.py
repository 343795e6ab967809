"""Why RoleArn or PrincipalArn names nothing that the call can use."""

from __future__ import annotations

from typing import Final

from federation.account import Account
from federation.errors import printable, show
from federation.explaining.call.arns import faults, is_one_of, meant_role, nearest_role, what_it_names
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import number, told_apart
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place

_LISTED: Final = 8
_SHOWN: Final = 512


def explain_role_arn(situation: Situation) -> Obstacle:
    """Explain a RoleArn that is no ARN of a role."""
    return _swapped(situation) or _role(situation, "RoleArn must be the ARN of a role")


def explain_role(situation: Situation) -> Obstacle:
    """Explain the ARN of a role that the account does not have."""
    return _role(situation, "the account has no such role")


def explain_principal_arn(situation: Situation) -> Obstacle:
    """Explain a PrincipalArn that is no ARN of a SAML provider."""
    found, account = situation.parameter("principal_arn"), situation.account
    swapped = _swapped(situation)
    if swapped is not None or account is None or not isinstance(found, str):
        return swapped or plainly(situation)
    near = _nearest_provider(found, account)
    what = what_it_names(found)
    said = f"is {show(found)}" + (f", {what}" if what else "")
    cause = Cause(
        check=situation.refusal.check,
        sentence=f"PrincipalArn {said}: it must be the ARN of the account's SAML provider" + (f", such as {show(near)}" if near else ""),
        comparisons=() if near is None else (Comparison(expected=near, found=found, expected_from="account", found_from="call"),),
        listings=(
            Listing(label="SAML providers of the account", members=most_alike(found, account.saml_providers, limit=_LISTED), nearest=near),
        ),
    )
    place = Place(owner="call", path="PrincipalArn")
    edit = Edit(place=place, instruction="pass the ARN of the SAML provider", old=printable(found[:_SHOWN]), new=near)
    return Obstacle(causes=(cause,), edits=(edit,))


def with_the_role(situation: Situation) -> Trial | None:
    """Judge the call with the role that RoleArn plainly means, and with the two ARNs the right way round."""
    trial, account, found = situation.trial, situation.account, situation.parameter("role_arn")
    if trial is None or account is None or not isinstance(found, str):
        return None
    if _are_swapped(situation, account):
        return trial.with_call(role_arn=situation.parameter("principal_arn"), principal_arn=found)
    near = nearest_role(found, account)
    return None if near is None or near == found else trial.with_call(role_arn=near)


def with_the_principal(situation: Situation) -> Trial | None:
    """Judge the call with the SAML provider that PrincipalArn plainly means."""
    trial, account, found = situation.trial, situation.account, situation.parameter("principal_arn")
    if trial is None or account is None or not isinstance(found, str):
        return None
    if _are_swapped(situation, account):
        return with_the_role(situation)
    near = _nearest_provider(found, account)
    return None if near is None else trial.with_call(principal_arn=near)


def _nearest_provider(found: str, account: Account) -> str | None:
    """Return the ARN of the SAML provider of that name, else the one most alike; None where none is alike."""
    name = found.strip().rpartition("/")[2]
    same = (arn for arn in account.saml_providers if arn.rpartition("/")[2] == name)
    return next(same, None) or nearest(found, account.saml_providers)


def _role(situation: Situation, rule: str) -> Obstacle:
    found, account = situation.parameter("role_arn"), situation.account
    if account is None or not isinstance(found, str):
        return plainly(situation)
    near = nearest_role(found, account)
    cause = Cause(
        check=situation.refusal.check,
        sentence=_sentence(account, found, near, rule),
        comparisons=() if near is None else (Comparison(expected=near, found=found, expected_from="account", found_from="call"),),
        listings=(
            Listing(
                label=f"roles of the account ({len(account.roles)})", members=most_alike(found, account.roles, limit=_LISTED), nearest=near
            ),
        ),
    )
    place = Place(owner="call", path="RoleArn")
    instruction = "pass the ARN of the role" if near else "pass the ARN of a role of this account, or ask the account that has the role"
    edit = Edit(place=place, instruction=instruction, old=printable(found[:_SHOWN]), new=near)
    return Obstacle(causes=(cause,), edits=(edit,))


def _sentence(account: Account, found: str, near: str | None, rule: str) -> str:
    what = what_it_names(found)
    wrong = faults(found, account)
    said = f"RoleArn is {show(found)}"
    if what and what != "a role":
        said += f", which is {what} and no role"
    elif wrong:
        said += f": {', and '.join(wrong)}"
    else:
        said += f", and {rule}"
    if near is None:
        return f"{said}; none of its {number(len(account.roles), 'role')} is alike"
    how = told_apart(found, near)
    if how:
        return f"{said}; the role {show(near)} differs {how}"
    if meant_role(found, account) == near and not wrong and what == "a role":
        path = near.partition(":role")[2].rpartition("/")[0] + "/"
        return f"{said}; the role of that name has the path {show(path)}: its ARN is {show(near)}"
    return f"{said}; the account has {show(near)}"


def _swapped(situation: Situation) -> Obstacle | None:
    """Explain a call whose two ARNs are swapped; None where they are not."""
    account = situation.account
    if account is None or not _are_swapped(situation, account):
        return None
    role_arn, principal_arn = (str(situation.parameter(name)) for name in ("role_arn", "principal_arn"))
    kind = what_it_names(role_arn) or "no role"
    cause = Cause(
        check=situation.refusal.check,
        sentence=f"RoleArn and PrincipalArn are swapped: RoleArn is {show(role_arn)}, {kind}, and PrincipalArn is "
        f"{show(principal_arn)}, a role",
    )
    edits = (
        Edit(
            place=Place(owner="call", path="RoleArn"),
            instruction="pass the role as RoleArn",
            old=printable(role_arn[:_SHOWN]),
            new=printable(principal_arn[:_SHOWN]),
        ),
        Edit(
            place=Place(owner="call", path="PrincipalArn"),
            instruction="pass the SAML provider as PrincipalArn",
            old=printable(principal_arn[:_SHOWN]),
            new=printable(role_arn[:_SHOWN]),
        ),
    )
    return Obstacle(causes=(cause,), edits=edits, alternatives=False)


def _are_swapped(situation: Situation, account: Account) -> bool:
    role_arn, principal_arn = situation.parameter("role_arn"), situation.parameter("principal_arn")
    if not isinstance(role_arn, str) or not isinstance(principal_arn, str):
        return False
    shaped = ":saml-provider/" in role_arn and ":role/" in principal_arn
    return shaped or (is_one_of(role_arn, account.saml_providers) and is_one_of(principal_arn, account.roles))
