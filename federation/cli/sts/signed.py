"""`federation sts OPERATION` for the operations whose requests are signed: the flags and the outputs of the AWS CLI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from federation import limits
from federation.cli.sts.answers import Printing, credentials_options, output_options
from federation.cli.sts.aws_flags import OperationCommand, answering, arns_of, structures_of
from federation.cli.sts.callers import caller_options, open_service, resolve_caller
from federation.cli.support.completing import arns
from federation.cli.support.inputs import literal_or_file
from federation.cli.support.options import Command

_CONTEXT: Final = ("account_path", "neighbours", "state", "caller", "at", "output", "query")


def _run(operation: str, **given: Any) -> None:  # noqa: ANN401 - the flags of click, each with a type of its own
    """Call *operation* with the flags in *given*, those that every operation has included, and print the answer."""
    from federation.sts.catalogue import OPERATIONS

    account_path, neighbours, state, caller, at, output, query = (given.pop(name) for name in _CONTEXT)
    printing = Printing(output, query, given.pop("form", "json"))
    sts = open_service(account_path, neighbours, state=state)
    with answering(operation):
        who = resolve_caller(sts, caller, at=at)
        answer = OPERATIONS[operation].method(
            sts, caller=who, at=at, **{name: value for name, value in given.items() if value not in (None, ())}
        )
    printing.show(operation, answer.to_dict())


def _command(name: str, *, printed: Callable[[Command], Command] = output_options) -> Callable[[Command], click.Command]:
    """Make a function the command of the operation *name*, with the flags of every signed operation and those that *printed* adds."""

    def decorate(function: Command) -> click.Command:
        made: click.Command = click.command(name, cls=OperationCommand)(caller_options(printed(function)))
        return made

    return decorate


def _session_policy_options(function: Command) -> Command:
    for option in (
        click.option("--policy", help="Inline session policy, or file://PATH."),
        click.option("--policy-arns", multiple=True, help="Managed session policies: arn=ARN …"),
    ):
        function = option(function)
    return function


duration_option: Final = click.option("--duration-seconds", type=int, help="Requested duration, seconds.")
size_option: Final = click.option("--minimum-session-token-size", type=int, help="Pad the session token to at least this size.")
tags_option: Final = click.option("--tags", multiple=True, help="Session tags: Key=KEY,Value=VALUE …")
serial_option: Final = click.option("--serial-number", help="MFA device of the caller.")
code_option: Final = click.option("--token-code", help="The device's present six-digit code.")


def _policies(given: dict[str, Any]) -> dict[str, Any]:
    policy = given.pop("policy")
    given["policy"] = None if policy is None else literal_or_file(policy, longest=limits.POLICY_CHARS)
    given["policy_arns"] = arns_of(given["policy_arns"])
    return given


def _tags(given: dict[str, Any]) -> dict[str, Any]:
    given["tags"] = structures_of(given["tags"], option="--tags", members=("Key", "Value"))
    return given


@_command("get-caller-identity")
def get_caller_identity(**given: Any) -> None:  # noqa: ANN401
    """Show account, ARN and id of the caller."""
    _run("GetCallerIdentity", **given)


@_command("assume-role", printed=credentials_options)
@click.option("--role-arn", required=True, shell_complete=arns("role"), help="The role to assume.")
@click.option("--role-session-name", required=True, help="Name of the session.")
@_session_policy_options
@duration_option
@tags_option
@click.option("--transitive-tag-keys", multiple=True, help="Keys of tags that are passed on in role chaining.")
@click.option("--external-id", help="The external id that the role's owner gave to the caller.")
@serial_option
@code_option
@click.option("--source-identity", help="The person behind the session; it cannot change in role chaining.")
@click.option("--provided-contexts", multiple=True, help="ProviderArn=ARN,ContextAssertion=TEXT …")
@size_option
def assume_role(**given: Any) -> None:  # noqa: ANN401
    """Obtain credentials of a role."""
    contexts = given.pop("provided_contexts")
    given["provided_contexts"] = structures_of(contexts, option="--provided-contexts", members=("ProviderArn", "ContextAssertion"))
    _run("AssumeRole", **_policies(_tags(given)))


@_command("get-session-token", printed=credentials_options)
@duration_option
@serial_option
@code_option
@size_option
def get_session_token(**given: Any) -> None:  # noqa: ANN401
    """Obtain temporary credentials of the calling user."""
    _run("GetSessionToken", **given)


@_command("get-federation-token", printed=credentials_options)
@click.option("--name", required=True, help="Name of the federated user.")
@_session_policy_options
@duration_option
@tags_option
@size_option
def get_federation_token(**given: Any) -> None:  # noqa: ANN401
    """Obtain credentials of a federated user."""
    _run("GetFederationToken", **_policies(_tags(given)))


@_command("decode-authorization-message")
@click.option("--encoded-message", required=True, help="The message of a denial, or file://PATH.")
def decode_authorization_message(**given: Any) -> None:  # noqa: ANN401
    """Decode the encoded message of a denial."""
    given["encoded_message"] = literal_or_file(given["encoded_message"], longest=limits.ENCODED_MESSAGE_CHARS)
    _run("DecodeAuthorizationMessage", **given)


@_command("get-access-key-info")
@click.option("--access-key-id", required=True, help="An access key, of any account.")
def get_access_key_info(**given: Any) -> None:  # noqa: ANN401
    """Show the account that an access key belongs to."""
    _run("GetAccessKeyInfo", **given)


@_command("get-web-identity-token")
@click.option("--audience", multiple=True, required=True, help="Audience of the token.")
@click.option("--signing-algorithm", required=True, help="RS256 or ES384.")
@duration_option
@tags_option
def get_web_identity_token(**given: Any) -> None:  # noqa: ANN401
    """Obtain a signed token that proves the caller's identity to other services."""
    _run("GetWebIdentityToken", **_tags(given))


@_command("assume-root", printed=credentials_options)
@click.option("--target-principal", required=True, help="A member account, or the ARN of its root user.")
@click.option("--task-policy-arn", required=True, help="arn=ARN of one of AWS's task policies.")
@duration_option
@size_option
def assume_root(**given: Any) -> None:  # noqa: ANN401
    """Obtain a short session as the root user of a member account."""
    word = given.pop("task_policy_arn")
    (given["task_policy_arn"],) = arns_of([word]) if word.startswith(("arn=", "{")) else (word,)
    _run("AssumeRoot", **given)


@_command("get-delegated-access-token", printed=credentials_options)
@click.option("--trade-in-token", required=True, help="A registered trade-in token, or file://PATH.")
def get_delegated_access_token(**given: Any) -> None:  # noqa: ANN401
    """Exchange a trade-in token for credentials."""
    given["trade_in_token"] = literal_or_file(given["trade_in_token"], longest=limits.WEB_IDENTITY_TOKEN_CHARS)
    _run("GetDelegatedAccessToken", **given)


COMMANDS: Final = (
    assume_role,
    assume_root,
    decode_authorization_message,
    get_access_key_info,
    get_caller_identity,
    get_delegated_access_token,
    get_federation_token,
    get_session_token,
    get_web_identity_token,
)
"""The signed operations, each a command."""
