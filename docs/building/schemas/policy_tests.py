"""The file of tests of trust policies. It is closed, as its reader refuses unknown members."""

from __future__ import annotations

from typing import Final

from docs.building.schemas.notation import ANYTHING, FLAG, INSTANT, TEXT, Schema, many, named, one_of, record, said
from federation.policy_tests import identities
from federation.policy_tests.reading import MOST_TESTS
from federation.vendors.workloads import WORKLOADS, WorkloadWords

_TEXTS: Final[Schema] = {"anyOf": [TEXT, many(TEXT)]}
_ISSUER: Final = said(TEXT, "URL of the issuer.")
_AUDIENCE: Final = said(TEXT, "The audience of the token.")
_CLAIMS: Final = said(named(ANYTHING), "Further claims, in place of those that such a token usually has.")


def _workload(workload: WorkloadWords) -> Schema:
    words = {word: FLAG if word in workload.flags else TEXT for word in workload.words}
    always = {"issuer": _ISSUER, "audience": _AUDIENCE, "claims": _CLAIMS}
    needed = {*workload.needs, *(("issuer",) if workload.own_issuer else ()), *(("audience",) if workload.needs_audience else ())}
    members = {**words, **always}
    return record(
        {name: each for name, each in members.items() if name in needed},
        optional={name: each for name, each in members.items() if name not in needed},
        closed=True,
    )


_SAML: Final = {
    "provider": said(TEXT, "Name or ARN of the provider; the only one where it is absent."),
    "recipient": said(TEXT, "The Recipient, `SAML:aud`."),
    "name_id": said(TEXT, "The NameID."),
    "name_id_format": said(TEXT, "Its format."),
    "attributes": said(named(_TEXTS), "Further attributes by name."),
}
_AWS: Final = {
    "arn": said(TEXT, "ARN of a user, the root, a role or a session of a role."),
    "external_id": TEXT,
    "mfa": FLAG,
    "principal_tags": named(TEXT),
    "organization": said(TEXT, "Id of the organization of its account."),
}
_IDENTITIES: Final = {
    **{name: _workload(each) for name, each in WORKLOADS.items()},
    "oidc": record({"issuer": _ISSUER, "audience": _AUDIENCE, "subject": TEXT}, optional={"claims": _CLAIMS}, closed=True),
    "saml": record({}, optional={name: _SAML[name] for name in identities.SAML}, closed=True),
    "aws": record({"arn": _AWS["arn"]}, optional={name: _AWS[name] for name in identities.AWS if name != "arn"}, closed=True),
}
_IDENTITY: Final[Schema] = {
    **record({}, optional={name: _IDENTITIES[name] for name in identities.KINDS}, closed=True),
    "minProperties": 1,
    "maxProperties": 1,
}
_SHARED: Final = {
    "account": said(TEXT, "The account directory that has the role, relative to the file."),
    "policy": said(TEXT, "Instead: the file that has the trust policy."),
    "role": said(TEXT, "Name or ARN of a role of the account; address or name of one in the file."),
    "given": said(named(TEXT), "Values of expressions that the file of the policy does not say."),
    "at": said(INSTANT, "When the login takes place; the time of the run where it is absent."),
}
_OWN: Final = {
    "because": said(TEXT, "Of a refusal: the check that refuses, or the condition key that is not met."),
    "session_name": TEXT,
    "tags": said(named(TEXT), "Session tags; such a login also needs sts:TagSession."),
    "transitive_tags": said(_TEXTS, "Keys of the tags that pass to chained sessions."),
    "source_identity": said(TEXT, "Such a login also needs sts:SetSourceIdentity."),
}
_TEST: Final = record(
    {
        "name": said(TEXT, "Unique in the file."),
        "identity": said(_IDENTITY, "Who logs in, in the words of one vendor."),
        "expect": said(one_of("granted", "refused"), "The verdict that is expected."),
    },
    optional={**_OWN, **_SHARED},
    closed=True,
)
POLICY_TESTS: Final[dict[str, tuple[str, Schema]]] = {
    "policy-test": (
        "A file for `federation policy test`, in YAML or JSON",
        record({"tests": many(_TEST, minItems=1, maxItems=MOST_TESTS)}, optional=_SHARED, closed=True),
    ),
}
