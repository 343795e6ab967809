"""TagPolicy, UntagPolicy and ListPolicyTags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from federation.account.writing.policies import tag_policy as add_tags
from federation.account.writing.policies import untag_policy as remove_tags
from federation.calls.record import call_record, check_parameters, parameter
from federation.iam import constraints
from federation.iam.answer import Result
from federation.iam.authorizing import authorize_on_policy
from federation.iam.call import IamCall
from federation.iam.context import IamContext, request_tags, tag_keys
from federation.iam.finding import own_policy, policy_of
from federation.iam.paging import page
from federation.iam.tags import given_tags, shown_tags


@call_record
class TagPolicy(IamCall):
    """The parameters of TagPolicy."""

    operation: ClassVar[str] = "TagPolicy"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included")


@call_record
class UntagPolicy(IamCall):
    """The parameters of UntagPolicy."""

    operation: ClassVar[str] = "UntagPolicy"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    tag_keys: Sequence[str] = parameter(constraints.TAG_KEYS, audit="included")


@call_record
class ListPolicyTags(IamCall):
    """The parameters of ListPolicyTags."""

    operation: ClassVar[str] = "ListPolicyTags"

    policy_arn: str = parameter(constraints.ARN, audit="included")
    marker: str | None = parameter(constraints.MARKER, audit="included", default=None)
    max_items: int | None = parameter(constraints.MAX_ITEMS, audit="included", default=None)


def tag_policy(call: TagPolicy, context: IamContext) -> None:
    """Add tags to a managed policy. A tag whose key differs only by case is replaced.

    Raises:
        ValidationError: A parameter violates its constraint, or the policy would have more than 50 tags.
        RegistrationError: The ARN is not that of a policy of the account, or two tags have one key.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    tags = given_tags(call.tags)
    authorize_on_policy("TagPolicy", call.policy_arn, context, keys=request_tags(tags))
    with context.live.changing() as draft:
        own_policy(draft.account(), call.policy_arn)
        add_tags(draft, policy_arn=call.policy_arn, tags=tags)


def untag_policy(call: UntagPolicy, context: IamContext) -> None:
    """Remove tags from a managed policy. Keys that it does not have are ignored.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a policy of the account.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    authorize_on_policy("UntagPolicy", call.policy_arn, context, keys=tag_keys(call.tag_keys))
    with context.live.changing() as draft:
        own_policy(draft.account(), call.policy_arn)
        remove_tags(draft, policy_arn=call.policy_arn, keys=call.tag_keys)


def list_policy_tags(call: ListPolicyTags, context: IamContext) -> Result:
    """Return a page of the tags of a managed policy.

    Raises:
        ValidationError: A parameter violates its constraint.
        RegistrationError: The ARN is not that of a managed policy.
        AccessDenied: The policies of the caller do not allow it.
        NoSuchEntity: The account has no such policy.
    """
    check_parameters(call)
    authorize_on_policy("ListPolicyTags", call.policy_arn, context)
    policy = policy_of(context.account, call.policy_arn)
    tags, more = page(policy.tags, key=lambda tag: tag.key, marker=call.marker, max_items=call.max_items)
    return {"Tags": shown_tags(tags), **more}
