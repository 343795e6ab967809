"""The entity that an ARN, or a text in its place, names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from federation.account import Account
from federation.explaining.nearest import nearest

_ARN: Final = re.compile(
    r"(?P<prefix>arn):(?P<partition>[^:]*):(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<resource>.+)", re.ASCII | re.DOTALL
)
_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_VARIABLE: Final = re.compile(r"\$\{\{.*\}\}|\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_]\w*%|\{\{.*\}\}", re.ASCII | re.DOTALL)
_AROUND: Final = " \t\r\n\"'`<>,;"

_RESOURCES: Final = {
    "policy": "a policy",
    "instance-profile": "an instance profile",
    "user": "an IAM user",
    "group": "an IAM group",
    "saml-provider": "a SAML provider",
    "oidc-provider": "an OpenID Connect provider",
    "mfa": "an MFA device",
    "server-certificate": "a server certificate",
    "root": "the root of an account",
    "role": "a role",
}


def what_it_names(text: str) -> str:
    """Return in words what *text* names, such as "a policy"; empty where that is not known."""
    match = _ARN.fullmatch(text)
    if match is None:
        return ""
    kind = match["resource"].partition("/")[0]
    if match["service"] == "sts":
        return "the session of a role (assumed-role)" if kind == "assumed-role" else "a session of STS"
    if match["service"] == "iam":
        return _RESOURCES.get(kind, f"an IAM resource of the type {kind[:32]}")
    return f"a resource of {match['service'][:32]}" if match["service"] else ""


def faults(text: str, account: Account) -> list[str]:
    """Return what is wrong with an ARN that was meant to be a role's, each fault in words."""
    bare = text.strip(_AROUND)
    found = ["it has white space or quotation marks around it"] if bare != text else []
    if _VARIABLE.fullmatch(bare):
        return ["it is a variable that nobody replaced by its value"]
    match = _ARN.fullmatch(bare)
    if match is None:
        return [*found, "it is a name and no ARN" if _NAME.fullmatch(bare) else "it does not have the form of an ARN"]
    if match["partition"] != account.partition:
        found.append(f"its partition is {match['partition'][:32] or 'empty'}, and the account is in {account.partition}")
    if match["region"]:
        found.append(f"it names the region {match['region'][:32]}, and IAM has none")
    digits = match["account"].replace("-", "")
    if match["account"] != account.id:
        said = f"its account is {match['account'][:32]}" if match["account"] else "it names no account"
        said += f" ({len(digits)} digits of {len(account.id)})" if digits.isdecimal() and len(digits) != len(account.id) else ""
        found.append(
            f"its account is written with hyphens: {match['account'][:32]}"
            if digits == account.id
            else f"{said}, and this account is {account.id}"
        )
    return found


def meant_role(text: str, account: Account) -> str | None:
    """Return the ARN of the one role of *account* that *text* can mean; None where there is none, or several.

    It is the role of the same name, whatever path, case, account, partition and kind of ARN it was written with.
    """
    bare = text.strip(_AROUND)
    match = _ARN.fullmatch(bare)
    resource = match["resource"] if match is not None else bare
    kind, _, rest = resource.partition("/")
    name = rest.partition("/")[0] if kind.lower() == "assumed-role" else resource.rpartition("/")[2]
    return only_of_name(name, account)


def only_of_name(name: str, account: Account) -> str | None:
    """Return the ARN of the one role of *account* called *name*: names are unique in an account without regard to case."""
    folded = name.lower()
    return next((role.arn for role in account.roles.values() if role.name.lower() == folded), None) if _NAME.fullmatch(name) else None


def nearest_role(text: str, account: Account) -> str | None:
    """Return the ARN of the role of *account* that *text* means, or the one most alike; None where none is alike."""
    return meant_role(text, account) or nearest(text.strip(_AROUND), account.roles)


def is_one_of(text: object, arns: Iterable[str]) -> bool:
    """Tell whether *text* is one of *arns*, apart from white space and quotation marks."""
    return isinstance(text, str) and text.strip(_AROUND) in arns
