"""Every limit of the engine on sizes, counts and times, with its source.

The end of a name gives the unit: ``_OCTETS``, ``_CHARS`` (characters), ``_SECONDS``, ``_BITS``. Other limits are counts.
"""

from __future__ import annotations

from typing import Final

# Tokens ---------------------------------------------------------------------------------------------------------------------------------
SAML_ASSERTION_PARAMETER_CHARS: Final = 100_000
"""Longest SAMLAssertion parameter of the API (service model 2011-06-15); applies to the exchange, not to `validate`."""
SAML_RESPONSE_CHARS: Final = 1_400_000
"""Longest base64 SAML response that `validate` decodes: 1 MiB of XML, with room for line breaks."""
SAML_RESPONSE_OCTETS: Final = 1_048_576
"""Longest XML document that the base64 decodes to."""
WEB_IDENTITY_TOKEN_CHARS: Final = 20_000
"""Longest WebIdentityToken parameter of the API (service model 2011-06-15)."""

PASTED_OCTETS: Final = 67_108_864
"""Largest file or paste in which tokens are looked for: a HAR file of one login has a few MB."""
PASTED_ENTRIES: Final = 10_000
"""Entries of a HAR file that are looked at; the report says that there are more."""
PASTED_TOKENS: Final = 64
"""Different tokens of one paste that are listed."""
PASTED_DEPTH: Final = 16
"""Deepest nesting of JSON in which a token is looked for; answers of token endpoints have one or two."""

KID_CHARS: Final = 512
"""Longest ``kid`` (attack row J12); real ones are hashes or UUIDs."""
CLIENT_IDS_PER_PROVIDER: Final = 100
"""IAM quota ClientIdsPerOpenIdConnectProvider; each 1 to 255 characters."""
JWKS_OCTETS: Final = 1_048_576
"""Largest key set, discovery document or token information read at registration."""
SUBJECT_CHARS: Final = 255
"""Longest ``sub`` (OpenID Connect Core 1.0 section 2)."""

# XML ------------------------------------------------------------------------------------------------------------------------------------
XML_DEPTH: Final = 64
"""Deepest element nesting (attack row X26); real responses stay under 20."""
XML_ATTRIBUTES_PER_ELEMENT: Final = 64
"""Attributes of one element (attack row X27)."""
XML_OCTETS_PER_ELEMENT: Final = 24
"""A document has at most its length divided by this many elements (attack row X27). The shortest element that real responses repeat is an
AttributeValue of one character, 33 octets."""
XML_ELEMENTS_ALWAYS: Final = 64
"""Elements that a document of any length may have."""
XML_NAMESPACES: Final = 64
"""Namespace declarations in scope of one element (attack row X27): canonicalisation searches them for every element."""
XML_NAMESPACE_CHARS: Final = 256
"""Longest namespace name: canonicalisation repeats it on every element that needs it."""
INCLUSIVE_PREFIXES: Final = 12
"""Prefixes of an InclusiveNamespaces PrefixList (attack row C05): canonicalisation searches every element for each. Real lists have one to
eight."""
INCLUSIVE_PREFIX_CHARS: Final = 64
"""Longest prefix in a PrefixList."""
SIGNED_INFO_OCTETS: Final = 16_384
"""Longest canonical ds:SignedInfo; real ones have some 600 octets."""
XML_STRANGE_OCTETS: Final = 2_097_152
"""Octets of documents with new XML names that one thread parses. Then a helper thread parses for it and is replaced after as many octets
(decision 16), because libxml2 keeps every name until its thread ends. Identity providers repeat the same few names."""
METADATA_OCTETS: Final = 10_000_000
"""SAMLMetadataDocument of CreateSAMLProvider: 1000 to 10 000 000 characters."""
KEYS_PER_PROVIDER: Final = 10
"""Keys per SAML provider (IAM quota); bounds the signatures tried (attack row K17)."""
ENTITIES_PER_PROVIDER: Final = 10
"""Entity ids per SAML provider (IAM quota)."""
NAMES_PER_PROVIDER: Final = 100
"""Audiences, and recipients, that one provider may be registered with."""

