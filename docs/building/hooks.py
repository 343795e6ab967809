"""What the site has beyond the pages of docs/: mkdocs calls these functions while it builds.

- A folder in the navigation of mkdocs.yml stands for all its pages.
- CHANGELOG.md and CONTRIBUTING.md, which stand at the root of the repository, are pages.
- Each verb of the command line has a page of its options, and each room that users import from one of its API. They are written while the
  site is built, from the help texts and, by mkdocstrings, from the docstrings, so that they cannot be stale.
- A link to a file of the repository leads to a copy of it, so that the site is complete without a network.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.building.command_line import command_pages
from tests.support.rooms import PUBLIC_ROOMS

REPOSITORY: Final = Path(__file__).parents[2]
ROOT_PAGES: Final = {name: name.lower() for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md") if (REPOSITORY / name).is_file()}
"""Pages at the root of the repository, and where the site has them."""
GENERATED: Final = {
    "reference/cli/": command_pages(),
    "reference/api/": {room: f"# {room}\n\n::: {room}\n" for room in PUBLIC_ROOMS},
}
"""Folders of pages that no file holds: name to text."""
_TABLE_CODE: Final = re.compile(r"(?<=[| ])`[^`\n]*\\\|[^`\n]*`")
"""Code in a cell with an escaped bar: a repository browser removes the backslash, and Python's Markdown shows it."""
_SHOWN_AS: Final = {"README.md": "docs/index.md"}
"""What the landing page of the site replaces."""
_LINK: Final = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?(?=\))")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Replace each folder of the navigation by its pages."""
    config.nav = _expanded(config.nav, Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not stand in docs/."""
    for name, page in ROOT_PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(REPOSITORY / name)))
    for folder, pages in GENERATED.items():
        for name, text in pages.items():
            files.append(File.generated(config, f"{folder}{name}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to files that are no pages lead to copies of them."""
    shown = page.file.src_uri
    source = next((name for name, root in ROOT_PAGES.items() if root == shown), f"docs/{shown}")

    def replaced(link: re.Match[str]) -> str:
        before, target, anchor = link.group(1), link.group(2), link.group(3) or ""
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        uri = _uri_of(place, config, files)
        return link.group(0) if uri is None else f"{before}{posixpath.relpath(uri, posixpath.dirname(shown) or '.')}{anchor}"

    return _TABLE_CODE.sub(lambda code: code.group().replace("\\|", "|"), _LINK.sub(replaced, markdown))


def _expanded(nav: Any, docs: Path) -> Any:  # noqa: ANN401 - the tree as YAML has it
    if isinstance(nav, dict):
        return {title: _expanded(inner, docs) for title, inner in nav.items()}
    if isinstance(nav, list):
        entries: list[Any] = []
        for each in nav:
            entries.extend(_pages(each, docs) if _is_folder(each) else [_expanded(each, docs)])
        return entries
    return _pages(nav, docs) if _is_folder(nav) else nav


def _is_folder(entry: object) -> bool:
    return isinstance(entry, str) and entry.endswith("/")


def _pages(folder: str, docs: Path) -> list[str]:
    """The index of *folder*, the pages that it links to in their order, then the others by name."""
    if folder in GENERATED:
        return [f"{folder}{name}.md" for name in GENERATED[folder]]
    names = sorted(path.name for path in (docs / folder).glob("*.md"))
    index = next(name for name in ("index.md", "README.md") if name in names)
    linked = [target for _, target, _ in _LINK.findall((docs / folder / index).read_text(encoding="utf-8"))]
    names.sort(key=lambda name: (name != index, linked.index(name) if name in linked else len(linked)))
    return [f"{folder}{name}" for name in names]


def _uri_of(place: str, config: MkDocsConfig, files: Files) -> str | None:
    """The address in the site of the file *place* of the repository, copied where it is no part of the site; None where there is none."""
    place = _SHOWN_AS.get(place, place)
    own = ROOT_PAGES.get(place) or place.removeprefix("docs/")
    if place.startswith("..") or own in files.src_uris:
        return None if place.startswith("..") else own
    path = REPOSITORY / place
    if not path.exists():
        return None  # mkdocs tells of it
    uri = f"source/{place}.txt"
    if uri not in files.src_uris:
        content = "\n".join(sorted(each.name for each in path.iterdir())) if path.is_dir() else path.read_text(encoding="utf-8")
        files.append(File.generated(config, uri, content=content))
    return uri
