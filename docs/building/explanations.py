"""Pages of docs/explanation that follow from the code: the threat model, and the checks by profile."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, Final

from docs.building.attack_rows import ATTACKER, REPOSITORY, areas, citations, named_tests
from federation.oauth import checks as oauth
from federation.oidc import checks as oidc
from federation.oidc.validator import STAGES
from federation.profiles import Profile
from federation.report import Check
from federation.saml import checks as saml
from federation.saml import response

THREATS: Final = """# Threat model

<!-- Written by docs/building/explanations.py: change it or docs/attacks.toml, then run `make docs`. -->

Who attacks what, where they stand, and what stops them. [Attacks](../attacks.md) has a row for every attack: what is tried, the
rule that stops it, the code and the tests.

## Assets

| Asset | Lost where |
|---|---|
| the verdict | a forged, altered, foreign or expired login is granted, or a genuine one can be made to be refused |
| sessions and the keys that seal them | somebody holds credentials without a login, or extends, widens or transfers a session |
| tokens, secrets and private keys | one of them appears in an error, a log, an event, a page or a repr |
| the audit trail | a granted call is not recorded, or a line is forged |
| the reader | text of a token imitates the tool, hides itself, or runs on a terminal, on a page or in a ticket |
| the service | a small input costs much time or memory, or ends a process |

## Attackers

| Attacker | Has | Wants | Areas |
|---|---|---|---|
| a stranger | the address of the server, and any octets | a grant without any key; a service that stops | X, S, C, B, D, J, O |
| a user of a registered provider | a genuine token of their own | to be another user, another role, longer, once more | S, T, P, J, A |
| a provider that is registered | its own keys | users of another provider, roles that do not trust it | P, M, J, A |
| who supplies metadata, key sets and dumps | a file that an operator imports | to register a key, to break the account | X, K, M |
| a caller with a session | credentials that the engine issued | more than the session may do, after its end too | A, O |
| who wrote a text that somebody reads | a claim, a name, a capture | to speak as the tool | T, D |
| a web page in the operator's browser | requests to the loopback address | to use the server as the operator | O |

## Boundaries

1. **The message.** Every octet of a token and every parameter is hostile until a step proved it ([trust model](trust-model.md)).
2. **The wire.** The server binds to the loopback address, has limits on size and time, and checks Host, and Origin where a browser
   sends it.
3. **The account directory.** It is the owner's. Its files are private where they hold secrets, regular, bounded, and loaded whole
   or not at all.
4. **The output.** Text from outside leaves as data: escaped, marked, bounded.
5. **The process.** There is no network. Plug-ins run only where the account enables them.

## Out of scope

- Whoever can write the account directory, the code or the memory of the process: they decide anyway.
- A provider that is compromised, and users who give their token away.
- Confidentiality on the wire beyond the loopback address: HTTP is not encrypted. `serve --expose` belongs behind a proxy that
  terminates TLS.
- Side channels in OpenSSL, libxml2 and the interpreter; secrets are compared in constant time.
- Whether AWS itself resists these attacks. Where AWS was [observed](../observed.md) to accept more, the profile `aws` does, too.

## Areas of attacks

"""

PROFILES: Final = """# AWS against strict

<!-- Written by docs/building/explanations.py: change the code, then run `make docs`. -->

Every check names the profiles that enforce it ([decision 2](../adr/0002-two-profiles-one-list.md)). The profile `aws` answers
“would the service accept it?”, and follows what was [observed](../observed.md). The profile `strict`, the default, answers “should
a careful verifier accept it?”, and follows the specifications. Every report has both verdicts, so a difference shows without a
second run.

- Where only **strict** refuses, the login works against AWS. Correct the identity provider where you can; where you cannot,
  register the provider with the profile `aws`.
- Where only **aws** refuses, the token is sound by its specification and AWS does not take it.

Most checks are of both profiles. The tables list the others, with the clause that each rests on. [Checks](../checks.md) lists all.

"""

_LISTS: Final[tuple[tuple[str, Iterable[Check[Any]]], ...]] = (
    ("SAML responses", (*response.STAGES, *saml.CHECKS)),
    ("OpenID Connect tokens", oidc.CHECKS),
    ("OAuth access tokens", oauth.CHECKS),
)


_STEPS: Final = {"OpenID Connect tokens": STAGES}


def threats_page() -> str:
    """docs/explanation/threat-model.md."""
    return THREATS + "\n".join(_areas()) + "\n"


def _areas() -> Iterator[str]:
    cited, tested = citations(REPOSITORY / "federation", without=ATTACKER), named_tests()
    yield "| area | rows | attacks | cited by the code | with a test of their own |"
    yield "|---|---|---|---|---|"
    counts = [0, 0, 0]
    for area in areas():
        ids = [row.id for row in area.rows]
        told = [len(ids), sum(each in cited for each in ids), sum(each in tested for each in ids)]
        counts = [one + other for one, other in zip(counts, told, strict=True)]
        anchor = area.title.lower().replace(",", "").replace(" ", "-")
        yield f"| [{area.title}](../attacks.md#{anchor}) | {ids[0]} to {ids[-1]} | {told[0]} | {told[1]} | {told[2]} |"
    yield f"| all | | {counts[0]} | {counts[1]} | {counts[2]} |"
    yield ""
    yield "A row that no code cites is stopped by the absence of something, or by the rule of another row. A row without a test of its own"
    yield "says in [Attacks](../attacks.md) why."


def profiles_page() -> str:
    """docs/explanation/aws-and-strict.md."""
    return PROFILES + "\n".join(_differences())


def _differences() -> Iterator[str]:
    for title, listed in _LISTS:
        checks = list(listed)
        for profile, other in ((Profile.STRICT, Profile.AWS), (Profile.AWS, Profile.STRICT)):
            rows = [each for each in checks if profile in each.profiles and other not in each.profiles]
            if rows:
                yield from (f"## {title}: {profile.value} alone", "", "| check | demands | rests on |", "|---|---|---|")
                yield from (f"| `{each.name}` | {_demand(each)} | {each.clause} |".replace("\n", " ") for each in rows)
                yield ""
        steps = [
            f"`{each.name}` ({each.clause}; {', '.join(sorted(each.profiles))})"
            for each in _STEPS.get(title, ())
            if len(each.profiles) == 1
        ]
        if steps:
            yield from (f"Before the claims are read, these steps select the keys for one profile each: {'; '.join(steps)}.", "")
        both = sum(len(each.profiles) == len(Profile) for each in checks)
        yield from (f"{both} of the {len(checks)} checks of {title} are of both profiles.", "")


def _demand(check: Check[Any]) -> str:
    """The docstring of the rule: what it demands, and why."""
    text = inspect.cleandoc(check.run.__doc__ or "")
    told = text.partition("\n\nRaises:")[0].partition("\n\nArgs:")[0].partition("\n\nReturns:")[0]
    return " ".join(told.split()).replace("|", "\\|").replace("``", "`")
