"""SAML identity providers of a workbench: throw-away keys that are made when they are first used, and the metadata that they publish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import uuid4

from federation import clock
from federation.account.live import LiveAccount
from federation.account.writing.saml_providers import add_saml_provider, update_saml_provider
from federation.saml.registration.provider import SamlProvider
from federation.testing.forge import SamlForge, to_base64
from federation.testing.keys import SigningKey
from federation.testing.login import Login, aws_attributes
from federation.testing.names import AWS_SIGN_IN
from federation.testing.shapes import shape_named
from federation.testing.workbench.minted import Minted, check_validity, check_xml_texts
from federation.testing.workbench.moving import MovableClock
from federation.testing.workbench.shelf import Shelf

DEFAULT_SHAPE: Final = "shibboleth"
_LIFE: Final = timedelta(days=3_650)


class IdentityProviders:
    """The identity providers whose responses a workbench signs, by the name of the SAML provider in the account."""

    def __init__(self, live: LiveAccount, shelf: Shelf, now: MovableClock) -> None:
        """Register metadata in *live*, keep keys on *shelf*, and issue by the clock *now*."""
        self._live, self._shelf, self._clock = live, shelf, now

    def mint(  # noqa: PLR0913 - every property of a response, keyword-only
        self,
        *,
        provider: str,
        roles: Sequence[str],
        session_name: str = "",
        subject: str = "SamlExample",
        shape: str = DEFAULT_SHAPE,
        issuer: str = "",
        audiences: Sequence[str] = (AWS_SIGN_IN,),
        recipient: str = AWS_SIGN_IN,
        attributes: Mapping[str, Sequence[str]] | None = None,
        validity: int | None = None,
        at: datetime | None = None,
        register_provider: bool = False,
    ) -> Minted:
        """Return a SAML response in base64. The metadata of its identity provider is registered with *provider*, in place of any other.

        Args:
            provider: Name or ARN of the SAML provider in the account.
            roles: ARNs or names of the roles that the login may assume.
            session_name: RoleSessionName; empty for the subject.
            subject: NameID.
            shape: The product to imitate, of `federation.testing.SHAPES`.
            issuer: entityID; empty for the registered one, or the example of the shape.
            audiences: Audiences of the assertion.
            recipient: Recipient and Destination.
            attributes: Further attributes, each with its values.
            validity: Seconds until it expires; None for five minutes.
            at: When it is issued, aware; None for now, by the clock of the bench.
            register_provider: Whether to register the SAML provider where the account has none.

        Raises:
            ValidationError: Checks ``shape``, ``validity``, ``text``, ``name``.
            RegistrationError: Nothing can be registered for these arguments, or the extra ``testing`` is not installed.
            AccountFaults: The account cannot be changed.
        """
        check_validity(validity)
        more = dict(attributes or {})
        check_xml_texts([provider, *roles, session_name, subject, issuer, *audiences, recipient, *more])
        check_xml_texts(value for values in more.values() for value in values)
        issued = self._clock.now() if at is None else clock.resolve(at)
        arn = self._arn("saml-provider", provider)
        forge = self._forge(arn, shape=shape, issuer=issuer)
        named = aws_attributes(role="", provider="", session_name=session_name or subject, more=more)
        role_attribute = next(iter(named))
        login = Login(
            at=issued,
            subject=subject,
            audiences=tuple(audiences),
            recipient=recipient,
            destination=recipient,
            validity=timedelta(seconds=300 if validity is None else validity),
            attributes={**named, role_attribute: tuple(f"{self._arn('role', role)},{arn}" for role in roles)},
            seed=uuid4().hex,
        )
        token = to_base64(forge.response(login))
        registered = self._registered(arn, forge, make=register_provider)
        return Minted(token=token, issuer=forge.entity_id, subject=subject, provider_arn=registered)

    def metadata(self, provider: str, *, shape: str = DEFAULT_SHAPE, issuer: str = "") -> bytes:
        """Return the metadata of the identity provider of *provider*, a name or ARN, for CreateSAMLProvider.

        Raises:
            ValidationError: Checks ``shape``, ``text``.
        """
        check_xml_texts([provider, issuer])
        return self._forge(self._arn("saml-provider", provider), shape=shape, issuer=issuer).metadata()

    def _forge(self, arn: str, *, shape: str, issuer: str) -> SamlForge:
        """Return the identity provider of the SAML provider *arn*. Its entityID is the registered one where no other is given."""
        format_of, registered = shape_named(shape), self._live.account.saml_providers.get(arn)
        entity_id = issuer or ("" if registered is None else min(registered.entity_ids))
        return SamlForge(key=self._key(arn), issuer=entity_id, shape=format_of)

    def _key(self, arn: str) -> SigningKey:
        place = f"idp-{hashlib.sha256(arn.encode()).hexdigest()}"
        kept = self._shelf.read(place)
        if kept is None:
            made = SigningKey.generate(common_name="throw-away", at=self._clock.now(), life=_LIFE)
            pems = [made.private_pem().decode("ascii"), made.certificate_pem().decode("ascii")]
            kept = self._shelf.claim(place, json.dumps(pems).encode("ascii"))
        return _read(kept)

    def _registered(self, arn: str, forge: SamlForge, *, make: bool) -> str | None:
        """Register the metadata of *forge* with the provider *arn*, and with *make* the provider itself; None where there is none."""
        provider = self._live.account.saml_providers.get(arn)
        if provider is None and not make:
            return None
        if provider is not None and forge.key.certificate.public_key() in [key.public_key for key in provider.keys]:
            return arn
        metadata, name = forge.metadata(), arn.partition(":saml-provider/")[2]
        SamlProvider.from_metadata(metadata, arn=arn)
        if self._arn("saml-provider", name) != arn:
            return None  # the provider of another account
        with self._live.changing() as draft:
            if arn in self._live.account.saml_providers:
                return update_saml_provider(draft, name=name, metadata=metadata)
            return add_saml_provider(draft, name=name, metadata=metadata)

    def _arn(self, kind: str, name: str) -> str:
        """Return the ARN of the role or SAML provider *name* of the account; *name* itself where it is an ARN."""
        account = self._live.account
        if name.startswith("arn:"):
            return name
        known = (each.arn for each in account.roles.values() if kind == "role" and each.name.lower() == name.lower())
        return next(known, f"arn:{account.partition}:iam::{account.id}:{kind}/{name}")


@lru_cache(maxsize=256)
def _read(pems: bytes) -> SigningKey:
    key, certificate = json.loads(pems)
    return SigningKey.from_pem(key.encode("ascii"), certificate.encode("ascii"))
