"""Why the session that a login asks for cannot be issued: its policies, and its size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation import limits
from federation.errors import printable, show
from federation.explaining.call.parameters import explain_parameter, with_a_valid_one
from federation.explaining.nearest import most_alike, nearest
from federation.explaining.plain import plainly
from federation.explaining.situation import Row, Situation
from federation.explanation import Cause, Comparison, Edit, Listing, Obstacle, Place

_LISTED: Final = 8
_SHOWN: Final = 512
_BEFORE: Final = "before packing: "
"""What the sizes of a session's parts follow in the refusal, the biggest first."""


def policy_arns(situation: Situation) -> Obstacle:
    """Explain a managed session policy that the account does not have."""
    account = situation.account
    missing = next((arn for arn in _arns(situation.parameter("policy_arns")) if show(arn) == situation.refusal.found), None)
    if account is None or missing is None:
        return explain_parameter(situation)
    near = nearest(missing, account.policies)
    sentence = f"PolicyArns names {show(missing)}, and the account has no such managed policy"
    sentence += f"; the most alike is {show(near)}" if near else ""
    cause = Cause(
        check=situation.refusal.check,
        sentence=sentence,
        comparisons=() if near is None else (Comparison(expected=near, found=missing, expected_from="account", found_from="call"),),
        listings=(
            Listing(label="managed policies of the account", members=most_alike(missing, account.policies, limit=_LISTED), nearest=near),
        ),
    )
    place = Place(owner="call", path="PolicyArns")
    instruction = "pass the ARN of a managed policy of the account or of AWS"
    return Obstacle(causes=(cause,), edits=(Edit(place=place, instruction=instruction, old=printable(missing[:_SHOWN]), new=near),))


def policy_length(situation: Situation) -> Obstacle:
    """Explain an inline session policy that is too long."""
    policy = situation.parameter("policy")
    length = len(policy) if isinstance(policy, str) else 0
    most = limits.SESSION_POLICY_CHARS
    sentence = f"the inline session policy has {length} characters, and {most} are taken"
    edit = Edit(
        place=Place(owner="call", path="Policy"),
        instruction="leave white space out of the policy, or name managed policies in PolicyArns",
        old=f"{length} characters",
        new=f"at most {most} characters",
    )
    return Obstacle(causes=(Cause(check=situation.refusal.check, sentence=sentence),), edits=(edit,))


def token_size(situation: Situation) -> Obstacle:
    """Explain a session whose token would be too long: what it consists of, the biggest first."""
    refusal, most = situation.refusal, limits.SESSION_TOKEN_OCTETS
    size, _, parts = refusal.found.partition(f"; {_BEFORE}")
    biggest = parts.partition(", ")[0].rpartition(" ")[0]
    if not biggest:
        return plainly(situation)
    sentence = f"the session token would have {size}, and {most} are taken; its parts before packing, in octets: {parts}"
    edit = Edit(
        place=Place(owner="call" if biggest.lower().startswith("policy") else "identity-provider", path=biggest),
        instruction=f"shorten {biggest}, the biggest part; repeated text packs well",
        old=size,
        new=f"at most {most} octets",
    )
    return Obstacle(causes=(Cause(check=refusal.check, sentence=sentence),), edits=(edit,))


def _arns(descriptors: object) -> Iterator[str]:
    """Yield the ARNs of PolicyArns, which come as texts or as the API's structures."""
    for each in descriptors if isinstance(descriptors, list | tuple) else ():
        arn: Any = each.get("arn") if isinstance(each, Mapping) else each
        if isinstance(arn, str):
            yield arn


TABLE: Final[Mapping[str, Row]] = {
    "policy-arns": Row(policy_arns, with_a_valid_one),
    "session-policy-length": Row(policy_length),
    "session-token-size": Row(token_size),
}
"""Check of the session to its explanation."""
