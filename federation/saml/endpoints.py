"""Where AWS takes SAML responses, and by which names it is addressed, per partition.

Sources: "SAML 2.0 federation endpoints" of the IAM user guide for Recipient and Destination; the audiences of the China and GovCloud
partitions are those that identity-provider vendors document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in service of one partition.

    Attributes:
        audiences: Texts of Audience that mean AWS.
        endpoint: Matches in full every assertion consumer URL that is the same for all providers: the global one, those of the regions
            and the static one. URLs with a provider's own id (``…/saml/acs/SAMLSP…``) name one provider, so that one registers them.
    """

    audiences: frozenset[str]
    endpoint: re.Pattern[str]


def _sign_in(host: str, audience: str) -> SignIn:
    host_pattern = re.escape(host)
    return SignIn(
        audiences=frozenset({audience, f"https://{host}/saml"}),
        endpoint=re.compile(
            rf"https://(?:(?:[a-z]{{2,4}}(?:-[a-z]{{1,16}}){{1,3}}-[0-9]{{1,2}}\.)?{host_pattern}/saml|{host_pattern}/static/saml)"
        ),
    )


_SIGN_IN: Final = {
    "aws": _sign_in("signin.aws.amazon.com", "urn:amazon:webservices"),
    "aws-cn": _sign_in("signin.amazonaws.cn", "urn:amazon:webservices:cn-north-1"),
    "aws-us-gov": _sign_in("signin.amazonaws-us-gov.com", "urn:amazon:webservices:govcloud"),
}


_UNKNOWN: Final = SignIn(audiences=frozenset(), endpoint=re.compile("(?!)"))
"""Of a partition whose audiences and recipients must be registered: nothing means it, and no URL is its."""


def sign_in(partition: str) -> SignIn:
    """Return the sign-in service of *partition*; one without audiences where none is known."""
    return _SIGN_IN.get(partition, _UNKNOWN)
