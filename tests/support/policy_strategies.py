"""Strategies for policies and requests that hit each other often: few names, few values, all operators but dates and octets."""

from hypothesis import strategies as st

from federation.policy import Principal

PROVIDER = "arn:aws:iam::123456789012:saml-provider/P"
OTHER = "arn:aws:iam::123456789012:saml-provider/Q"
CALLERS = st.sampled_from([Principal.federated(PROVIDER), Principal.federated(OTHER)])
ACTIONS = st.sampled_from(["sts:AssumeRoleWithSAML", "sts:TagSession", "STS:assumerolewithsaml"])
KEYS = st.sampled_from(["saml:aud", "SAML:aud", "saml:sub", "saml:cn"])
TEXTS = st.text(alphabet="ab*?", max_size=6)
VALUES = st.text(alphabet="ab", max_size=6)
NAMES = st.sampled_from(["saml:aud", "saml:SUB", "saml:cn"])
ARNS = st.builds("arn:{}:{}::{}:{}".format, *[st.text(alphabet="ab:", max_size=2)] * 4) | VALUES
ARN_PATTERNS = st.builds("arn:{}:{}::{}:{}".format, *[st.text(alphabet="ab*?:", max_size=2)] * 4) | TEXTS
NUMBERS = st.sampled_from(["0", "1", "01", "1.0", "+1", "-1", "2", "1e1", "10", "x", ""])
ADDRESSES = st.sampled_from(["10.0.0.1", "10.0.1.1", "2001:db8::1", "2001:db8:1::1", "nowhere", ""])
NETWORKS = st.sampled_from(["10.0.0.0/24", "10.0.0.1", "10.0.0.0/16", "0.0.0.0/0", "2001:db8::/48", "2001:db8::/32", "::/0"])
TRUTHS = st.sampled_from(["true", "TRUE", "false", "yes"])


def blocks(operators: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, dict[str, list[str]]]]:
    """One of *operators*, qualified in any way, with keys and *values*."""
    qualified = [
        f"{quantifier}{operator}{suffix}"
        for quantifier in ("", "ForAllValues:", "ForAnyValue:")
        for operator in operators.split()
        for suffix in ("", "IfExists")
    ]
    return st.tuples(st.sampled_from(qualified), st.dictionaries(NAMES, st.lists(values, max_size=3), min_size=1, max_size=2))


ORDER = " ".join(f"Numeric{each}" for each in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"))
CONDITIONS = st.lists(
    blocks("StringEquals StringNotEquals StringLike StringNotLike", TEXTS)
    | blocks("StringEqualsIgnoreCase StringNotEqualsIgnoreCase", st.text(alphabet="abAB", max_size=3))
    | blocks("ArnLike ArnNotLike ArnEquals ArnNotEquals", ARN_PATTERNS)
    | blocks(ORDER, NUMBERS)
    | blocks("IpAddress NotIpAddress", NETWORKS)
    | blocks("Bool", TRUTHS),
    max_size=2,
).map(dict)
STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.fixed_dictionaries({"Federated": st.lists(st.sampled_from([PROVIDER, OTHER]), min_size=1, max_size=2)}),
        "Action": st.lists(st.sampled_from(["sts:AssumeRoleWithSAML", "sts:Assume*", "sts:TagSession", "*?SAML"]), min_size=1, max_size=2),
        "Condition": CONDITIONS,
    }
)
DOCUMENTS = st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": st.lists(STATEMENTS, min_size=1, max_size=4)})
FOUND = VALUES | ARNS | NUMBERS | ADDRESSES | TRUTHS
REQUEST_KEYS = st.fixed_dictionaries(
    {}, optional={"saml:aud": FOUND, "SAML:sub": FOUND, "saml:cn": st.lists(FOUND, min_size=1, max_size=3)}
)
