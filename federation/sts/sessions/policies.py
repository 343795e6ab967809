"""The session policies of a call, which can only restrict the permissions of the role (docs/observed.md 5.1, 5.4; attack row A21)."""

from __future__ import annotations

from collections.abc import Sequence

from federation import aws_texts, limits
from federation.account import Account
from federation.errors import PackedPolicyTooLarge, ValidationError, show
from federation.policy import Policy
from federation.sts.constraints import POLICY_DESCRIPTOR


def check_session_policies(account: Account, *, policy: str | None, policy_arns: Sequence[object] | None) -> tuple[str, ...]:
    """Check the inline and the managed session policies and return the ARNs of the managed ones.

    Managed policies are policies of the account, or of AWS, whose documents may be missing. The token holds the ARNs of managed policies,
    because each request is evaluated with their present documents, and the text of the inline policy.

    Raises:
        PackedPolicyTooLarge: The inline policy has more than `limits.SESSION_POLICY_CHARS` characters. This is possible for AssumeRole
            only: the service model limits the parameter of the other operations (docs/observed.md 1.0, 5.1).
        MalformedPolicyDocument: The inline policy violates the grammar of session policies.
        ValidationError: A managed policy is neither of the account nor of AWS.
    """
    if policy is None and not policy_arns:
        return ()
    if policy is not None:
        _check_length(policy)
        Policy.parse(policy, kind="session")
    arns = tuple(str(POLICY_DESCRIPTOR.member(item, "arn")) for item in policy_arns or ())
    for arn in arns:
        if arn not in account.policies and not arn.startswith(f"arn:{account.partition}:iam::aws:policy/"):
            raise ValidationError(
                check="policy-arns",
                expected="ARNs of managed policies of the role's account or of AWS",
                found=show(arn),
                remedy="add the policy to the account directory or correct the ARN",
                message=aws_texts.parameters.is_invalid(arn),
            )
    return arns


def _check_length(policy: str) -> None:
    if len(policy) <= limits.SESSION_POLICY_CHARS:
        return
    percent = -(-100 * len(policy) // limits.SESSION_POLICY_CHARS)  # rounded up, so that a policy that is too long has more than 100 %
    raise PackedPolicyTooLarge(
        check="session-policy-length",
        expected=f"an inline session policy of at most {limits.SESSION_POLICY_CHARS} characters",
        found=f"{len(policy)} characters",
        remedy="leave out white space, or name managed policies by ARN",
        message=aws_texts.sessions.packed_policy(percent),
    )
