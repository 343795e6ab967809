"""``python -m benchmarks``: one table per size of token."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

import federation
from benchmarks import floor, peers, saml, timing
from federation.saml.decode import decode_response
from federation.saml.response import prove_response

FLOOR = "lxml floor: base64, parse, c14n twice, digest, RSA"


def contestants(sample: saml.Sample) -> dict[str, Callable[[], object]]:
    return {
        "OpenSSL alone: RSA, SHA-256": floor.openssl_floor(sample),
        FLOOR: floor.lxml_floor(sample),
        "federation: prove_response": lambda: prove_response(decode_response(sample.token), sample.provider),
        "federation.validate: everything": lambda: federation.validate(sample.token, sample.provider, at=saml.AT),
        "python-xmlsec: signature alone": peers.xmlsec_verify(sample),
        "signxml: signature alone": peers.signxml_verify(sample),
    }


def main() -> None:
    console = Console()
    for sample in saml.samples():
        found = timing.interleave(contestants(sample))
        table = Table(title=f"SAML response, {sample.name}, RSA-2048", title_justify="left")
        table.add_column("what")
        for heading in ("median µs", "best µs", "times floor"):
            table.add_column(heading, justify="right")
        for name, timed in found.items():
            table.add_row(name, f"{timed.median:.0f}", f"{timed.best:.0f}", f"{timed.median / found[FLOOR].median:.2f}")
        console.print(table)


if __name__ == "__main__":
    main()
