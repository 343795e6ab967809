"""The verdict that a report gives for each profile, beside the one that `validate` comes to under that profile."""

from datetime import datetime
from typing import Any

from federation import FederationError, OAuthProvider, OidcProvider, SamlProvider, diagnose, validate
from federation.errors import RegistrationError
from federation.profiles import Profile

Registered = SamlProvider | OidcProvider | OAuthProvider
Verdict = dict[str, Any] | None


def decided(token: object, provider: Registered, at: datetime) -> Verdict:
    """The refusal of `validate` as plain data, None where it accepts."""
    try:
        validate(token, provider, at=at)
    except FederationError as refusal:
        return refusal.as_dict()
    return None


def check_both_verdicts(token: object, provider: Registered, at: datetime) -> dict[Profile, Verdict]:
    """Hold every report on *token* against `validate`: the reports of *provider* under each profile, and their verdicts for each.

    A key set that profile ``strict`` does not load registers no strict provider; the report's verdict for ``strict`` is then a refusal by
    the check ``key-set`` at the latest.
    """
    registered: dict[Profile, Registered] = {}
    for profile in Profile:
        try:
            registered[profile] = provider.reprofiled(profile)
        except RegistrationError:
            assert profile is Profile.STRICT
            assert isinstance(provider, OidcProvider)
    verdicts = {profile: decided(token, one, at) for profile, one in registered.items()}
    for own, one in registered.items():
        report = diagnose(token, one, at=at)
        for profile in Profile:
            told = report.refusal(profile)
            if profile in verdicts:
                assert (told and told.as_dict()) == verdicts[profile], f"a provider of profile {own}, its verdict for {profile}"
            else:
                assert told is not None, "strict accepts by a key set that it does not load"
        assert (report.identity is None) == (verdicts[own] is not None)
    return verdicts
