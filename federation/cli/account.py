"""`federation account`: make, check and show an account directory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from federation import limits
from federation.account.directory import load_account
from federation.account.model import Account
from federation.account.saml_providers import PRIVATE_KEY_OCTETS
from federation.account.writers import add_policy, add_role, add_saml_provider, init_account
from federation.cli.inputs import read_document, read_text
from federation.cli.options import account_option, json_option
from federation.cli.plain import print_json
from federation.cli.rendering import DIM, GOOD, console, facts
from federation.identity import timestamp
from federation.policy.statement import Statement
from federation.profiles import Profile


@click.group()
def command() -> None:
    """Make, check and show an account directory."""


@command.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--account-id", required=True, help="Twelve digits.")
@click.option("--partition", default="aws", show_default=True)
@click.option("--profile", type=click.Choice([p.value for p in Profile]), default=Profile.STRICT.value, show_default=True)
@json_option
def init(directory: Path, *, account_id: str, partition: str, profile: str, as_json: bool) -> None:
    """Make DIRECTORY an account with a fresh keyring."""
    made = init_account(directory, account_id=account_id, partition=partition, profile=profile)
    _done({"directory": str(made), "account_id": account_id}, as_json=as_json)


@command.command()
@account_option
@json_option
def check(*, account_path: Path, as_json: bool) -> None:
    """Read everything and report every fault with its file and place."""
    account = load_account(account_path)
    if as_json:
        print_json({"sound": True, **_summary(account)})
        return
    out = console()
    counts = f"SAML providers: {len(account.saml_providers)}, roles: {len(account.roles)}, policies: {len(account.policies)}"
    out.print(Text(f"✓ account {account.id} is sound", style=GOOD), Text(f"({counts})", style=DIM))
    out.print(facts(("note", note) for note in account.notes))


@command.command()
@account_option
@json_option
def show(*, account_path: Path, as_json: bool) -> None:
    """Show what the account holds."""
    account = load_account(account_path)
    summary = _summary(account)
    if as_json:
        print_json(summary)
        return
    out = console()
    out.print(facts([("account", account.id), ("partition", account.partition), ("profile", account.profile.value)], indent=0))
    for arn, provider in account.saml_providers.items():
        out.print(Text(arn))
        keys = (("signing key", f"{key.fingerprint[:16]}… {_until(key.not_after)}".rstrip()) for key in provider.keys)
        out.print(facts([*(("entity id", name) for name in sorted(provider.entity_ids)), *keys]))
    for arn, role in account.roles.items():
        out.print(Text(arn))
        rows = [("longest session", f"{role.max_session_duration} s"), ("trusts", _trusts(role.trust_policy.statements))]
        out.print(facts(rows))
    for arn in account.policies:
        out.print(Text(arn))
    out.print(facts(((("note", note) for note in account.notes)), indent=0))


@command.command("add-saml-provider")
@account_option
@click.option("--name", required=True, help="Name of the provider, as in its ARN.")
@click.argument("metadata", type=click.Path(path_type=Path))
@click.option("--decryption-key", "decryption_keys", multiple=True, type=click.Path(path_type=Path), help="RSA key, PEM; at most two.")
@json_option
def add_saml_provider_command(metadata: Path, *, account_path: Path, name: str, decryption_keys: tuple[Path, ...], as_json: bool) -> None:
    """Register the identity provider that METADATA describes."""
    keys = [read_document(path, longest=PRIVATE_KEY_OCTETS) for path in decryption_keys]
    document = read_document(metadata, longest=limits.METADATA_OCTETS)
    _done({"arn": add_saml_provider(account_path, name=name, metadata=document, decryption_keys=keys)}, as_json=as_json)


@command.command("add-role")
@account_option
@click.option("--name", required=True, help="Name of the role.")
@click.option("--trust-policy", required=True, type=click.Path(path_type=Path), help="The AssumeRolePolicyDocument, JSON.")
@click.option("--max-session-duration", type=int, default=3600, show_default=True, help="Seconds.")
@click.option("--policy", type=click.Path(path_type=Path), help="An inline identity policy, JSON.")
@click.option("--path", "role_path", default="/", show_default=True, help="Path of the role.")
@click.option("--description", default="", help="Free text.")
@json_option
def add_role_command(
    *,
    account_path: Path,
    name: str,
    trust_policy: Path,
    max_session_duration: int,
    policy: Path | None,
    role_path: str,
    description: str,
    as_json: bool,
) -> None:
    """Add a role."""
    arn = add_role(
        account_path,
        name=name,
        trust_policy=read_text(trust_policy, longest=limits.POLICY_CHARS),
        max_session_duration=max_session_duration,
        policy=None if policy is None else read_text(policy, longest=limits.POLICY_CHARS),
        role_path=role_path,
        description=description,
    )
    _done({"arn": arn}, as_json=as_json)


@command.command("add-policy")
@account_option
@click.option("--name", required=True, help="Name of the policy.")
@click.argument("document", type=click.Path(path_type=Path))
@json_option
def add_policy_command(document: Path, *, account_path: Path, name: str, as_json: bool) -> None:
    """Add the managed policy that DOCUMENT holds."""
    text = read_text(document, longest=limits.POLICY_CHARS)
    _done({"arn": add_policy(account_path, name=name, document=text)}, as_json=as_json)


def _done(made: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        console().print(Text("✓", style=GOOD), *(Text(value) for value in made.values()))


def _summary(account: Account) -> dict[str, object]:
    return {
        "account_id": account.id,
        "partition": account.partition,
        "profile": account.profile.value,
        "saml_providers": {
            arn: {
                "entity_ids": sorted(provider.entity_ids),
                "keys": [{"fingerprint": key.fingerprint, "not_after": timestamp(key.not_after)} for key in provider.keys],
                "notes": list(provider.notes),
            }
            for arn, provider in account.saml_providers.items()
        },
        "roles": {
            arn: {"role_id": role.role_id, "max_session_duration": role.max_session_duration, "trust_policy": role.trust_policy.document}
            for arn, role in account.roles.items()
        },
        "policies": list(account.policies),
        "notes": list(account.notes),
    }


def _until(moment: datetime | None) -> str:
    return "" if moment is None else f"certificate until {moment:%Y-%m-%d}"


def _trusts(statements: Iterable[Statement]) -> str:
    """Return whom the Allow statements of a trust policy name."""
    names = [name for each in statements if each.effect == "Allow" and each.principal is not None for name in each.principal.spelled]
    return ", ".join(dict.fromkeys(names)) or "nobody"
