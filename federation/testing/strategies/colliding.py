"""Policies and requests that hit each other often: few names, few values, every operator but those of dates and octets.

Of random policies nearly all refuse nearly every request for the same reason. These allow, deny and miss in all ways, so that two
evaluators, or a policy before and after a change, can be held against each other.
"""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from federation.policy import Principal

PROVIDER: Final = "arn:aws:iam::123456789012:saml-provider/P"
"""One of the two providers that the policies name."""
_OTHER: Final = "arn:aws:iam::123456789012:saml-provider/Q"
_TEXTS: Final = st.text(alphabet="ab*?", max_size=6)
_VALUES: Final = st.text(alphabet="ab", max_size=6)
_NAMES: Final = st.sampled_from(["saml:aud", "saml:SUB", "saml:cn"])
_NUMBERS: Final = st.sampled_from(["0", "1", "01", "1.0", "+1", "-1", "2", "1e1", "10", "x", ""])
_ADDRESSES: Final = st.sampled_from(["10.0.0.1", "10.0.1.1", "2001:db8::1", "2001:db8:1::1", "nowhere", ""])
_NETWORKS: Final = st.sampled_from(["10.0.0.0/24", "10.0.0.1", "10.0.0.0/16", "0.0.0.0/0", "2001:db8::/48", "2001:db8::/32", "::/0"])
_TRUTHS: Final = st.sampled_from(["true", "TRUE", "false", "yes"])
_ORDER: Final = " ".join(
    f"Numeric{each}" for each in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
)


def policy_callers() -> st.SearchStrategy[Principal]:
    """Return the callers of these requests: the two providers that the policies name."""
    return st.sampled_from([Principal.federated(PROVIDER), Principal.federated(_OTHER)])


def policy_actions() -> st.SearchStrategy[str]:
    """Return the actions of these requests."""
    return st.sampled_from(["sts:AssumeRoleWithSAML", "sts:TagSession", "STS:assumerolewithsaml"])


def arns() -> st.SearchStrategy[str]:
    """Return texts in the form of an ARN, of few letters, and some of no form."""
    return st.builds("arn:{}:{}::{}:{}".format, *[st.text(alphabet="ab:", max_size=2)] * 4) | _VALUES


def arn_patterns() -> st.SearchStrategy[str]:
    """Return patterns for `arns`, with wildcards."""
    return st.builds("arn:{}:{}::{}:{}".format, *[st.text(alphabet="ab*?:", max_size=2)] * 4) | _TEXTS


def policy_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Return trust policies of one to four statements, Allow and Deny, whose conditions these requests often meet."""
    federated = st.fixed_dictionaries({"Federated": st.lists(st.sampled_from([PROVIDER, _OTHER]), min_size=1, max_size=2)})
    actions = st.sampled_from(["sts:AssumeRoleWithSAML", "sts:Assume*", "sts:TagSession", "*?SAML"])
    statements = st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Principal": federated,
            "Action": st.lists(actions, min_size=1, max_size=2),
            "Condition": _conditions(),
        }
    )
    return st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(statements, min_size=1, max_size=4)})


def policy_request_keys() -> st.SearchStrategy[dict[str, Any]]:
    """Return the condition keys of these requests, with one value or several."""
    found = _VALUES | arns() | _NUMBERS | _ADDRESSES | _TRUTHS
    several = st.lists(found, min_size=1, max_size=3)
    return st.fixed_dictionaries({}, optional={"saml:aud": found, "SAML:sub": found, "saml:cn": several})


def _conditions() -> st.SearchStrategy[dict[str, dict[str, list[str]]]]:
    return st.lists(
        _blocks("StringEquals StringNotEquals StringLike StringNotLike", _TEXTS)
        | _blocks("StringEqualsIgnoreCase StringNotEqualsIgnoreCase", st.text(alphabet="abAB", max_size=3))
        | _blocks("ArnLike ArnNotLike ArnEquals ArnNotEquals", arn_patterns())
        | _blocks(_ORDER, _NUMBERS)
        | _blocks("IpAddress NotIpAddress", _NETWORKS)
        | _blocks("Bool", _TRUTHS),
        max_size=2,
    ).map(dict)


def _blocks(operators: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, dict[str, list[str]]]]:
    """Return one of *operators*, qualified in any way, with keys and *values*."""
    qualified = [
        f"{quantifier}{operator}{suffix}"
        for quantifier in ("", "ForAllValues:", "ForAnyValue:")
        for operator in operators.split()
        for suffix in ("", "IfExists")
    ]
    return st.tuples(st.sampled_from(qualified), st.dictionaries(_NAMES, st.lists(values, max_size=3), min_size=1, max_size=2))
