"""`federation inspect`: the claims of a token, decoded but not verified."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click

from federation import limits
from federation.cli.rendering.lines import screen_of
from federation.cli.rendering.plain import UNVERIFIED, print_json, unverified
from federation.cli.support.inputs import read_pasted
from federation.cli.support.options import json_option, pick_option, token_argument
from federation.judging.kinds import KINDS, OAUTH, OIDC
from federation.wrapping import Line


@click.command()
@token_argument
@pick_option
@json_option
def command(token: str, *, pick: int | None, as_json: bool) -> None:
    """Decode TOKEN (a file, or - for standard input) and show what it claims.

    Nothing is verified: the sender may have chosen every value in it. TOKEN may also be what holds a token: a HAR file, an HTTP message, a
    form, JSON, a page or raw XML.
    """
    found = read_pasted(token, pick)
    kind = found.kind
    claims = _claims(found.token[: limits.SAML_RESPONSE_CHARS + 1], kind)
    if as_json:
        print_json({"verified": False, "kind": kind, "unverified": claims})
        return
    screen = screen_of(sys.stdout)
    warning = f"UNVERIFIED: decoded only, as {KINDS[kind]}. No signature was checked; the sender may have chosen every value below."
    for line in (*Line(warning, len(UNVERIFIED), UNVERIFIED).wrapped(screen.columns), *unverified(claims, screen)):
        click.echo(line)


def _claims(token: bytes, kind: str) -> Mapping[str, Any]:
    if kind == OIDC:
        from federation.oidc.inspection import inspect_token  # noqa: PLC0415 - one kind of token needs it

        return {name: value for name, value in inspect_token(token).items() if name not in {"kind", "verified"}}
    if kind == OAUTH:
        from federation.oauth.registry import token_key  # noqa: PLC0415 - one kind of token needs it

        # Only its server can interpret an access token; its SHA-256 is the name under which the server's answer is registered.
        return {"sha256": token_key(token), "characters": len(token)}
    from federation.saml.reading.inspection import inspect_response  # noqa: PLC0415 - one kind of token needs it

    claims = inspect_response(token)
    if not claims:
        from federation.saml.decode import decode_response  # noqa: PLC0415 - one kind of token needs it
        from federation.saml.xml import parse  # noqa: PLC0415 - one kind of token needs it

        # There is nothing to show: the decoder or the parser raises the reason.
        parse(decode_response(token).octets)
    return claims
