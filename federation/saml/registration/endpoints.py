"""The SAML endpoints and audiences of AWS by partition.

Sources: IAM user guide, "SAML 2.0 federation endpoints", for Recipient and Destination; documentation of identity providers for the
audiences of the China and GovCloud partitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from federation.vendors.sign_in import SIGN_IN_HOSTS


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in service of one partition.

    Attributes:
        audiences: Values of Audience for AWS.
        url: The global assertion consumer URL.
        endpoint: Pattern of the assertion consumer URLs that are common to all providers: the global, the regional and the static one. URLs
            with the id of a provider (``…/saml/acs/SAMLSP…``) must be registered as recipients of that provider.
    """

    audiences: frozenset[str]
    url: str
    endpoint: re.Pattern[str]


def _sign_in(host: str, audience: str) -> SignIn:
    host_pattern = re.escape(host)
    return SignIn(
        audiences=frozenset({audience, f"https://{host}/saml"}),
        url=f"https://{host}/saml",
        endpoint=re.compile(
            rf"https://(?:(?:[a-z]{{2,4}}(?:-[a-z]{{1,16}}){{1,3}}-[0-9]{{1,2}}\.)?{host_pattern}/saml|{host_pattern}/static/saml)"
        ),
    )


_SIGN_IN: Final = {
    "aws": _sign_in(SIGN_IN_HOSTS["aws"], "urn:amazon:webservices"),
    "aws-cn": _sign_in(SIGN_IN_HOSTS["aws-cn"], "urn:amazon:webservices:cn-north-1"),
    "aws-us-gov": _sign_in(SIGN_IN_HOSTS["aws-us-gov"], "urn:amazon:webservices:govcloud"),
}


_UNKNOWN: Final = SignIn(audiences=frozenset(), url="", endpoint=re.compile("(?!)"))
"""The sign-in service of partitions without known audiences and URLs. They must be registered."""


def sign_in(partition: str) -> SignIn:
    """Return the sign-in service of *partition*. For an unknown partition it has no audiences."""
    return _SIGN_IN.get(partition, _UNKNOWN)


def partition_of(text: str) -> str | None:
    """Return the partition of which *text* is an audience or an assertion consumer URL; None where it is of none."""
    return next((name for name, aws in _SIGN_IN.items() if text in aws.audiences or aws.endpoint.fullmatch(text)), None)
