"""``python -m benchmarks [saml] [oidc] [explain] [wire] [server] [iam] [--plots DIR]``: tables in process, then requests over HTTP.

With ``--plots`` each table in process is also written to DIR, as a chart and as JSON.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

import federation
from benchmarks import explain, floor, iam, iam_wire, oidc, peers, saml, server, timing
from benchmarks.plots import write_plot
from federation import limits
from federation.saml.decode import decode_response
from federation.saml.response import prove_response

FLOOR = "lxml floor: base64, parse, c14n twice, digest, RSA"


def contestants(sample: saml.Sample) -> dict[str, Callable[[], object]]:
    return {
        "OpenSSL alone: RSA, SHA-256": floor.openssl_floor(sample),
        FLOOR: floor.lxml_floor(sample),
        "federation: prove_response": lambda: prove_response(decode_response(sample.token), sample.provider),
        "federation.validate: everything": lambda: federation.validate(sample.token, sample.provider, at=saml.AT),
        **({"federation: the whole exchange": saml.exchange(sample)} if len(sample.token) <= limits.SAML_ASSERTION_PARAMETER_CHARS else {}),
        "python-xmlsec: signature alone": peers.xmlsec_verify(sample),
        "signxml: signature alone": peers.signxml_verify(sample),
    }


KINDS = ("saml", "oidc", "explain", "wire", "server", "iam")


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"what to measure: {', '.join(KINDS)}; all where none is named")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="also write a chart and JSON of each table here")
    options = parser.parse_args(words)
    kinds = options.kinds or KINDS
    if unknown := set(kinds) - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}")
    console = Console()
    for kind, title, found, measure in tables(kinds):
        console.print(table(title, found, measure))
        if options.plots is not None:
            write_plot(options.plots, title, found, measure=measure, command=f"python -m benchmarks {kind}")
    if "wire" in kinds:
        for name, (milliseconds, mebibytes) in iam_wire.loading().items():
            console.print(f"{milliseconds:7.0f} ms {mebibytes:5.1f} MiB  {name}")
    if "server" in kinds:
        server.main([])
    if "iam" in kinds:
        iam.main([])


def tables(kinds: Sequence[str]) -> Iterator[tuple[str, str, dict[str, timing.Timing], str]]:
    """Measure and yield the tables in process: kind, title, rows, and the row that the others are compared with."""
    for response in saml.samples() if "saml" in kinds else ():
        yield "saml", f"SAML response, {response.name}, RSA-2048", timing.interleave(contestants(response)), FLOOR
    for algorithm in oidc.ALGORITHM_NAMES if "oidc" in kinds else ():
        token = oidc.Sample.of(algorithm)
        title = f"ID token, GitHub's claims, {len(token.token) / 1000:.1f} KB, {algorithm}"
        yield "oidc", title, timing.interleave(oidc.contestants(token)), oidc.PYJWT
    for roles in explain.ROLES if "explain" in kinds else ():
        title = f"A refusal and its explanation, roles: {roles}"
        yield "explain", title, timing.interleave(explain.contestants(roles)), explain.MEASURE
    if "wire" in kinds:
        yield "wire", "CreateRole with five tags", timing.interleave(iam_wire.contestants()), iam_wire.MEASURE


def table(title: str, found: Mapping[str, timing.Timing], measure: str) -> Table:
    made = Table(title=title, title_justify="left")
    made.add_column("what")
    for heading in ("median µs", "best µs", f"times {measure.partition(':')[0]}"):
        made.add_column(heading, justify="right")
    for name, timed in found.items():
        made.add_row(name, f"{timed.median:.0f}", f"{timed.best:.0f}", f"{timed.median / found[measure].median:.2f}")
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
