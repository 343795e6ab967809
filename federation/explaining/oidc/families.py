"""Issuers of one vendor that are not the same: what tells the token's from the registered one, and the setting that decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from federation.errors import show
from federation.explaining.registered import token_settings, vendor_place
from federation.explanation import Edit, Place
from federation.vendors import COGNITO

_CLUSTER: Final = re.compile(r"https://oidc\.eks\.(?P<region>[^./]+)\.amazonaws\.com(?:\.cn)?/id/(?P<id>[^/]+)", re.ASCII)
_TENANT: Final = re.compile(r"https://(?:sts\.windows\.net/(?P<v1>[^/]+)/|login\.microsoftonline\.com/(?P<v2>[^/]+)/v2\.0)", re.ASCII)
_GITHUB: Final = re.compile(
    r"https://(?:token\.actions\.githubusercontent\.com(?:/(?P<slug>[^/]+))?|token\.actions\.(?P<tenant>[^./]+)\.ghe\.com"
    r"|(?P<server>[^/]+)/_services/token)",
    re.ASCII,
)
_OKTA: Final = re.compile(r"https://(?P<org>[^/]+\.okta(?:preview|-emea)?\.com)(?:/oauth2/(?P<server>[^/]+))?", re.ASCII)
_USER_POOL: Final = re.compile(r"https://cognito-idp\.[^./]+\.amazonaws\.com(?:\.cn)?/[^/]+", re.ASCII)
_FAMILIES: Final = (_CLUSTER, _TENANT, _GITHUB, _OKTA)
_SHARED_TENANTS: Final = ("common", "organizations", "consumers")
_OKTA_SERVERS: Final = "https://developer.okta.com/docs/concepts/auth-servers/"
_COGNITO_BASIC: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html"
_GITLAB_CLAIMS: Final = ("project_path", "namespace_path", "pipeline_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """How two issuers of one vendor differ.

    Attributes:
        sentence: What differs.
        setting: The edit at the vendor by which tokens have the registered issuer; None where there is none.
    """

    sentence: str
    setting: Edit | None = None


def are_of_one_family(one: str, other: str) -> bool:
    """Whether both URLs are issuers of one vendor."""
    return any(each.fullmatch(one) and each.fullmatch(other) for each in _FAMILIES)


def identity_of(url: str) -> str:
    """Return what two URLs of one cluster, one tenant or one organization have in common; the URL itself for any other."""
    for family in _FAMILIES:
        match = family.fullmatch(url)
        if match is not None:
            parts = match.groupdict()
            return next((parts[name] for name in ("id", "v1", "v2", "org", "slug", "tenant", "server") if parts.get(name)), url)
    return url


def told_by_family(issuer: str, near: str, claims: Mapping[str, Any]) -> Kinship | None:
    """Return how *issuer*, of a token with *claims*, and the registered URL *near* differ; None where they are not of one vendor."""
    for told in (_cluster, _tenant, _github, _okta):
        found = told(issuer, near)
        if found is not None:
            return found
    if near == "https://gitlab.com" and all(name in claims for name in _GITLAB_CLAIMS):
        host = show(issuer.removeprefix("https://"))
        return Kinship(sentence=f"the token is of the GitLab at {host}, which issues its own tokens, and the provider is GitLab.com's")
    return None


def pool_token_for(issuer: str) -> Edit | None:
    """Return the edit by which the caller gets the token of an identity pool; None where *issuer* is no Cognito user pool."""
    if _USER_POOL.fullmatch(issuer) is None:
        return None
    return Edit(
        place=Place(owner="call", path="WebIdentityToken", source=_COGNITO_BASIC),
        instruction=f"exchange the token at the identity pool, by GetId and GetOpenIdToken with {show(issuer.removeprefix('https://'))} in "
        "Logins, and send what GetOpenIdToken returns",
        old=f"iss {issuer}",
        new=f"iss https://{COGNITO}",
    )


def _cluster(issuer: str, near: str) -> Kinship | None:
    ours, theirs = _CLUSTER.fullmatch(issuer), _CLUSTER.fullmatch(near)
    if ours is None or theirs is None:
        return None
    if ours["id"] == theirs["id"]:
        return Kinship(sentence=f"the cluster is in {ours['region']}, and the provider is for region {theirs['region']}")
    return Kinship(sentence="an EKS cluster has a new issuer id when it is created again, and these are two clusters")


def _tenant(issuer: str, near: str) -> Kinship | None:
    ours, theirs = _TENANT.fullmatch(issuer), _TENANT.fullmatch(near)
    if ours is None or theirs is None:
        return None
    tenant = theirs["v1"] or theirs["v2"]
    if tenant in _SHARED_TENANTS:
        return Kinship(sentence=f"{show(tenant)} is where every tenant of Microsoft Entra ID signs in, and a token names its own tenant")
    if (ours["v1"] or ours["v2"]) != tenant:
        return Kinship(sentence="they are two tenants of Microsoft Entra ID")
    version, wanted = ("v1.0", "2") if ours["v1"] else ("v2.0", "null")
    setting = token_settings(issuer).issuer
    if setting is None:
        return None
    other = "v2.0" if ours["v1"] else "v1.0"
    edit = Edit(
        place=vendor_place(setting),
        instruction=f"set {setting.name} to {wanted}, so that tokens are {other}: {setting.where}",
        old=setting.write("null" if ours["v1"] else "2"),
        new=setting.write(wanted),
    )
    return Kinship(
        sentence=f"the token is a {version} token, and the provider is registered for {other} tokens of the same tenant", setting=edit
    )


def _github(issuer: str, near: str) -> Kinship | None:
    ours, theirs = _GITHUB.fullmatch(issuer), _GITHUB.fullmatch(near)
    setting = token_settings(issuer).issuer
    if ours is None or theirs is None:
        return None
    if ours["slug"] and theirs["slug"]:
        return Kinship(sentence="they are two enterprises of GitHub")
    if any(each["server"] or each["tenant"] for each in (ours, theirs)):
        return Kinship(sentence=f"the token is of {_installation(ours)}, and the provider is for {_installation(theirs)}")
    if ours["slug"]:
        return Kinship(sentence=f"the enterprise {show(ours['slug'])} issues its tokens by an issuer of its own")
    sentence = f"the token comes by GitHub's common issuer, and the provider is for the enterprise {show(theirs['slug'])}"
    if setting is None:
        return Kinship(sentence=sentence)
    edit = Edit(
        place=vendor_place(setting),
        instruction=f"set {setting.name} to true: {setting.where}",
        old=setting.write("false"),
        new=setting.write("true"),
    )
    return Kinship(sentence=sentence, setting=edit)


def _installation(match: re.Match[str]) -> str:
    if match["server"]:
        return f"the GitHub Enterprise Server {show(match['server'])}"
    if match["tenant"]:
        return f"GitHub Enterprise Cloud at {show(match['tenant'] + '.ghe.com')}"
    return f"the enterprise {show(match['slug'])} of GitHub.com" if match["slug"] else "GitHub.com"


def _okta(issuer: str, near: str) -> Kinship | None:
    ours, theirs = _OKTA.fullmatch(issuer), _OKTA.fullmatch(near)
    if ours is None or theirs is None:
        return None
    if ours["org"] != theirs["org"]:
        return Kinship(sentence="they are two organizations of Okta")
    endpoints = show(near + ("/v1" if theirs["server"] else "/oauth2/v1"))
    edit = Edit(
        place=Place(owner="identity-provider", path="iss", source=_OKTA_SERVERS),
        instruction=f"request the token from {_server(theirs)}: its endpoints begin with {endpoints}",
        old=issuer,
        new=near,
    )
    return Kinship(sentence=f"the token is of {_server(ours)} of Okta, and the provider is for {_server(theirs)}", setting=edit)


def _server(match: re.Match[str]) -> str:
    return f"the custom authorization server {show(match['server'])}" if match["server"] else "the org authorization server"
