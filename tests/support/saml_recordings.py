"""How each recorded deviation of a SAML response is made from the good one."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from federation.saml.registration.provider import SamlProvider
from federation.testing import aws_attributes
from tests.support.saml import (
    ARN,
    ROLE,
    add,
    decryption_pem,
    drop,
    good_login,
    provider,
    put,
    respond,
    to_service_provider,
)
from tests.support.shared import manifest

CASES = {case["id"]: case for case in manifest("recordings/federation-tokens.json", {"cases": []})["cases"] if case["protocol"] == "saml"}

Made = tuple[str, SamlProvider]


def at_aws(**words: Any) -> SamlProvider:
    return provider(profile="aws", decryption_keys=decryption_pem(), **words)


def made(*edits: Any, sign: str = "assertion", **changes: Any) -> Callable[[], Made]:
    return lambda: (respond(good_login(**changes), *edits, sign=sign), at_aws())


def attributes(**more: tuple[str, ...]) -> dict[str, Any]:
    spelt = {f"https://aws.amazon.com/SAML/Attributes/{name.replace('__', ':')}": values for name, values in more.items()}
    return aws_attributes(role=ROLE, provider=ARN, session_name="session-name", more=spelt)


def swapped_role() -> Made:
    return respond(good_login(attributes=aws_attributes(role=ARN, provider=ROLE, session_name="session-name"))), at_aws()


def encrypted(content: str) -> Callable[[], Made]:
    return lambda: (respond(encryption=to_service_provider(content=content)), at_aws())


def zeroed_response_signature() -> Made:
    def zero(response: Any) -> None:
        response.find("{*}Signature/{*}SignatureValue").text = "A" * 342 + "=="

    return respond(sign="both", after_signing=zero), at_aws()


def one_time_use() -> Made:
    return respond(None, add("Conditions", "<saml:OneTimeUse/>")), at_aws()


def required_but_plain() -> Made:
    return respond(), at_aws(encryption="required")


def required_and_encrypted() -> Made:
    return respond(encryption=to_service_provider()), at_aws(encryption="required")


def new_key() -> Made:
    return respond(key="idp-next-rsa2048"), at_aws(key="idp-next-rsa2048")


def old_key() -> Made:
    return respond(), at_aws(key="idp-next-rsa2048")


# How each recorded deviation is made from the good response. A recording without an entry here fails the test below.
MADE: Mapping[str, Callable[[], Made]] = {
    "saml-01": made(),
    "saml-02": made(sign="response"),
    "saml-07": made(audiences=()),
    "saml-11": made(put("SubjectConfirmationData", NotOnOrAfter=None)),
    "saml-12": made(put("Conditions", NotOnOrAfter="2026-09-15T11:59:00Z", NotBefore="2026-09-15T11:50:00Z")),
    "saml-14": made(not_before=timedelta(seconds=60)),
    "saml-19": made(attributes=attributes(SessionDuration=("900",))),
    "saml-20": made(attributes=attributes(SessionDuration=("7200",))),
    "saml-22": swapped_role,
    "saml-24": made(subject_format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    "saml-26": made(
        attributes=attributes(SourceIdentity=("source-123",), PrincipalTag__team=("engineering",), TransitiveTagKeys=("team",))
    ),
    "saml-30": encrypted("aes128-gcm"),
    "saml-31": encrypted("aes256-gcm"),
    "saml-34": made(not_before=timedelta(days=1)),
    "saml-35": made(put("Conditions", NotBefore="invalid")),
    "saml-38": made(drop("AuthnStatement")),
    "saml-39": one_time_use,
    "saml-43": made(response_issuer="https://other.example.com/idp"),
    "saml-44": zeroed_response_signature,
    "samlreq-02": required_but_plain,
    "samlreq-03": required_and_encrypted,
    "samlprov-01": new_key,
    "samlprov-02": old_key,
}
