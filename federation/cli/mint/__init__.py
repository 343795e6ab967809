"""`federation mint`: signed tokens for tests, with throw-away keys."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from federation import clock
from federation.account.reading.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.support.choices import Choice
from federation.cli.support.inputs import read_document
from federation.cli.support.options import moment_option
from federation.cli.support.paths import PathType
from federation.jose.algorithms import ALGORITHMS
from federation.testing.encryption import Encryption
from federation.testing.forge import SamlForge, to_base64
from federation.testing.keys import SigningKey
from federation.testing.login import Login, aws_attributes
from federation.testing.names import AWS_SIGN_IN
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES
from federation.testing.shapes import SHAPES, shape_named

RESERVED: Final = frozenset({"at", "subject", "audience", "header", "iss", "sub", "aud"})
YEARS: Final = range(1950, 9001)
"""Years that both certificates and xs:dateTime can express, with a margin for validities."""


LATE: Final = {"examples": "examples", "mfa-code": "mfa_code_command"}
"""Commands that read accounts, by the name of their function. Their module is imported only when one of them is called."""


class Mints(click.Group):
    """The commands of this module, and those of `LATE`, which are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*super().list_commands(ctx), *LATE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command *cmd_name*; None where there is none."""
        if cmd_name not in LATE:
            return super().get_command(ctx, cmd_name)
        from federation.cli.mint import examples as mint_examples  # noqa: PLC0415 - loaded where it is used

        late: click.Command = getattr(mint_examples, LATE[cmd_name])
        return late


@click.group(cls=Mints)
def command() -> None:
    """Make signed tokens for tests, with throw-away keys."""


@command.command()
@click.option("--subject", default="SamlExample", show_default=True, help="NameID.")
@click.option("--role", required=True, help="ARN of the role to be assumed.")
@click.option("--provider", required=True, help="ARN of the SAML provider in the account.")
@click.option("--session-name", help="RoleSessionName. Default: the subject.")
@click.option("--issuer", default="", help="Entity id of the identity provider. Default: an example of the shape.")
@click.option("--audience", "audiences", multiple=True, default=(AWS_SIGN_IN,), show_default=True, help="Audience; repeatable.")
@click.option("--recipient", default=AWS_SIGN_IN, show_default=True, help="Recipient and Destination.")
@click.option("--attribute", "attributes", multiple=True, metavar="NAME=VALUE", help="A further attribute; repeat for more values.")
@click.option("--validity", type=click.IntRange(1, 31_536_000), default=300, show_default=True, help="Seconds until it expires.")
@click.option("--shape", type=Choice(list(SHAPES)), default="shibboleth", show_default=True, help="The product to imitate.")
@click.option("--sign", type=Choice(["assertion", "response", "both", "none"]), help="What is signed. Default: what the product signs.")
@click.option("--key", "key_path", type=PathType(path_type=Path), help="Signing key, PEM. Default: a new one.")
@click.option("--certificate", "certificate_path", type=PathType(path_type=Path), help="Certificate of --key, PEM.")
@click.option("--encrypt-for", type=PathType(path_type=Path), help="Certificate of the service provider to encrypt for, PEM.")
@click.option("--metadata-out", type=PathType(path_type=Path), help="Write the identity provider's metadata here.")
@moment_option("Issue")
def saml(
    *,
    subject: str,
    role: str,
    provider: str,
    session_name: str | None,
    issuer: str,
    audiences: tuple[str, ...],
    recipient: str,
    attributes: tuple[str, ...],
    validity: int,
    shape: str,
    sign: str | None,
    key_path: Path | None,
    certificate_path: Path | None,
    encrypt_for: Path | None,
    metadata_out: Path | None,
    at: datetime | None,
) -> None:
    """Print a signed SAML response in base64.

    Without --key a new key signs; --metadata-out then writes the metadata that verifies it.
    """
    moment = clock.resolve(at)
    if moment.year not in YEARS:
        raise click.BadParameter(f"expected a year from {YEARS.start} to {YEARS.stop - 1}", param_hint="--at")
    forge = SamlForge(key=_signing_key(key_path, certificate_path, moment), issuer=issuer, shape=shape_named(shape))
    more = _attributes(attributes)
    login = Login(
        at=moment,
        subject=subject,
        audiences=audiences,
        recipient=recipient,
        destination=recipient,
        validity=timedelta(seconds=validity),
        attributes=aws_attributes(role=role, provider=provider, session_name=session_name or subject, more=more),
        seed=f"{moment.isoformat()} {subject}",
    )
    encryption = None if encrypt_for is None else Encryption(recipient=_encryption_key(encrypt_for))
    part = {None: "product", "none": None}.get(sign, sign)
    document = forge.response(login, sign=part, encryption=encryption)  # type: ignore[arg-type] # click has checked the choice
    if metadata_out is not None:
        metadata_out.write_bytes(forge.metadata())
    _print(to_base64(document))


@command.command()
@click.option("--shape", type=Choice(list(OIDC_SHAPES)), default="generic", show_default=True, help="The issuer to imitate.")
@click.option("--issuer", default="", help="URL of the issuer. Default: an example of the shape.")
@click.option("--subject", default="", help="sub. Default: an example of the shape.")
@click.option("--audience", default="", help="aud. Default: the usual one for AWS.")
@click.option(
    "--claim", "claims", multiple=True, metavar="NAME=VALUE", help="A claim to add or replace; VALUE is JSON, else text; repeatable."
)
@click.option("--validity", type=click.IntRange(1, 31_536_000), help="Seconds until it expires. Default: as the issuer does.")
@click.option("--algorithm", type=Choice(list(ALGORITHMS)), help="Default: RS256, or the first that fits --key.")
@click.option("--key", "key_path", type=PathType(path_type=Path), help="Signing key, PEM. Default: a new one.")
@click.option("--kid", default="key-1", show_default=True, help="Key id.")
@click.option("--jwks-out", type=PathType(path_type=Path), help="Write the issuer's key set here.")
@click.option("--discovery-out", type=PathType(path_type=Path), help="Write the issuer's discovery document here.")
@moment_option("Issue")
def oidc(
    *,
    shape: str,
    issuer: str,
    subject: str,
    audience: str,
    claims: tuple[str, ...],
    validity: int | None,
    algorithm: str | None,
    key_path: Path | None,
    kid: str,
    jwks_out: Path | None,
    discovery_out: Path | None,
    at: datetime | None,
) -> None:
    """Print a signed ID token.

    Without --key a new key signs; --jwks-out then writes the key set that verifies it.
    """
    moment = clock.resolve(at)
    if key_path is None:
        key = TokenKey.generate(algorithm or "RS256", kid=kid)
    else:
        key = TokenKey.from_pem(read_document(key_path, longest=PRIVATE_KEY_OCTETS), algorithm=algorithm, kid=kid)
    forge = OidcForge(key=key, shape=OIDC_SHAPES[shape], issuer=issuer)
    changes = _claims(claims) | ({} if validity is None else {"exp": int(moment.timestamp()) + validity})
    token = forge.token(at=moment, subject=subject, audience=audience, **changes)
    for path, document in ((jwks_out, forge.jwks()), (discovery_out, forge.discovery())):
        if path is not None:
            path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    _print(token)


def _claims(words: tuple[str, ...]) -> dict[str, Any]:
    """Return the claims in ``NAME=VALUE``; a value that is not JSON is text."""
    claims: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name or name in RESERVED:
            raise click.BadParameter("expected NAME=VALUE; iss, sub and aud have flags of their own", param_hint="--claim")
        try:
            claims[name] = json.loads(value)
        except (ValueError, RecursionError):
            claims[name] = value
    return claims


def _signing_key(key: Path | None, certificate: Path | None, at: datetime) -> SigningKey:
    if key is None and certificate is None:
        return SigningKey.generate(common_name="throw-away", at=at, life=timedelta(days=30))
    if key is None or certificate is None:
        raise click.UsageError("--key and --certificate go together")
    longest = PRIVATE_KEY_OCTETS
    return SigningKey.from_pem(read_document(key, longest=longest), read_document(certificate, longest=longest))


def _encryption_key(path: Path) -> rsa.RSAPublicKey:
    try:
        public = x509.load_pem_x509_certificate(read_document(path, longest=PRIVATE_KEY_OCTETS)).public_key()
    except ValueError as cause:
        raise click.BadParameter("expected a PEM certificate", param_hint="--encrypt-for") from cause
    if not isinstance(public, rsa.RSAPublicKey):
        raise click.BadParameter("expected the certificate of an RSA key", param_hint="--encrypt-for")
    return public


def _attributes(words: tuple[str, ...]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for word in words:
        name, found, value = word.partition("=")
        if not found or not name:
            raise click.BadParameter("expected NAME=VALUE", param_hint="--attribute")
        values.setdefault(name, []).append(value)
    return values


def _print(token: str) -> None:
    """Print *token*, with a line end on a terminal only: SDKs send a token file unchanged, and a token has no line end (row J23)."""
    click.echo(token, nl=sys.stdout.isatty())
