"""Strategies for policies and requests that hit each other often: few names, few values, all string operators."""

from hypothesis import strategies as st

from federation.policy import Principal

PROVIDER = "arn:aws:iam::123456789012:saml-provider/P"
OTHER = "arn:aws:iam::123456789012:saml-provider/Q"
CALLERS = st.sampled_from([Principal.federated(PROVIDER), Principal.federated(OTHER)])
ACTIONS = st.sampled_from(["sts:AssumeRoleWithSAML", "sts:TagSession", "STS:assumerolewithsaml"])
KEYS = st.sampled_from(["saml:aud", "SAML:aud", "saml:sub", "saml:cn"])
TEXTS = st.text(alphabet="ab*?", max_size=6)
VALUES = st.text(alphabet="ab", max_size=6)
OPERATORS = st.sampled_from(
    [
        f"{quantifier}{operator}{suffix}"
        for quantifier in ("", "ForAllValues:", "ForAnyValue:")
        for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
        for suffix in ("", "IfExists")
    ]
)
TESTS = st.dictionaries(st.sampled_from(["saml:aud", "saml:SUB", "saml:cn"]), st.lists(TEXTS, max_size=3), min_size=1, max_size=2)
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.fixed_dictionaries({"Federated": st.lists(st.sampled_from([PROVIDER, OTHER]), min_size=1, max_size=2)}),
        "Action": st.lists(st.sampled_from(["sts:AssumeRoleWithSAML", "sts:Assume*", "sts:TagSession", "*?SAML"]), min_size=1, max_size=2),
        "Condition": st.dictionaries(OPERATORS, TESTS, max_size=2),
    }
)
DOCUMENTS = st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENTS, min_size=1, max_size=4)})
REQUEST_KEYS = st.fixed_dictionaries(
    {}, optional={"saml:aud": VALUES, "SAML:sub": VALUES, "saml:cn": st.lists(VALUES, min_size=1, max_size=3)}
)
