"""`federation inspect`: what a token claims, decoded and not proved."""

from __future__ import annotations

import click

from federation.cli.inputs import read_token
from federation.cli.options import json_option, token_argument
from federation.cli.plain import print_json, unverified
from federation.saml.decode import decode_response
from federation.saml.inspection import inspect_response
from federation.saml.xml import parse


@click.command()
@token_argument
@json_option
def command(token: str, *, as_json: bool) -> None:
    """Decode TOKEN (a file, or - for standard input) and show what it claims.

    Nothing is proved: whoever wrote the token chose every word of it.
    """
    octets = read_token(token)
    claims = inspect_response(octets)
    if not claims:
        # Nothing can be shown: the decoder and the parser say why.
        parse(decode_response(octets).octets)
    if as_json:
        print_json({"verified": False, "unverified": claims})
        return
    click.echo("UNVERIFIED: decoded only. No signature was checked; whoever wrote the token chose every word below.")
    for line in unverified(claims):
        click.echo(line)
