"""The documents of an import: their kinds, and the check that they are complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation.account.reading.entities import GROUP, POLICY, ROLE, USER, EntityKind
from federation.account.reading.faults import Faults
from federation.account.reading.files import parse_json
from federation.errors import show

KINDS: Final = (POLICY, GROUP, USER, ROLE)
"""The kinds of ``get-account-authorization-details``. A kind refers only to kinds before it."""
_PRINTED: Final = "pass what get-account-authorization-details, list-roles, get-saml-provider or get-open-id-connect-provider printed"


class Dumps:
    """The parsed documents of one import, by file name."""

    __slots__ = ("_details", "_key_sets", "_octets", "_oidc", "_roles", "_saml")

    def __init__(self, documents: Mapping[str, bytes], faults: Faults) -> None:
        """Parse *documents* and sort them by kind. A document of an unknown kind, or incomplete output, is a fault."""
        self._octets = documents
        parsed = {name: _parse(name, octets, faults) for name, octets in documents.items()}
        self._details = {name: each for name, each in parsed.items() if any(kind.listed in each for kind in KINDS)}
        self._roles = {name: each for name, each in parsed.items() if name not in self._details and ("Roles" in each or "Role" in each)}
        self._saml = {name: each for name, each in parsed.items() if "SAMLMetadataDocument" in each}
        self._oidc = {name: each for name, each in parsed.items() if {"Url", "ClientIDList"} <= each.keys()}
        self._key_sets = [name for name, each in parsed.items() if isinstance(each.get("keys"), list)]
        known = {*self._details, *self._roles, *self._saml, *self._oidc, *self._key_sets}
        for name, each in parsed.items():
            if each and name not in known:
                faults.add(name, "", "an answer of IAM that is known here", "another document", _PRINTED)
        self._check_whole(faults)

    @property
    def saml(self) -> Mapping[str, Any] | None:
        """The output of ``get-saml-provider``, or None."""
        return next(iter(self._saml.values()), None)

    @property
    def oidc(self) -> Mapping[str, Any] | None:
        """The output of ``get-open-id-connect-provider``, or None."""
        return next(iter(self._oidc.values()), None)

    @property
    def key_set(self) -> bytes | None:
        """The octets of the JSON Web Key Set, or None."""
        return self._octets[self._key_sets[0]] if self._key_sets else None

    def items(self, kind: EntityKind, faults: Faults) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield file, JSON path and document of every entity of *kind* in the authorization details."""
        for file, page in self._details.items():
            yield from _named(page.get(kind.listed, []), f"$.{kind.listed}", kind, file, faults)

    def roles(self, faults: Faults) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield file, JSON path and document of every role in the output of ``list-roles`` and ``get-role``."""
        for file, page in self._roles.items():
            if "Role" in page:
                yield from _named([page["Role"]], "$.Role", ROLE, file, faults)
            else:
                yield from _named(page["Roles"], "$.Roles", ROLE, file, faults)

    def _check_whole(self, faults: Faults) -> None:
        for pages in (self._details, self._roles):
            if pages and all(page.get("IsTruncated") is True for page in pages.values()):
                remedy = "pass all pages, or let the AWS CLI join them"
                faults.add(list(pages)[-1], "$.IsTruncated", "the last page, too", "a page that others follow", remedy)
        for several in (self._saml, self._oidc, dict.fromkeys(self._key_sets)):
            if len(several) > 1:  # name and key set could not be assigned to one of them
                faults.add(list(several)[1], "", "one provider at a time", "a second one", "import the providers one after the other")


def _parse(name: str, octets: bytes, faults: Faults) -> dict[str, Any]:
    """Return the JSON object in *octets*; an empty one after recording a fault."""
    try:
        document = parse_json(octets.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        faults.add(name, "", "one JSON document without duplicate members", show(str(error)), "pass the answer as it was printed")
        return {}
    if not isinstance(document, dict) or not document:
        faults.add(name, "", "an answer of IAM that is known here", "another document", _PRINTED)
        return {}
    return document


def _named(listed: object, path: str, kind: EntityKind, file: str, faults: Faults) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if not isinstance(listed, list):
        faults.add(file, path, "a list", type(listed).__name__, "pass the answer as it was printed")
        return
    for index, item in enumerate(listed):
        place = f"{path}[{index}]"
        if not isinstance(item, dict) or not isinstance(item.get(kind.name_member), str):
            faults.add(file, place, f"an object with {kind.name_member}", "another", "pass the answer as it was printed")
        else:
            yield file, place, item
