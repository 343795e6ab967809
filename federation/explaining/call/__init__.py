"""Why a call is refused by its own parameters: by the service model, or by an ARN that is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.call import parameters, roles
from federation.explaining.presented import explain_presented, unwrapped
from federation.explaining.situation import Row

__all__ = ["OF_PARAMETERS", "TABLE"]

TABLE: Final[Mapping[str, Row]] = {"role": Row(roles.explain_role, roles.with_the_role)}
"""Check to its explanation, whatever the token is."""

_PARAMETER: Final = Row(parameters.explain_parameter, parameters.with_a_valid_one)
OF_PARAMETERS: Final[Mapping[str, Row]] = {
    "role-arn": Row(roles.explain_role_arn, roles.with_the_role),
    "principal-arn": Row(roles.explain_principal_arn, roles.with_the_principal),
    **dict.fromkeys(("saml-assertion", "web-identity-token"), Row(explain_presented, unwrapped)),
    **dict.fromkeys(("role-session-name", "duration-seconds", "provider-id", "policy", "minimum-session-token-size"), _PARAMETER),
}
"""Likewise for the refusals of the code ValidationError, whose check is the name of a parameter."""
