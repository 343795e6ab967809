"""Loading of an account of many roles, beside the reading and `json.loads` of the same files.

    python -m benchmarks.accounts [--roles N] [--rounds N]

The roles are those of a company: pipelines, single sign-on, services, other accounts. Every trust policy of a pipeline is another.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final

from federation.account import load_account
from federation.account.lint import stored_policies
from federation.account.writing.accounts import new_account_files
from federation.account.writing.oidc_providers import add_oidc_provider
from federation.account.writing.saml_providers import add_saml_provider
from federation.testing import OIDC_SHAPES, OidcForge, SamlForge, SigningKey, TokenKey

ACCOUNT: Final = "123456789012"
ROLES: Final = 10_000
MEASURE: Final = "json.loads of the files, which are read"
_AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
_GITHUB: Final = "token.actions.githubusercontent.com"
_OTHERS: Final = ("billing", "search", "mobile", "identity", "platform", "ml")


def role(number: int, kind: str) -> dict[str, Any]:
    """One role, as ``aws iam get-role`` prints it."""
    name = f"{_OTHERS[number % 6]}-{kind}-{number:05}"
    made: dict[str, Any] = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{number:017}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "CreateDate": "2026-11-24T12:00:00+00:00",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust(number, kind)]},
        "Description": f"Role {number} of the team {_OTHERS[number % 6]}",
        "MaxSessionDuration": 3600,
    }
    if number % 4 == 0:
        made["Tags"] = [{"Key": "team", "Value": _OTHERS[number % 6]}, {"Key": "cost-centre", "Value": str(number % 100)}]
    if number % 5 == 0:
        objects = f"arn:aws:s3:::bucket-{number}/${{aws:PrincipalTag/team}}/*"
        statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": objects}
        made["RolePolicyList"] = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]
    return made


def trust(number: int, kind: str) -> dict[str, Any]:
    """The statement of a role's trust policy."""
    match kind:
        case "pipeline":
            condition = {
                "StringEquals": {f"{_GITHUB}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{_GITHUB}:sub": f"repo:acme/service-{number}:ref:refs/heads/*"},
            }
            principal: dict[str, str] = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{_GITHUB}"}
            action = "sts:AssumeRoleWithWebIdentity"
        case "people":
            condition = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
            principal, action = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"}, "sts:AssumeRoleWithSAML"
        case "partner":
            condition = {"StringEquals": {"sts:ExternalId": f"acme-{number}"}}
            principal, action = {"AWS": f"arn:aws:iam::{111122223333 + number % 50}:root"}, "sts:AssumeRole"
        case _:
            return {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Sid": "In", "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}


def write_account(directory: Path, roles: int) -> None:
    """Write an account of *roles* roles, and the two providers that they trust, to *directory*."""
    for file, content in new_account_files(account_id=ACCOUNT).items():
        (directory / file).write_bytes(content.octets)
        (directory / file).chmod(content.mode)
    company = SamlForge(key=SigningKey.generate("rsa-2048", common_name="benchmark", at=_AT))
    add_saml_provider(directory, name="Okta", metadata=company.metadata(), at=_AT)
    issuer = OidcForge(key=TokenKey.generate("RS256"), shape=OIDC_SHAPES["github"])
    add_oidc_provider(directory, url=f"https://{_GITHUB}", client_ids=["sts.amazonaws.com"], jwks=json.dumps(issuer.jwks()), at=_AT)
    (directory / "roles").mkdir(exist_ok=True)
    kinds = cycle(("pipeline", "pipeline", "people", "pipeline", "service", "partner"))
    for number, kind in zip(range(roles), kinds, strict=False):
        made = role(number, kind)
        (directory / "roles" / f"{made['RoleName']}.json").write_text(json.dumps(made, indent=2), encoding="utf-8")


def read_plainly(directory: Path) -> int:
    """Read the files of the roles in *directory* and parse each, and check nothing."""
    folder = f"{directory}/roles"
    documents = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - the floor has no path objects
        with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123 - as above
            documents.append(json.loads(file.read()))
    return len(documents)


def contestants(directory: Path) -> dict[str, Callable[[], object]]:
    """Return what is timed with the account in *directory*, which `write_account` wrote."""
    return {
        MEASURE: lambda: read_plainly(directory),
        "load_account": lambda: load_account(directory),
        "load_account, every policy compiled": lambda: compiled(directory),
    }


def compiled(directory: Path) -> int:
    """Load the account in *directory* and compile every policy, as lint and the map of the account do."""
    return sum(len(stored.policy.statements) for stored in stored_policies(load_account(directory)))


def check(directory: Path) -> tuple[float, float, int]:
    """Run ``federation account check``: seconds of processor time, largest memory in MiB, and the number of lines of its report."""
    program = "from federation.cli.main import main; main()"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", program, "account", "check", "--account", str(directory)], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024, len(done.stdout.splitlines())


def seconds_of(run: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    gc.collect()
    before = process_time()
    run()
    return process_time() - before


def main(words: Sequence[str]) -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--roles", type=int, default=ROLES)
    arguments.add_argument("--rounds", type=int, default=7)
    chosen = arguments.parse_args(words)
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        write_account(directory, chosen.roles)
        samples: dict[str, list[float]] = {name: [] for name in contestants(directory)}
        for _ in range(chosen.rounds):  # in turn, so that a slow moment of the machine slows them all
            for name, run in contestants(directory).items():
                samples[name].append(seconds_of(run))
        for name, times in samples.items():
            ratio = median(times) / median(samples[MEASURE])
            print(f"{median(times):7.2f} s  {min(times):7.2f} s best  {ratio:5.2f} x  {name}")
        seconds, mebibytes, lines = check(directory)
        print(f"{seconds:7.2f} s  {mebibytes:7.0f} MiB  federation account check, lines of its report: {lines}")


if __name__ == "__main__":
    main(sys.argv[1:])
