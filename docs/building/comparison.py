"""The page of the comparison: what other projects made of the same tokens, from the measured results."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.comparison.projects import EVERYTHING, PROJECTS, UNMEASURED, Project
from benchmarks.comparison.world import OIDC_GROUPS, SAML_GROUPS

RESULTS: Final = Path(__file__).parents[2] / "benchmarks" / "comparison" / "results.json"
GROUPS: Final[dict[str, dict[str, str]]] = {"saml": SAML_GROUPS, "oidc": OIDC_GROUPS}
TITLES: Final = {"saml": "SAML responses", "oidc": "OpenID Connect tokens"}
UNALTERED: Final = {"saml": {"wrapping", "signature", "texts", "xml", "content"}, "oidc": {"form"}}
"""Groups in which a token still holds what its issuer signed: whoever reads only that is not deceived."""
NAMED: Final = 8
"""Accepted tokens that are named for one group."""

HEAD: Final = """# Comparison

<!-- Written by docs/build.py: run `python -m benchmarks.comparison`, or change docs/building/comparison.py, then run `make docs`. -->

What other projects make of the same tokens. Every figure was measured; what could not be installed has no figures. The projects have
different purposes: a library that verifies signatures does not claim to compare audiences, and an emulator that hands out credentials to
everybody does not claim to verify anything. The tables say which is which.

```sh
python -m benchmarks.comparison                        # all but MinIO, each in an environment of its own
python -m benchmarks.comparison --minio ~/go/bin/minio MinIO
```

The attacks are those of `federation.testing.mutator` ([testing](testing.md)) on one genuine token, with keys of the run; the other rows
are genuine tokens in the wrong place or at the wrong time. Only the assertion of the response is signed, as Entra ID, AD FS and Google do.
This project chose the attacks, and its own tests run them: that it refuses them all is no surprise. A table of attacks that others chose
might look different.

| cell | means |
| --- | --- |
| ✓ | the genuine token is accepted; of the others every one is refused |
| ✓ *n* unaltered | likewise, but *n* changed tokens are accepted, and what is read of them is what the issuer signed |
| **✗ *n*** | *n* tokens are accepted that must be refused |
| no claim | accepted, and the documentation does not claim to refuse it |

"""


def comparison_page() -> str:
    """Return docs/comparison.md."""
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    measured = [project for project in PROJECTS if project.name in results]
    lines = [line for kind in GROUPS for line in _table(kind, measured, results)]
    return HEAD + "\n".join((*lines, *_projects(measured, results), *_accepted(measured, results), *_unmeasured(measured)))


def _table(kind: str, measured: Sequence[Project], results: Mapping[str, Any]) -> Iterator[str]:
    shown = [project for project in measured if kind in results[project.name]]
    found = [results[project.name][kind] for project in shown]
    yield f"## {TITLES[kind]}"
    yield ""
    yield "| token | number | " + " | ".join(project.name for project in shown) + " |"
    yield "|" + " --- |" * (len(shown) + 2)
    for group, title in GROUPS[kind].items():
        cells = [_cell(project, kind, group, each["groups"][group]) for project, each in zip(shown, found, strict=True)]
        yield f"| {title} | {found[0]['groups'][group]['count']} | " + " | ".join(cells) + " |"
    yield "| time for the genuine token, ms | | " + " | ".join(f"{each['milliseconds']:.2f}" for each in found) + " |"
    yield ""
    without = [project.name for project in measured if project not in shown]
    yield f"Not offered by {', '.join(without)}."
    yield ""


def _cell(project: Project, kind: str, group: str, found: Mapping[str, Any]) -> str:
    taken = [*found["accepted"], *found["same"]]
    deceived = _deceived(kind, group, found)
    silent = project.silent.get(kind, frozenset())
    if group == "genuine":
        return "✓" if taken else "**✗ refused**"
    if taken and (group in silent or silent == EVERYTHING):
        return "no claim" if len(taken) == found["count"] else f"no claim: {len(taken)} accepted"
    if deceived:
        return f"**✗ {len(deceived)}**"
    return f"✓ {len(taken)} unaltered" if taken else "✓"


def _deceived(kind: str, group: str, found: Mapping[str, Any]) -> list[str]:
    """Return the accepted tokens that must be refused."""
    return [*found["accepted"], *([] if group in UNALTERED[kind] else found["same"])]


def _projects(measured: Sequence[Project], results: Mapping[str, Any]) -> Iterator[str]:
    yield "## How each was used"
    yield ""
    yield "| project | versions | configuration | trust policy of the role | day |"
    yield "| --- | --- | --- | --- | --- |"
    for project in measured:
        outcome = results[project.name]
        versions = ", ".join(f"{name} {version}" for name, version in outcome["versions"].items())
        yield f"| {project.name} | {versions} | {project.configured} | {project.trust_policies} | {outcome['day']} |"
    yield ""
    yield (
        "The programs are in `benchmarks/comparison/peers`, one for each project, written as its documentation shows the use. Times are "
        "medians of one run on a loaded machine: of a call in process for the libraries, of a request over HTTP on loopback for moto, "
        "LocalStack and MinIO. That of federation is the whole exchange, with trust policy and session."
    )
    yield ""


def _accepted(measured: Sequence[Project], results: Mapping[str, Any]) -> Iterator[str]:
    yield "## What was accepted"
    yield ""
    yield "Tokens behind each ✗ and each *unaltered*, by their names in the mutator."
    yield ""
    yield "| project | token | deceived | unaltered |"
    yield "| --- | --- | --- | --- |"
    for project in measured:
        for kind, groups in GROUPS.items():
            silent = project.silent.get(kind, frozenset())
            for group, found in results[project.name].get(kind, {}).get("groups", {}).items():
                deceived = _deceived(kind, group, found)
                if group == "genuine" or group in silent or silent == EVERYTHING or not [*found["accepted"], *found["same"]]:
                    continue
                unaltered = [] if deceived and group not in UNALTERED[kind] else found["same"]
                yield f"| {project.name} | {groups[group]} | {_names(deceived)} | {_names(unaltered)} |"
    yield ""


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:NAMED])
    return f"{shown}, and {len(names) - NAMED} more" if len(names) > NAMED else shown or "-"


def _unmeasured(measured: Sequence[Project]) -> Iterator[str]:
    missing = {project.name: "not run" for project in PROJECTS if project not in measured} | UNMEASURED
    yield "## Not measured"
    yield ""
    yield from (f"- {name}: {reason}." for name, reason in missing.items())
    yield ""
