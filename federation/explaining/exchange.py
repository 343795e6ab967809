"""What is asked once a token is proved, whatever its kind: how long the session lasts, and whether the token is used for the first time."""

from __future__ import annotations

import shlex

from federation import limits
from federation.account import Role
from federation.errors import show
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explanation import Cause, Comparison, Edit, Obstacle, Place


def duration(situation: Situation) -> Obstacle:
    """Explain that the call asks for a longer session than the role allows."""
    role, asked = situation.role, situation.parameter("duration_seconds")
    if role is None or not isinstance(asked, int):
        return plainly(situation)
    most = role.max_session_duration
    sentence = f"the call asks for a session of {asked} seconds; MaxSessionDuration of {role.arn} is {most} seconds"
    comparison = Comparison(expected=str(most), found=str(asked), expected_from="role", found_from="call")
    place = _place(role)
    cause = Cause(check=situation.refusal.check, sentence=sentence, place=place, comparisons=(comparison,))
    shorter = Edit(
        place=Place(owner="call", path="DurationSeconds"),
        instruction=f"Pass {most} as --duration-seconds, or leave it away for one hour.",
        old=str(asked),
        new=str(most),
    )
    return Obstacle(causes=(cause,), edits=(shorter, *_longer(role, asked, place)))


def replay(situation: Situation) -> Obstacle:
    """Explain that the token was used before: it is accepted once, whereas AWS accepts it until it expires."""
    outcome = situation.outcome
    identity = None if outcome is None else outcome.identity
    named = "the token" if identity is None or identity.token_id is None else f"the token with the id {show(identity.token_id)}"
    sentence = f"{named} is refused as {situation.refusal.found}; AWS takes a token until it ends, this service takes it once"
    cause = Cause(check=situation.refusal.check, sentence=sentence)
    again = Edit(place=Place(owner="token"), instruction="Sign in again, and send the new token.")
    as_aws = Edit(
        place=Place(owner="account", file="account.toml", path="replay"),
        instruction="Register that a token is taken as often as AWS takes it, where a client posts one token twice.",
        old="once",
        new="as-aws",
        lets_in="whoever gets hold of a token, until it ends",
    )
    return Obstacle(causes=(cause,), edits=(again, as_aws))


def _longer(role: Role, asked: int, place: Place) -> tuple[Edit, ...]:
    if not role.max_session_duration < asked <= limits.ROLE_SESSION_MAX_SECONDS:
        return ()
    words = ["update-role", "--role-name", role.name, "--max-session-duration", str(asked)]
    return (
        Edit(
            place=place,
            instruction=f"Let sessions of the role last {asked} seconds. At AWS: {shlex.join(['aws', 'iam', *words])}",
            old=str(role.max_session_duration),
            new=str(asked),
            command=shlex.join(["federation", "account", *words]),
            lets_in=f"whoever the role trusts, for {asked} seconds in place of {role.max_session_duration}",
        ),
    )


def _place(role: Role) -> Place:
    return Place(owner="account", file=role.file, path=role.place.removesuffix(".AssumeRolePolicyDocument") + ".MaxSessionDuration")
