"""Options for the rules of a provider, and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import click

from federation import limits
from federation.cli.support.choices import Choice
from federation.cli.support.options import Command
from federation.profiles import Profile


class MaxAge(click.ParamType["timedelta | str"]):
    """Seconds, or ``none`` for no limit."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta | str:
        """Return *value* as a duration; ``none`` is returned unchanged, since None means that the option was not given."""
        if value == "none" or isinstance(value, timedelta):
            return "none" if value == "none" else value
        if re.fullmatch(r"[1-9][0-9]{0,8}", str(value)) is None:
            self.fail("expected a positive number of seconds, or none", param, ctx)
        return timedelta(seconds=int(str(value)))


_COMMON: Final = (
    click.option("--profile", type=Choice([p.value for p in Profile]), help="The profile whose verdict decides."),
    click.option("--clock-skew", type=click.IntRange(0, limits.MAX_CLOCK_SKEW_SECONDS), help="Seconds of leeway."),
)
_SAML: Final = (
    *_COMMON,
    click.option("--max-age", type=MaxAge(), help="Seconds a response may be old, or none for no limit."),
    click.option("--audience", "audiences", multiple=True, help="An audience of the service provider; repeatable."),
    click.option("--recipient", "recipients", multiple=True, help="A URL at which the service provider receives responses; repeatable."),
    click.option("--signed", type=Choice(["assertion", "response", "either"]), help="Which part must carry a signature."),
    click.option("--encryption", type=Choice(["allowed", "required"]), help="Whether assertions must be encrypted."),
    click.option("--permit", multiple=True, help="Permit one weak algorithm by name, e.g. rsa-sha1; repeatable."),
    click.option("--verifier", type=Choice(["strict", "signxml"]), help="Which implementation checks XML signatures."),
    click.option("--entity-id", help="The identity provider to register, where the metadata holds several."),
)
_OIDC: Final = (
    *_COMMON,
    click.option(
        "--algorithm", "algorithms", multiple=True, help="An algorithm to accept; repeatable. Default: all that the engine accepts."
    ),
    click.option("--token-type", "token_types", multiple=True, help="A value of the header parameter typ to accept; repeatable."),
    click.option("--reuse", type=Choice(["allowed", "refused"]), help="Whether a token may be exchanged more than once."),
    click.option("--thumbprint", "thumbprints", multiple=True, help="Stored as in IAM, without effect; repeatable."),
)
_OAUTH: Final = (
    *_COMMON,
    click.option("--client-id", "client_ids", multiple=True, help="A client whose tokens are accepted; repeatable."),
    click.option("--resource-server", "resource_servers", multiple=True, help="An audience of signed answers; repeatable."),
)

unset_option: Final = click.option(
    "--unset", multiple=True, metavar="NAME", help="Remove a setting from provider.toml, by its name there; repeatable."
)


def saml_rules(command: Command) -> Command:
    """Give *command* the options for the rules of a SAML provider. The account decides on options that are not given."""
    return _with(command, _SAML)


def oidc_rules(command: Command) -> Command:
    """Give *command* the options for the rules of an OpenID Connect provider. The account decides on options that are not given."""
    return _with(command, _OIDC)


def oauth_rules(command: Command) -> Command:
    """Give *command* the options for the rules of an OAuth 2.0 server. The account decides on options that are not given."""
    return _with(command, _OAUTH)


def rules_of(options: Mapping[str, object]) -> dict[str, Any]:
    """Return the options that were given, as the arguments of a provider."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    return {**given, "max_age": None} if given.get("max_age") == "none" else given


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
