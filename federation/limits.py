"""Every size, count and age limit of the engine, named, with its source. Times are seconds, sizes octets unless a name says otherwise."""

from __future__ import annotations

from typing import Final

# Tokens ---------------------------------------------------------------------------------------------------------------------------------
SAML_ASSERTION_PARAMETER_CHARS: Final = 100_000
"""Longest SAMLAssertion parameter of the API (service model 2011-06-15); applies to the exchange, not to `validate`."""
SAML_RESPONSE_CHARS: Final = 1_400_000
"""Longest base64 SAML response that `validate` decodes: 1 MiB of XML, with room for line breaks."""
SAML_RESPONSE_OCTETS: Final = 1_048_576
"""Longest XML document behind it."""
WEB_IDENTITY_TOKEN_CHARS: Final = 20_000
"""Longest WebIdentityToken parameter of the API (service model 2011-06-15)."""

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
"""A document has no more elements than its octets divided by this (attack row X27). The shortest element that a login repeats is an
AttributeValue of one character, 33 octets."""
XML_ELEMENTS_ALWAYS: Final = 64
"""Elements that a document may have however short they are."""
XML_NAMESPACES: Final = 64
"""Namespace declarations in scope of one element (attack row X27): canonicalisation searches them for every element."""
XML_NAMESPACE_CHARS: Final = 256
"""Longest namespace name: canonicalisation repeats it on every element that needs it."""
INCLUSIVE_PREFIXES: Final = 12
"""Prefixes of an InclusiveNamespaces PrefixList (attack row C05): canonicalisation searches every element for each. Real lists have one to
eight."""
INCLUSIVE_PREFIX_CHARS: Final = 64
"""Longest of them."""
SIGNED_INFO_OCTETS: Final = 16_384
"""Longest canonical ds:SignedInfo; real ones have some 600 octets."""
XML_STRANGE_OCTETS: Final = 2_097_152
"""Octets of documents with names new to a thread, after which another thread parses for it, to be thrown away after as many (decision 16).
Identity providers use the same few names again and again: only somebody who means to gets there."""
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
"""Only where the provider permits ``rsa-1024``."""
RSA_MAX_BITS: Final = 8192
"""Larger moduli cost the verifier more than a caller deserves (attack row K17)."""
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
"""Sessions of GetSessionToken and GetFederationToken."""
USER_SESSION_MAX_SECONDS: Final = 129_600
ROOT_USER_SESSION_MAX_SECONDS: Final = 3600
"""The same, asked for by the root of an account: more is silently lowered to this."""
ASSUMED_ROOT_SECONDS: Final = 900
"""AssumeRoot: the longest session, and the default."""
DELEGATED_SESSION_MIN_SECONDS: Final = 300
"""GetDelegatedAccessToken: shortest session a delegation may ask for."""
WEB_IDENTITY_TOKEN_MIN_SECONDS: Final = 60
WEB_IDENTITY_TOKEN_DEFAULT_SECONDS: Final = 300
WEB_IDENTITY_TOKEN_MAX_SECONDS: Final = 3600
SESSION_TAGS: Final = 50
TAGS_PER_ENTITY: Final = 50
"""Tags of one role or user (IAM quota)."""
TAG_KEY_CHARS: Final = 128
TAG_VALUE_CHARS: Final = 256
SESSION_POLICY_CHARS: Final = 2048
SESSION_POLICY_ARNS: Final = 10
SESSION_TOKEN_OCTETS: Final = 4096
"""AWS since 2026-09-15: one limit on the assembled session token."""

# Names ----------------------------------------------------------------------------------------------------------------------------------
ARN_CHARS: Final = 2048
"""Longest ARN parameter of the API (service model 2011-06-15)."""

# Policies -------------------------------------------------------------------------------------------------------------------------------
POLICY_CHARS: Final = 131_072
"""Longest policy document of the IAM API, raw."""
JSON_DEPTH: Final = 32
"""Deepest JSON nesting in tokens, policies and account files (attack row J49)."""

# Signed requests ------------------------------------------------------------------------------------------------------------------------
SIGNATURE_CLOCK_SKEW_SECONDS: Final = 900
"""Signature Version 4: a request, presigned or not, is good for 15 minutes around its date; STS heeds no X-Amz-Expires."""
PRESIGNED_EXPIRES_MAX_SECONDS: Final = 900
"""Longest X-Amz-Expires that a verifier of forwarded GetCallerIdentity requests takes."""
IDENTITY_PROOF_CHARS: Final = 16_384
"""Longest forwarded GetCallerIdentity request, encoded: a session token of 4096 octets, twice escaped, with room."""
ECHOED_LIST_CHARS: Final = 4096
"""Characters of a list that a validation message repeats (attack row D04)."""
ENCODED_MESSAGE_CHARS: Final = 10_240
"""Longest EncodedMessage of DecodeAuthorizationMessage (service model 2011-06-15)."""

# Multi-factor authentication ------------------------------------------------------------------------------------------------------------
TOTP_STEP_SECONDS: Final = 30
TOTP_DIGITS: Final = 6
TOTP_WINDOW_STEPS: Final = 1
"""Steps of clock drift allowed each way (RFC 6238 5.2 recommends at most one for the network's delay)."""
TOTP_SECRET_MIN_OCTETS: Final = 16
"""RFC 4226 4 R6: the shared secret is at least 128 bits."""
TOTP_SECRET_MAX_OCTETS: Final = 64
"""One block of SHA-1; HMAC hashes anything longer down to less."""

# Server ---------------------------------------------------------------------------------------------------------------------------------
REQUEST_OCTETS: Final = 524_288
"""Largest body of a request: five times the longest SAMLAssertion, which percent-encoding makes three times as long at most."""
REQUEST_DRAIN_OCTETS: Final = 8_388_608
"""What is read and thrown away of a larger body, so that a client still writing reads the refusal instead of a reset."""
REQUEST_HEAD_OCTETS: Final = 131_072
"""Request line and header fields together."""
REQUEST_SECONDS: Final = 10
"""Time a client has for its head, and again for its body; also how long an idle connection is kept."""
REQUEST_PARAMETERS: Final = 1_000
"""Parameters of one request: fifty tags, fifty transitive keys and everything else stay under 200."""
REQUESTS_AT_ONCE: Final = 1_024
"""Connections of one worker, those that idle between requests included: clients keep theirs open, and slow ones must not shut out the
others. With REQUEST_OCTETS this bounds its memory."""
SHUTDOWN_SECONDS: Final = 20
"""Time requests in flight have after a stop signal: more than REQUEST_SECONDS."""