# Keys -----------------------------------------------------------------------------------------------------------------------------------
RSA_MIN_BITS: Final = 2048
RSA_LEGACY_MIN_BITS: Final = 1024
"""Smallest RSA modulus, only where the provider permits ``rsa-1024``."""
RSA_MAX_BITS: Final = 8192
"""Largest RSA modulus: the cost of a verification grows with its size (attack row K17)."""
RSA_MIN_EXPONENT: Final = 65_537

# Time -----------------------------------------------------------------------------------------------------------------------------------
REDEMPTION_SECONDS: Final = 300
"""AWS: "Token must be redeemed within 5 minutes of issuance"."""
MAX_CLOCK_SKEW_SECONDS: Final = 600
"""Largest leeway a provider may be registered with (attack rows P08, J30)."""
AWS_LEEWAY_SECONDS: Final = 300
"""Leeway of the service on ``exp``, ``nbf`` and ``iat`` of web identity tokens (observed)."""

# Sessions -------------------------------------------------------------------------------------------------------------------------------
ROLE_SESSION_MIN_SECONDS: Final = 900
ROLE_SESSION_DEFAULT_SECONDS: Final = 3600
ROLE_SESSION_MAX_SECONDS: Final = 43_200
CHAINED_SESSION_MAX_SECONDS: Final = 3600
USER_SESSION_DEFAULT_SECONDS: Final = 43_200
"""Default duration of sessions of GetSessionToken and GetFederationToken."""
USER_SESSION_MAX_SECONDS: Final = 129_600
ROOT_USER_SESSION_MAX_SECONDS: Final = 3600
"""Longest session of these operations for the root user of an account. A longer duration is reduced to this, as in AWS."""
ASSUMED_ROOT_SECONDS: Final = 900
"""Longest and default session of AssumeRoot."""
DELEGATED_SESSION_MIN_SECONDS: Final = 300
"""Shortest session of a trade-in token for GetDelegatedAccessToken."""
WEB_IDENTITY_TOKEN_MIN_SECONDS: Final = 60
WEB_IDENTITY_TOKEN_DEFAULT_SECONDS: Final = 300
WEB_IDENTITY_TOKEN_MAX_SECONDS: Final = 3600
SESSION_TAGS: Final = 50
TAGS_PER_ENTITY: Final = 50
"""Tags of one role or user (IAM quota)."""
POLICIES_PER_ENTITY: Final = 10
"""Managed policies attached to one role, user or group (IAM quota)."""
GROUPS_PER_USER: Final = 10
"""Groups of one user (IAM quota)."""
ACCESS_KEYS_PER_USER: Final = 2
"""Access keys of one user, or of the root (IAM quota)."""
MFA_DEVICES_PER_USER: Final = 8
"""MFA devices of one user, or of the root (IAM quota)."""
VERSIONS_PER_POLICY: Final = 5
"""Versions of one managed policy (IAM quota)."""
THUMBPRINTS_PER_PROVIDER: Final = 5
"""Thumbprints of one OpenID Connect provider (IAM quota)."""
TAG_KEY_CHARS: Final = 128
TAG_VALUE_CHARS: Final = 256
SESSION_POLICY_CHARS: Final = 2048
SESSION_POLICY_ARNS: Final = 10
SESSION_TOKEN_OCTETS: Final = 4096
"""Longest session token. AWS has had one limit on the whole token since 2026-09-15."""

# Names ----------------------------------------------------------------------------------------------------------------------------------
ARN_CHARS: Final = 2048
"""Longest ARN parameter of the API (service model 2011-06-15)."""

