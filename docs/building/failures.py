"""The page of failures: what people saw at AWS, the cause, and the edit, by the set-ups of the test suite."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from federation.errors import FederationError
from federation.explanation import Edit, Explanation, Obstacle
from tests.support.failures.gallery import FAILURES
from tests.support.failures.logins import SAML, SAML_ARN, WEB, SamlLogin, WebLogin, provider_of
from tests.support.failures.model import Failure, Login

HEAD: Final = """# Failures

<!-- Written by docs/building/failures.py from the set-ups in tests/support/failures: change them, then run `make docs`. -->

What people see at AWS when a federated login fails, what is wrong, and what to change. The sections have AWS's own texts as titles. Every
example is a set-up of the test suite: cause and edit are what `federation` says of it, and a test makes the edit, sees the login succeed,
and sees that the login of somebody else stays refused.

To have your own failure explained, give the token as you have it and the account as it is:

```sh
federation account import account-authorization-details.json   # aws iam get-account-authorization-details
federation explain token.jwt --account account --role-arn arn:aws:iam::123456789012:role/Deploy
```

| AWS says | set-ups |
| --- | --- |
"""
NOTHING: Final = "AWS accepts, profile strict refuses"
"""The title of the section of what AWS does not refuse."""
_OPERATION: Final = {WebLogin: WEB, SamlLogin: SAML}


def failures_page() -> str:
    """docs/failures.md: the set-ups by AWS's text."""
    sections: dict[str, list[Failure]] = {}
    for failure in FAILURES:
        sections.setdefault(failure.seen or NOTHING, []).append(failure)
    contents = (f"| [{title}](#{_anchor(title)}) | {len(members)} |" for title, members in sections.items())
    lines = [HEAD + "\n".join(contents), ""]
    for title, members in sections.items():
        lines += [f"## {title}", ""]
        for failure in members:
            lines += _entry(failure)
    return "\n".join(lines)


def _entry(failure: Failure) -> Iterator[str]:
    explanation = _explanation(failure)
    yield f"### {failure.title}"
    yield ""
    yield f"`{failure.code}` · check `{failure.check}`"
    yield ""
    yield from (f"- {fact}" for fact in _facts(failure.login))
    yield ""
    yield from _told(explanation.first)


def _explanation(failure: Failure) -> Explanation:
    with TemporaryDirectory() as directory:
        account = Path(directory) / "account"
        failure.login.write(account)
        try:
            failure.login.attempt(account)
        except FederationError as refusal:
            return refusal.explanation
    raise SystemExit(f"{failure.name} of tests/support/failures is granted")


def _facts(login: Login) -> Iterator[str]:
    """Yield what the set-up consists of, as far as it is worth telling."""
    if isinstance(login, WebLogin):
        yield f"token: `iss` `https://{login.issuer}`, `sub` `{login.sub}`, `aud` `{_plain(login.aud)}`"
        if login.registered is not None:
            yield f"registered: {', '.join(f'`https://{each}`' for each in login.registered) or 'no provider'}"
    else:
        yield f"assertion: issuer `{login.issuer}`"
    for statement in login.trust["Statement"]:
        told = {name: value for name, value in statement.items() if _is_told(login, name, value)}
        yield f"trust policy: `{json.dumps(told)}`"
    if login.call:
        yield f"call: `{json.dumps(dict(login.call))}`"


def _is_told(login: Login, name: str, value: object) -> bool:
    """Whether a member of a statement is other than what goes without saying."""
    provider = SAML_ARN if isinstance(login, SamlLogin) else provider_of(login.issuer)
    usual = {"Effect": "Allow", "Action": _OPERATION[type(login)], "Principal": {"Federated": provider}}
    return usual.get(name) != value


def _told(obstacle: Obstacle) -> Iterator[str]:
    for cause in obstacle.causes:
        yield f"**Cause:** {cause.sentence}."
        yield ""
    for edit in obstacle.edits[:1] if obstacle.alternatives else obstacle.edits:
        yield f"**Edit** {_where(edit)}: {edit.instruction.rstrip('.')}."
        yield ""
        yield from _difference(edit)


def _where(edit: Edit) -> str:
    place = edit.place
    if place.file:
        return f"of `{place.file}`" + (f", `{place.path}`" if place.path else "")
    whose = {"identity-provider": "at the identity provider", "call": "of the call", "workflow": "of the workflow", "clock": "of the clock"}
    where = whose.get(place.owner, f"of the {place.owner}")
    named = place.setting or place.path
    where += f", `{named}`" if named else ""
    return where + (f" ([documentation]({place.source}))" if place.source else "")


def _difference(edit: Edit) -> Iterator[str]:
    if edit.old is None and edit.new is None:
        return
    yield "```diff"
    yield from (f"- {line}" for line in (edit.old or "").splitlines())
    yield from (f"+ {line}" for line in (edit.new or "").splitlines())
    yield "```"
    yield ""


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _anchor(title: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")
