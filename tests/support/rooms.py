"""The rooms of the package: on which floor each is, and which of them users import from."""

FLOORS = [
    {"aws_texts", "check_names", "explanation"},
    {"errors", "lazy", "limits", "loggers", "names", "portable", "profiles", "records", "vendors", "wrapping"},
    {"clock", "arn", "engines", "extras", "identity", "condition_keys"},
    {"report", "tags", "provider_details", "shapes"},
    {"protocols", "calls"},
    {"jose"},
    {"policy", "saml", "oidc", "state"},
    {"oauth"},  # signed introspection answers (RFC 9701) are JWTs: it verifies them with the OIDC room's keys
    {"validators"},
    {"account"},
    {"sts"},
    {"explaining", "iam"},
    {"testing", "judging"},
    {"evidence"},
    {"drawing", "policy_tests"},
    {"page"},
    {"server"},
    {"cli"},
    {"fixture"},  # it serves, and shows refusals as the command line does
]
"""Lowest first. Rooms on one floor do not import each other."""
PUBLIC_ROOMS = (
    "federation",
    "federation.account",
    "federation.evidence",
    "federation.evidence.documents",
    "federation.explanation",
    "federation.fixture",
    "federation.iam",
    "federation.oauth",
    "federation.oidc",
    "federation.policy",
    "federation.policy.lint",
    "federation.policy_tests",
    "federation.saml",
    "federation.state",
    "federation.sts",
    "federation.testing",
)