# Policies -------------------------------------------------------------------------------------------------------------------------------
POLICY_CHARS: Final = 131_072
"""Longest policy document parameter of the IAM API, white space included."""
INLINE_POLICY_CHARS: Final = {"role": 10_240, "user": 2_048, "group": 5_120}
"""Longest inline policies of one entity together, white space not counted (IAM quota), by kind."""
MANAGED_POLICY_CHARS: Final = 6_144
"""Longest managed policy, white space not counted (IAM quota)."""
JSON_DEPTH: Final = 32
"""Deepest JSON nesting in tokens, policies and account files (attack row J49)."""
EVIDENCE_OCTETS: Final = 67_108_864
"""Largest file of infrastructure code, plan, template or dump that is read."""
EVIDENCE_HCL_CHARS: Final = 524_288
"""Longest file of Terraform's own language; the parser takes ten seconds for one of this length."""
EVIDENCE_DEPTH: Final = 96
"""Deepest nesting in such a file: modules of a plan lie in modules."""
EVIDENCE_VALUES: Final = 1_000_000
"""Values of one YAML document, those of its aliases counted each time they are referred to."""
EVIDENCE_FILES: Final = 10_000
"""Files of one directory that are looked at."""
EVIDENCE_UNKNOWNS: Final = 4_096
"""Unknown parts of one policy."""
ANALYSIS_STEPS: Final = 4_000_000
"""Work of one analysis of trust policies, in steps of about a microsecond; beyond it the answer is "not decided"."""
WORKLOAD_STEPS: Final = 20_000_000
"""Likewise of the questions whether roles let in the workloads of files, all together."""

# Signed requests ------------------------------------------------------------------------------------------------------------------------
SIGNATURE_CLOCK_SKEW_SECONDS: Final = 900
"""Largest difference between the date of a request of Signature Version 4 and the present time. It also holds for presigned requests: STS
ignores X-Amz-Expires."""
PRESIGNED_EXPIRES_MAX_SECONDS: Final = 900
"""Largest X-Amz-Expires of a forwarded GetCallerIdentity request."""
IDENTITY_PROOF_CHARS: Final = 16_384
"""Longest encoded GetCallerIdentity request that is forwarded as a proof: it holds a session token of 4096 octets, escaped twice."""
ECHOED_LIST_CHARS: Final = 4096
"""Most characters of a list that a validation message repeats (attack row D04)."""
ENCODED_MESSAGE_CHARS: Final = 10_240
"""Longest EncodedMessage of DecodeAuthorizationMessage (service model 2011-06-15)."""

# Multi-factor authentication ------------------------------------------------------------------------------------------------------------
TOTP_STEP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6
TOTP_WINDOW_STEPS: Final = 1
"""Time steps before and after the present one whose code is accepted (RFC 6238 5.2 recommends at most one)."""
TOTP_SECRET_MIN_OCTETS: Final = 16
"""Shortest shared secret: 128 bits (RFC 4226 4, requirement R6)."""
TOTP_SECRET_MAX_OCTETS: Final = 64
"""Longest shared secret: one block of SHA-1. HMAC replaces a longer key by its hash (RFC 2104)."""

# Evidence -------------------------------------------------------------------------------------------------------------------------------
EVENT_OCTETS: Final = 1_048_576
"""Longest CloudTrail record that is read: CloudTrail's own limit is 256 KB, with enriched events 1 MB."""

# Server ---------------------------------------------------------------------------------------------------------------------------------
REQUEST_OCTETS: Final = 524_288
"""Largest body of a request: five times the longest SAMLAssertion, which percent-encoding lengthens to three times at most."""
PAGE_OCTETS: Final = 8_388_608
"""Largest body of a form of the page, in octets: a HAR file of some MiB, or the longest SAML response beside metadata."""
REQUEST_DRAIN_OCTETS: Final = 8_388_608
"""Octets of a larger body that are read and discarded, so that a client that still writes receives the refusal and no reset."""
REQUEST_HEAD_OCTETS: Final = 131_072
"""Longest request line and header fields together."""
REQUEST_SECONDS: Final = 10
"""Time limit for the head of a request, for its body, and for an idle connection."""
REQUEST_PARAMETERS: Final = 1_000
"""Parameters of one request. Fifty tags, fifty transitive keys and all other parameters are fewer than 200."""
REQUESTS_AT_ONCE: Final = 1_024
"""Open connections of one worker, idle ones included, because clients keep connections open. Together with REQUEST_OCTETS it limits the
memory of a worker."""
SHUTDOWN_SECONDS: Final = 20
"""Time limit for open requests after a stop signal; longer than REQUEST_SECONDS."""
