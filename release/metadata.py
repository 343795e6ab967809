"""The part of the package's metadata that depends on its public address: Project-URLs, and the README as an index shows it.

The address stands once, in ``[tool.hatch.metadata.hooks.custom]`` of pyproject.toml. While it is empty the package has no Project-URLs, and
the README has text where its links and images lead into the repository: on the page of an index they would lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from hatchling.metadata.plugin.interface import MetadataHookInterface

ADDRESS: Final = re.compile(r"https://[\w.-]+(/[\w.-]+)+")
"""A repository at a host that serves ``/blob/TAG/FILE`` and ``/raw/TAG/FILE``, as GitHub does."""
FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
CODE: Final = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
"""How a target begins that leads out of the repository."""
IMAGE: Final = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)[^)]*\)")
LINK: Final = re.compile(r"(?<!!)\[(?P<text>(?:!\[[^\]]*\]\([^)]*\)|[^\[\]])*)\]\((?P<target>[^)\s]+)[^)]*\)")
HTML_IMAGE: Final = re.compile(r"<img\b(?P<attributes>[^>]*)>")
HTML_SOURCE: Final = re.compile(r"<source\b[^>]*\bsrcset=\"(?P<target>[^\"]*)\"[^>]*>")
HTML_LINK: Final = re.compile(r"<a\b[^>]*\bhref=\"(?P<target>[^\"]*)\"[^>]*>(?P<text>.*?)</a>", re.DOTALL)
PICTURE: Final = re.compile(r"</?picture>")


class AddressHook(MetadataHookInterface):
    """Adds ``readme`` and ``urls`` to the static metadata."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Write both fields.

        Raises:
            ValueError: The address is no https URL of a repository.
        """
        address, version = str(self.config.get("address", "")), str(metadata["version"])
        if address and not ADDRESS.fullmatch(address):
            raise ValueError(f"address of pyproject.toml: expected an https URL without a slash at its end, found {address!r}")
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": index_page(text, address, version)}
        metadata["urls"] = project_urls(address, version)


def project_urls(address: str, version: str) -> dict[str, str]:
    """Return the Project-URLs; none where there is no address."""
    if not address:
        return {}
    return {
        "Repository": address,
        "Documentation": f"{address}/tree/v{version}/docs",
        "Changelog": f"{address}/blob/v{version}/CHANGELOG.md",
        "Issues": f"{address}/issues",
        "Security": f"{address}/blob/v{version}/SECURITY.md",
    }


def index_page(text: str, address: str, version: str) -> str:
    """Return the README *text* as it can be read away from the repository.

    Args:
        text: Markdown, its targets relative to the root of the repository.
        address: The repository; empty where it has no address.
        version: The release whose files are linked.
    """
    prose: list[str] = []
    made: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = FENCE.match(line)
        if fence or found:
            made.append(_prose("".join(prose), address, version))
            prose = []
            made.append(line)
            if found and not fence:
                fence = found[1]
            elif found and found[1].startswith(fence) and line.strip() == found[1]:
                fence = ""
        else:
            prose.append(line)
    return "".join((*made, _prose("".join(prose), address, version)))


def _prose(text: str, address: str, version: str) -> str:
    """Return text without code blocks, its spans of code as they were."""
    spans: list[str] = []

    def keep(span: re.Match[str]) -> str:
        spans.append(span[0])
        return f"\0{len(spans) - 1}\0"

    shown = CODE.sub(keep, text)
    shown = _with_address(shown, address, version) if address else _without_address(shown)
    return re.sub(r"\0(\d+)\0", lambda kept: spans[int(kept[1])], shown)


def _with_address(text: str, address: str, version: str) -> str:
    def absolute(kind: str) -> Callable[[re.Match[str]], str]:
        def replaced(found: re.Match[str]) -> str:
            target = found["target"]
            if ELSEWHERE.match(target):
                return found[0]
            path = f"README.md{target}" if target.startswith("#") else target.removeprefix("./")
            start, end = found.start("target") - found.start(), found.end("target") - found.start()
            return f"{found[0][:start]}{address}/{kind}/v{version}/{path}{found[0][end:]}"

        return replaced

    text = IMAGE.sub(absolute("raw"), text)
    text = LINK.sub(absolute("blob"), text)
    text = re.sub(r"<img\b[^>]*\bsrc=\"(?P<target>[^\"]*)\"", absolute("raw"), text)
    text = HTML_SOURCE.sub(absolute("raw"), text)
    return HTML_LINK.sub(absolute("blob"), text)


def _without_address(text: str) -> str:
    def alone(found: re.Match[str]) -> str:
        return found[0] if ELSEWHERE.match(found["target"]) else found["text"]

    def described(found: re.Match[str]) -> str:
        attributes = dict(re.findall(r"([\w-]+)=\"([^\"]*)\"", found["attributes"]))
        return found[0] if ELSEWHERE.match(attributes.get("src", "")) else attributes.get("alt", "")

    text = HTML_SOURCE.sub(lambda found: found[0] if ELSEWHERE.match(found["target"]) else "", text)
    text = HTML_IMAGE.sub(described, IMAGE.sub(alone, text))
    return PICTURE.sub("", HTML_LINK.sub(alone, LINK.sub(alone, text)))
