"""`federation inspect`: what a token claims, decoded and not proved."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from federation.cli.inputs import read_token
from federation.cli.lines import Line, screen_of
from federation.cli.options import json_option, token_argument
from federation.cli.plain import UNVERIFIED, print_json, unverified
from federation.judging.kinds import KINDS, OAUTH, OIDC, kind_of


@click.command()
@token_argument
@json_option
def command(token: str, *, as_json: bool) -> None:
    """Decode TOKEN (a file, or - for standard input) and show what it claims.

    Nothing is proved: whoever wrote the token chose every word of it.
    """
    octets = read_token(token)
    kind = kind_of(octets)
    claims = _claims(octets, kind)
    if as_json:
        print_json({"verified": False, "kind": kind, "unverified": claims})
        return
    screen = screen_of(sys.stdout)
    warning = f"UNVERIFIED: decoded only, as {KINDS[kind]}. No signature was checked; whoever wrote the token chose every word below."
    for line in (*Line(warning, len(UNVERIFIED), UNVERIFIED).wrapped(screen.columns), *unverified(claims, screen)):
        click.echo(line)


def _claims(token: bytes, kind: str) -> Mapping[str, Any]:
    if kind == OIDC:
        decoded = import_module("federation.oidc.inspection").inspect_token(token)
        return {name: value for name, value in decoded.items() if name not in {"kind", "verified"}}
    if kind == OAUTH:
        # Nothing but its server can say what it means; this is the name under which the answer is registered.
        return {"sha256": import_module("federation.oauth.registry").token_key(token), "characters": len(token)}
    claims: Mapping[str, Any] = import_module("federation.saml.inspection").inspect_response(token)
    if not claims:
        # Nothing can be shown: the decoder and the parser say why.
        octets = import_module("federation.saml.decode").decode_response(token).octets
        import_module("federation.saml.xml").parse(octets)
    return claims
