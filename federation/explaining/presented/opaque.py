"""Credentials of other services that are sent as a token by mistake: told by the beginnings that their issuers document."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from federation.explaining.presented.model import Look, Presented, what_is_wanted
from federation.explaining.wording import number
from federation.shapes import SAML


class _Known(NamedTuple):
    pattern: re.Pattern[str]
    what: str
    instead: str


def _known(pattern: str, what: str, instead: str) -> _Known:
    return _Known(re.compile(pattern, re.ASCII | re.DOTALL), what, instead)


_INSTEAD: Final = "send the ID token: three parts of base64url joined by two dots"
_KNOWN: Final = (
    _known(
        r"gh[pousr]_.+|github_pat_.+",
        "an access token of GitHub, such as GITHUB_TOKEN",
        "give the job `permissions: id-token: write`, and send the ID token of the action or of ACTIONS_ID_TOKEN_REQUEST_URL",
    ),
    _known(
        r"gl[a-z]+-.+",
        "an access token of GitLab, such as CI_JOB_TOKEN",
        "declare the token under id_tokens of the job, and send that variable",
    ),
    _known(r"ya29\..+", "an OAuth access token of Google", "send an identity token: gcloud auth print-identity-token --audiences=…"),
    _known(r"1//.+", "a refresh token of Google", "send an identity token: gcloud auth print-identity-token --audiences=…"),
    _known(r"Atza(?:\||%7[Cc]).+", "an access token of Login with Amazon", "send it with ProviderId www.amazon.com"),
    _known(r"Atzr(?:\||%7[Cc]).+", "a refresh token of Login with Amazon", "send the access token, with ProviderId www.amazon.com"),
    _known(r"EAA[A-Za-z0-9]{20,}", "an access token of Facebook", "send it with ProviderId graph.facebook.com"),
    _known(r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}", "an access key id or unique id of AWS", _INSTEAD),
    _known(r"(?:IQoJ|FwoG|AQoD)[A-Za-z0-9+/=]{20,}", "a session token of AWS", _INSTEAD),
    _known(r"arn:aws[a-z-]*:.+", "an ARN", "send the token here, and the ARN as RoleArn"),
    _known(r"-----BEGIN .+", "a key or certificate in PEM", "send the token that the key signed: keys stay where they are"),
    _known(r"v[1-4]\.(?:public|local)\..+", "a PASETO", _INSTEAD),
    _known(r"xox[a-z]-.+", "a token of Slack", _INSTEAD),
    _known(r"hv[sbr]\..+", "a token of HashiCorp Vault", _INSTEAD),
    _known(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a UUID", _INSTEAD),
    _known(r"https?://\S+", "a URL", "call the URL, and send the token that it answers with"),
    _known(r"[\w.+-]{1,64}@[\w.-]{1,255}", "an e-mail address", _INSTEAD),
)
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+", re.ASCII)


def _of_a_service(text: str, wanted: str) -> Presented | None:
    value = text.strip()
    found = next((known for known in _KNOWN if known.pattern.fullmatch(value)), None)
    if found is None:
        return None
    return Presented(
        sentence=f"the value is {found.what} ({number(len(value), 'character')}), which is no proof that this operation takes",
        instruction=found.instead,
        old=found.what,
        new=what_is_wanted(wanted),
    )


def _opaque(text: str, wanted: str) -> Presented | None:
    value = text.strip()
    if _VISIBLE.fullmatch(value) is None:
        return None
    dots, form = value.count("."), what_is_wanted(wanted)
    access = "" if wanted == SAML else "; an access token that is no JWT needs ProviderId, which names its server"
    return Presented(
        sentence=f"the value is an opaque text of {number(len(value), 'character')} with {number(dots, 'dot')}: it is not {form}",
        instruction=f"send {form}{access}",
        old=f"opaque text of {number(len(value), 'character')}",
        new=form,
    )


LOOKS: Final[tuple[Look, ...]] = (_of_a_service, _opaque)
