"""Identity providers of the account by the ARNs that calls have."""

from __future__ import annotations

import re
from typing import Final

from federation import aws_texts
from federation.account import Account
from federation.account.writing.entities import no_such_entity
from federation.errors import RegistrationError, show
from federation.oidc.provider import OidcProvider
from federation.saml.registration.provider import SamlProvider

_SAML: Final = re.compile(r"arn:aws[a-z-]{0,29}:iam::\d{12}:saml-provider/([\w.-]{1,128})", re.ASCII)
_OIDC: Final = re.compile(r"arn:aws[a-z-]{0,29}:iam::\d{12}:oidc-provider/([!-~]{1,255})", re.ASCII)


def saml_name(arn: str) -> str:
    """Return the name of the SAML provider in *arn*.

    Raises:
        RegistrationError: Check ``provider-arn``: *arn* is not the ARN of a SAML provider.
    """
    return _name(_SAML, arn, "arn:aws:iam::<account>:saml-provider/<Name>")


def oidc_name(arn: str) -> str:
    """Return the name of the OpenID Connect provider in *arn*: its URL without ``https://``.

    Raises:
        RegistrationError: Check ``provider-arn``: *arn* is not the ARN of an OpenID Connect provider.
    """
    return _name(_OIDC, arn, "arn:aws:iam::<account>:oidc-provider/<URL without https://>")


def saml_or_none(account: Account, arn: str) -> SamlProvider | None:
    """Return the SAML provider *arn*; None where there is none."""
    return account.saml_providers.get(arn)


def saml_provider(account: Account, arn: str) -> SamlProvider:
    """Return the SAML provider *arn*.

    Raises:
        NoSuchEntity: The account has no such provider.
    """
    provider = saml_or_none(account, arn)
    if provider is None:
        message = aws_texts.iam.no_such_saml_provider(arn)
        raise no_such_entity("saml-providers", "the ARN of a SAML provider", show(arn), message=message)
    return provider


def oidc_or_none(account: Account, arn: str) -> OidcProvider | None:
    """Return the OpenID Connect provider *arn*; None where there is none.

    The account keeps a provider that is built into AWS under its name, which is its principal in trust policies.
    """
    own, name = f"arn:{account.partition}:iam::{account.id}:oidc-provider/", oidc_name(arn)
    return account.oidc_providers.get(arn) or (account.oidc_providers.get(name) if arn == own + name else None)


def oidc_provider(account: Account, arn: str) -> OidcProvider:
    """Return the OpenID Connect provider *arn*.

    Raises:
        NoSuchEntity: The account has no such provider.
    """
    provider = oidc_or_none(account, arn)
    if provider is None:
        message = aws_texts.iam.no_such_oidc_provider(arn)
        raise no_such_entity("oidc-providers", "the ARN of an OpenID Connect provider", show(arn), message=message)
    return provider


def _name(form: re.Pattern[str], arn: str, expected: str) -> str:
    found = form.fullmatch(arn)
    if found is None:
        raise RegistrationError(
            check="provider-arn",
            expected=expected,
            found=show(arn),
            remedy="copy the ARN from the result of the operation that created or lists the provider",
            message=aws_texts.iam.invalid_arn(arn if arn.isprintable() else "?"),
        )
    return found[1]
