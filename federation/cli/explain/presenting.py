"""The token that `federation explain` is given: as a client sends it, or taken out of a record of its login."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from federation.cli.rendering.plain import note
from federation.cli.support.inputs import as_sent, picked, read_octets, tell_found
from federation.judging.call import LONGEST
from federation.judging.pasted import Container, find_tokens

_RECORDS: Final = frozenset({Container.HAR, Container.XML, Container.COMMAND})
"""What nobody sends as a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedToken:
    """The token to explain.

    Attributes:
        text: What the client sends as the token. Never shown.
        role_arn: RoleArn of the call that it was taken out of; None where there is none. So are the others.
        principal_arn: PrincipalArn.
        role_session_name: RoleSessionName.
        provider_id: ProviderId.
    """

    text: str = field(repr=False)
    role_arn: str | None = None
    principal_arn: str | None = None
    role_session_name: str | None = None
    provider_id: str | None = None


def present(source: str, pick: int | None, *, role_arn: str | None) -> ExplainedToken:
    """Return the token in the file *source*, or on standard input for ``-``, as the client of the call presents it.

    A file is presented as it stands: quotation marks, JSON or a form around the token are the cause of a refusal, which is to be explained.
    The token alone is presented where the file is a record of the login, such as a HAR file, or *pick* asks for it.

    Args:
        source: The file, or ``-``.
        pick: Which one of several different tokens, from 1; None where there must be only one.
        role_arn: The role; None where the input is a call that names it.

    Raises:
        click.UsageError: There is no token, or there are several and no *pick*.
    """
    octets, longest = read_octets(source), max(LONGEST.values())
    pasted = find_tokens(octets)
    taken_out = pick is not None or role_arn is None or pasted.container in _RECORDS
    if not taken_out or pasted.container is Container.NONE:
        if pasted.container is not Container.NONE:
            note(f"presented as a client sends the whole of it, {pasted.container}; --pick 1 presents the token in it")
        return ExplainedToken(text=as_sent(octets, longest=longest))
    found = picked(pasted, pick)
    tell_found(found)
    return ExplainedToken(
        text=as_sent(found.token, longest=longest),
        role_arn=found.role_arn,
        principal_arn=found.principal_arn,
        role_session_name=found.role_session_name,
        provider_id=found.provider_id,
    )
