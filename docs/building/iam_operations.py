"""docs/iam.md: the operations of IAM that are served, read from the catalogue and the docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from federation import errors
from federation.iam.catalogue import OPERATIONS, IamOperation

HEAD: Final = """# IAM

<!-- Written by docs/build.py: change the code, then run `make docs`. -->

`federation serve` answers the Query API of IAM (2010-05-08) for the account directory that it serves, beside STS and at the same address.
What an operation writes is in the files of the directory, in the form of the [account directory](account-directory.md), and STS uses
it from the next request on.

```py
import boto3

iam = boto3.client("iam")  # AWS_ENDPOINT_URL_IAM=http://127.0.0.1:8042
role = iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=trust)["Role"]
```

- Every call is signed for the service `iam`, in any region. The policies of the caller decide (`iam:CreateRole` on the ARN of the
  role), with the condition keys of the action: `iam:PermissionsBoundary`, `iam:PolicyARN`, `aws:RequestTag/…`, `aws:TagKeys`,
  `aws:ResourceTag/…`, `iam:ResourceTag/…`. The root of the account may do everything. Sessions of GetFederationToken, and those of
  GetSessionToken without MFA, are refused, as by AWS. So are callers of neighbours: an account has its own IAM.
- A call that is refused changes nothing, on disk neither. Code, status and text are those of AWS; expected, found and remedy are in the
  log.
- Parameters, constraints and results are those of botocore's newest service model, and a test compares them. Other operations of IAM
  are refused with `InvalidAction`; the log names what is served.
- Lists have pages: `MaxItems`, 100 where it is absent, and `Marker`. A marker stays valid while entries are added or removed.
- Policies of AWS are known as far as `policies/aws/` has them. Those that it lacks can be attached, and allow nothing.

In Python, without a server:

```python
from federation.account.live import LiveAccount
from federation.iam import IdentityAndAccessManagement

iam = IdentityAndAccessManagement(LiveAccount.in_memory("123456789012"))
root = "arn:aws:iam::123456789012:root"
trust = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}]}'
role = iam.answer("CreateRole", {"RoleName": "Deploy", "AssumeRolePolicyDocument": trust}, caller=root).to_dict()["Role"]
assert iam.sts.account.roles[role["Arn"]].name == "Deploy"
```

`LiveAccount.open` takes an account directory instead.

Required parameters are in bold. Every operation refuses with `ValidationError` what violates a constraint, and with `AccessDenied` a caller
who may not call it.
"""
_WORDS: Final = {"mfa": "MFA", "saml": "SAML", "oidc": "OpenID Connect"}
_COMMON: Final = ("ValidationError", "AccessDenied")


def iam_page() -> str:
    """docs/iam.md: every operation, by the module that has it."""
    return HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for module, rows in groupby(OPERATIONS.values(), key=lambda row: row.call.__module__.rpartition(".")[2]):
        yield ""
        yield f"## {_title(module)}"
        yield ""
        yield "| Operation | What it does | Parameters | Refuses with |"
        yield "| --- | --- | --- | --- |"
        yield from (_line(row) for row in rows)


def _title(module: str) -> str:
    words = [_WORDS.get(word, word) for word in module.split("_")]
    return f"{words[0][0].upper()}{words[0][1:]} {' '.join(words[1:])}".strip()


def _line(row: IamOperation) -> str:
    parameters = ", ".join(f"**{each.wire}**" if each.required else each.wire for each in row.parameters)
    said = inspect.getdoc(row.run) or ""
    what, _, raises = said.partition("Raises:")
    summary = " ".join(what.partition("\n\n")[0].split())
    named = re.findall(r"^ +(\w+): ", raises, re.MULTILINE)
    codes = sorted({getattr(errors, name).code for name in named} - {*_COMMON})
    return f"| `{row.name}` | {summary} | {parameters or 'none'} | {' '.join(f'`{code}`' for code in codes)} |"
