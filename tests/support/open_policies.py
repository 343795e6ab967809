"""Strategies of trust policies of which parts are open."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.support.evidence import PROVIDER

OPERATORS = st.sampled_from(
    [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "StringEqualsIfExists",
        "ForAnyValue:StringLike",
        "ForAllValues:StringLike",
        "ForAllValues:StringNotLike",
        "ArnLike",
        "ArnNotEquals",
    ]
)
PRINCIPALS = st.sampled_from([PROVIDER, "${var.a}", "arn:aws:iam::123456789012:oidc-provider/${var.b}", f"{PROVIDER}x"])


def statements(keys: st.SearchStrategy[str], pieces: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Statements about a login by GitHub, with conditions on *keys* whose values are made of *pieces*."""
    values = st.lists(st.lists(pieces, min_size=1, max_size=4).map("".join), min_size=1, max_size=3)
    statement = st.builds(
        lambda effect, principal, conditions: {
            "Effect": effect,
            "Principal": {"Federated": principal if effect == "Allow" else PROVIDER},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {operator: {key: values} for operator, key, values in conditions},
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        PRINCIPALS,
        st.lists(st.tuples(OPERATORS, keys, values), min_size=0, max_size=2),
    )
    return st.lists(statement, min_size=1, max_size=3)
