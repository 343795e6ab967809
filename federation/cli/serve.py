"""`federation serve`: the interfaces of STS and IAM over HTTP, for AWS clients."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_network
from itertools import chain
from pathlib import Path
from typing import Final

import click

from federation import __version__, clock
from federation.account.many import HELD
from federation.account.model import Account
from federation.cli.account.summary import counts
from federation.cli.rendering.lines import screen_of
from federation.cli.rendering.plain import safe
from federation.cli.support.ages import warnings
from federation.cli.support.choices import Choice
from federation.cli.support.exits import Exit
from federation.cli.support.options import (
    account_or_accounts,
    accounts_option,
    engine_option,
    neighbour_option,
    served_account_option,
)
from federation.cli.support.paths import PathType
from federation.engines import proposer
from federation.page.recent import MOST_CALLS
from federation.profiles import Replay
from federation.server.hosts import is_name
from federation.server.settings import DEFAULT_HOST, DEFAULT_PORT, TRACES, PeerNetwork, ServerSettings, TlsFiles, is_loopback
from federation.server.workers import run
from federation.state.audit_opening import AUDIT_PLACES, audit_cautions
from federation.state.opening import PLACES
from federation.state.servers import cautions
from federation.wrapping import Line

VARIABLES: Final = """\
AWS_ENDPOINT_URL_STS={url}
AWS_ENDPOINT_URL_IAM={url}"""
"""The first line is one variable alone, for programs that read it; a shell can evaluate all that is printed."""
IGNORING: Final = (
    "these clients ignore the variables and send the token to AWS itself: AWS CLI before 2.13 (1.29), boto3 before 1.28, the SDKs for "
    "JavaScript v2, Go v1 and C++ (pyarrow has the last). Give them --endpoint-url {url} or the endpoint in code."
)
CONTROLLED: Final = "# TEST CONTROL IS ON below {url}/_federation/: whoever reaches it can reset the account, set the clock and mint tokens"
"""The first line where the server is under test control, before `VARIABLES`: a comment as well."""
_WARNING: Final = "warning"
_LABEL: Final = len("neighbour")
_ALLOW_HOST: Final = "A host name of the server, besides localhost and the names of AWS; repeatable."


def _names(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if not is_name(name):
            raise click.BadParameter("expected a name or an address, without port", ctx, param)
    return value


def _networks(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[PeerNetwork, ...]:
    try:
        return tuple(map(ip_network, value))
    except ValueError:
        raise click.BadParameter("expected an address or a network, such as 10.0.0.0/8", ctx, param) from None


@click.command()
@served_account_option
@accounts_option
@click.option(
    "--held",
    type=click.IntRange(1, 100_000),
    default=HELD,
    show_default=True,
    help="With --accounts: most accounts that each worker holds in memory.",
)
@neighbour_option
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_535), default=DEFAULT_PORT, show_default=True, help="TCP port.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; one per core is enough.")
@engine_option
@click.option("--audit-log", type=PathType(path_type=Path), help="Append one JSON line per call to this file.")
@click.option("--audit-to", multiple=True, metavar="URL", help=f"Record one event per call: {AUDIT_PLACES}; repeatable.")
@click.option("--state", metavar="URL", help=f"Where used tokens are recorded: {PLACES}. Default: a file beside the account.")
@click.option(
    "--replay",
    type=Choice([each.value for each in Replay]),
    help="How often one token is accepted. Default: the setting in account.toml, else once.",
)
@click.option("--allow-host", "allowed_hosts", multiple=True, metavar="NAME", callback=_names, help=_ALLOW_HOST)
@click.option(
    "--recent-calls",
    type=click.IntRange(0, MOST_CALLS),
    default=0,
    metavar="N",
    help="Keep the last N calls with their explanations in the memory of each worker, and show them on the page.",
)
@click.option(
    "--metrics-from",
    multiple=True,
    metavar="NETWORK",
    callback=_networks,
    help="Machines that may read /metrics besides this one, such as 10.0.0.0/8; repeatable.",
)
@click.option("--traces", metavar="PLACE", default="", help=f"Send traces by OpenTelemetry: {TRACES}.")
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="NETWORK",
    callback=_networks,
    help="Proxies that are believed what they say of their clients in X-Forwarded-For; repeatable.",
)
@click.option("--peer-requests", type=click.IntRange(1), metavar="N", help="Most requests of one client at a time, in each worker.")
@click.option("--peer-rate", type=click.IntRange(1), metavar="N", help="Most requests of one client each second, in each worker.")
@click.option(
    "--tls-certificate",
    type=PathType(path_type=Path),
    help="Speak HTTPS by this certificate and those that lead to its root (PEM), read again where it changes.",
)
@click.option("--tls-key", type=PathType(path_type=Path), help="The private key of --tls-certificate (PEM, without password).")
@click.option(
    "--drain-seconds",
    type=click.IntRange(0, 3600),
    default=0,
    show_default=True,
    help="After SIGTERM, how long to still answer while /ready says 503.",
)
@click.option("--test-control", is_flag=True, help="Let tests reset the account, set the clock and mint tokens, below /_federation/.")
@click.option("--expose", is_flag=True, help="Listen on an address that other machines can reach; without --tls-certificate unencrypted.")
def command(
    *,
    account_path: Path | None,
    accounts_path: Path | None,
    held: int,
    neighbours: tuple[Path, ...],
    host: str,
    port: int,
    workers: int,
    audit_log: Path | None,
    audit_to: tuple[str, ...],
    state: str | None,
    replay: str | None,
    allowed_hosts: tuple[str, ...],
    recent_calls: int,
    metrics_from: tuple[PeerNetwork, ...],
    traces: str,
    trusted_proxies: tuple[PeerNetwork, ...],
    peer_requests: int | None,
    peer_rate: int | None,
    tls_certificate: Path | None,
    tls_key: Path | None,
    drain_seconds: int,
    test_control: bool,
    expose: bool,
) -> None:
    """Serve STS and IAM to AWS clients until interrupted.

    Prints the environment variables that direct clients to this server, and, as comments of a shell, its page, what it serves, what it
    warns of, and which clients ignore the variables. Writes one JSON line per request to standard error.
    """
    directory = account_or_accounts(account_path, accounts_path)
    if accounts_path is not None and (neighbours or test_control or recent_calls):
        raise click.UsageError("--accounts goes without --neighbour, --test-control and --recent-calls")
    if test_control and (expose or not is_loopback(host)):
        raise click.BadParameter(
            "whoever reaches the server can then change the account and log in as anybody. Listen on a loopback address, without --expose.",
            param_hint="--test-control",
        )
    if not is_loopback(host) and not expose:
        raise click.BadParameter(
            f"{host} can be reached from other machines, and without a certificate tokens and credentials would cross the network "
            "unencrypted. Listen on 127.0.0.1 behind a proxy that terminates TLS, or pass --expose, with --tls-certificate and --tls-key.",
            param_hint="--host",
        )
    if (tls_certificate is None) != (tls_key is None):
        raise click.BadParameter("a certificate and its key are given together", param_hint="--tls-certificate, --tls-key")
    proposer()  # a choice that cannot be met is refused here, not with each call
    settings = ServerSettings(
        account=directory,
        many=accounts_path is not None,
        held=held,
        neighbours=neighbours,
        host=host,
        port=port,
        workers=workers,
        audit=(*(() if audit_log is None else (audit_log,)), *audit_to),
        state=state,
        replay=None if replay is None else Replay(replay),
        allowed_hosts=allowed_hosts,
        recent_calls=recent_calls,
        metrics_from=metrics_from,
        traces=traces,
        version=__version__,
        tls=None if tls_certificate is None or tls_key is None else TlsFiles(tls_certificate, tls_key),
        trusted_proxies=trusted_proxies,
        peer_requests=peer_requests,
        peer_rate=peer_rate,
        drain_seconds=drain_seconds,
        test_control=test_control,
    )
    orderly = run(settings, ready=partial(_announce, settings, exposed=expose))
    click.get_current_context().exit(Exit.GRANTED if orderly else Exit.INTERRUPTED)


def _announce(settings: ServerSettings, account: Account | tuple[str, ...], *, exposed: bool) -> None:
    """Print the variables that direct clients to the server; as comments its page, what it serves, and what it warns of."""
    if settings.test_control:
        click.secho(CONTROLLED.format(url=settings.url), fg="red", color=_colours())
    click.echo(VARIABLES.format(url=settings.url))
    columns = screen_of(sys.stdout).columns
    for label, text in _comments(settings, account, exposed=exposed):
        line = Line(f"# {label:<{_LABEL}} {safe(text)}", _LABEL + 3, f"#{' ' * (_LABEL + 2)}")
        colour = "yellow" if label == _WARNING else None
        for part in line.wrapped(sys.maxsize if label == "paste" else columns):
            click.secho(part, fg=colour, color=_colours())


def _colours() -> bool | None:
    """Return False where NO_COLOR is set; None lets click colour on a terminal alone."""
    return False if os.environ.get("NO_COLOR") else None


def _comments(settings: ServerSettings, account: Account | tuple[str, ...], *, exposed: bool) -> Iterator[tuple[str, str]]:
    yield "page", settings.page
    if isinstance(account, tuple):
        yield "accounts", f"{len(account)} in {settings.account}; STS alone is served, without IAM"
    else:
        yield "account", f"{account.id} in {settings.account}: {counts(account)}"
    for neighbour in settings.neighbours:
        yield "neighbour", str(neighbour)
    yield "paste", f"export AWS_ENDPOINT_URL_STS={settings.url} AWS_ENDPOINT_URL_IAM={settings.url}"
    if exposed:
        unencrypted = "" if settings.tls else ", and HTTP is not encrypted"
        yield _WARNING, f"whoever reaches {settings.host} port {settings.port} can call this server{unencrypted}"
    for warned in (*cautions(settings.state_place), *chain.from_iterable(map(audit_cautions, settings.audit))):
        yield _WARNING, warned
    for warned in () if isinstance(account, tuple) else warnings(account, clock.resolve(None)):
        yield _WARNING, warned
    yield _WARNING, IGNORING.format(url=settings.url)
