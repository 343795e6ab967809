"""What is asked on the page: the fields of its form, and the link that presets some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

PATH: Final = "/page"
"""Where the form is posted, and below which the static files are. ``POST /`` and ``GET /?Action=`` are those of AWS."""
ISSUED: Final = "issued"
NOW: Final = "now"
TIME: Final = "time"
FILES: Final = ("pasted", "metadata", "jwks", "policy")
"""The fields that take a text or a file. The form names the file of ``pasted`` ``pasted_file``."""
_LINKED: Final = ("account", "provider", "role")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuestion:
    """The fields of the form, as they were filled in; empty where they were not.

    Attributes:
        pasted: What was pasted or dropped: a token, or text that holds tokens.
        chosen: Which of several tokens in it is meant, a number from 1.
        account: Id of the account that judges; `federation.page.dropped.DOCUMENTS` for the documents below.
        provider: ARN or name of the provider that judges the token; empty for the one that the token names.
        role: ARN or name of the role; empty for the likely one.
        instant: When the token is judged: ``issued``, ``now`` or ``time``.
        at: The time for ``time``, ISO 8601 with a zone.
        metadata: SAML metadata of an identity provider.
        jwks: A JSON Web Key Set.
        issuer: The issuer of that key set.
        client_id: A client id that is registered for that issuer.
        policy: A trust policy, or the answer of ``aws iam get-role``.
    """

    pasted: str = ""
    chosen: str = ""
    account: str = ""
    provider: str = ""
    role: str = ""
    instant: str = ISSUED
    at: str = ""
    metadata: str = ""
    jwks: str = ""
    issuer: str = ""
    client_id: str = ""
    policy: str = ""

    @classmethod
    def of_form(cls, posted: Mapping[str, str]) -> PageQuestion:
        """Return what the form with the fields *posted* asks. A file that was chosen goes before the text beside it."""
        given = {each.name: posted[each.name] for each in fields(cls) if each.name in posted}
        given |= {name: posted[f"{name}_file"] for name in FILES if posted.get(f"{name}_file")}
        long = {name: value if name in FILES else value.strip() for name, value in given.items()}
        return cls(**{**long, "instant": _instant(long.get("instant", ""))})

    @classmethod
    def of_link(cls, query: Mapping[str, str]) -> PageQuestion:
        """Return what a link with the parameters *query* presets: account, provider, role and instant, never a token or a document."""
        at = query.get("at", "").strip()
        instant = at if at in (ISSUED, NOW) else TIME if at else ISSUED
        given = {name: query[name].strip() for name in _LINKED if name in query}
        return cls(**given, instant=instant, at=at if instant == TIME else "")

    @property
    def link(self) -> str:
        """The query string of the link that presets what is asked, without token and documents."""
        at = self.at if self.instant == TIME else self.instant
        named = {"account": self.account, "provider": self.provider, "role": self.role, "at": at}
        return urlencode({name: value for name, value in named.items() if value})

    @property
    def has_documents(self) -> bool:
        """Whether a document was dropped by which to judge."""
        return bool(self.metadata.strip() or self.jwks.strip() or self.policy.strip())


def _instant(text: str) -> str:
    return text if text in (NOW, TIME) else ISSUED


def read_at(text: str) -> datetime | None:
    """Return the instant in *text*, ISO 8601; None where it is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None else None
