"""The README on the page of an index, and the Project-URLs, with an address and without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from release.metadata import ELSEWHERE, AddressHook, index_page, project_urls
from tests.support.paths import REPOSITORY

ADDRESS: Final = "https://git.example/acme/federation"
PAGE: Final = """# Title

See [the *server*](docs/server.md "title"), [above](#title) and [RFC](https://rfc.example/7519).
[![A screen](docs/images/page.png)](docs/audit.md) ![Logo](./logo.svg)
<picture><source media="(prefers-color-scheme: dark)" srcset="docs/dark.png"><img src="docs/light.png" alt="The page"></picture>
<a href="docs/lint.md">lint</a>, and `[no](CHANGELOG.md)` in code.

```md
[kept](SECURITY.md)
```
"""
ALONE: Final = """# Title

See the *server*, above and [RFC](https://rfc.example/7519).
A screen Logo
The page
lint, and `[no](CHANGELOG.md)` in code.

```md
[kept](SECURITY.md)
```
"""


def targets(text: str) -> Iterator[str]:
    """Where the links and images of a page lead, as a parser of Markdown reads it."""

    def walk(tokens: list[Token]) -> Iterator[str]:
        for token in tokens:
            yield from (str(token.attrs[name]) for name in ("href", "src") if name in token.attrs)
            yield from walk(token.children or [])

    return walk(MarkdownIt().parse(text))


def test_without_an_address_what_leads_into_the_repository_is_text() -> None:
    assert index_page(PAGE, "", "1.2.3") == ALONE


def test_with_an_address_everything_leads_to_the_files_of_the_release() -> None:
    page = index_page(PAGE, ADDRESS, "1.2.3")
    assert list(targets(page)) == [
        f"{ADDRESS}/blob/v1.2.3/docs/server.md",
        f"{ADDRESS}/blob/v1.2.3/README.md#title",
        "https://rfc.example/7519",
        f"{ADDRESS}/blob/v1.2.3/docs/audit.md",
        f"{ADDRESS}/raw/v1.2.3/docs/images/page.png",
        f"{ADDRESS}/raw/v1.2.3/logo.svg",
    ]
    assert f'srcset="{ADDRESS}/raw/v1.2.3/docs/dark.png"' in page
    assert f'<img src="{ADDRESS}/raw/v1.2.3/docs/light.png"' in page
    assert f'<a href="{ADDRESS}/blob/v1.2.3/docs/lint.md">lint</a>, and `[no](CHANGELOG.md)` in code.' in page
    assert "[kept](SECURITY.md)" in page


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_no_target_of_our_readme_is_relative(address: str) -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert any(not ELSEWHERE.match(target) for target in targets(text))
    assert [target for target in targets(index_page(text, address, "1.2.3")) if not ELSEWHERE.match(target)] == []


def test_a_page_of_an_unfinished_code_block_stays_as_it_is() -> None:
    assert index_page("```\n[a](b)\n", "", "1") == "```\n[a](b)\n"
    assert index_page("````\n```\n[a](b)\n````\n[a](b)\n", "", "1") == "````\n```\n[a](b)\n````\na\n"


def hook(address: str) -> AddressHook:
    return AddressHook(str(REPOSITORY), {"address": address})


def test_the_project_has_urls_where_it_has_an_address() -> None:
    metadata: dict[str, object] = {"version": "1.2.3"}
    hook("").update(metadata)
    assert metadata["urls"] == project_urls("", "1.2.3") == {}
    hook(ADDRESS).update(metadata)
    assert metadata["urls"] == project_urls(ADDRESS, "1.2.3")
    assert project_urls(ADDRESS, "1.2.3")["Changelog"] == f"{ADDRESS}/blob/v1.2.3/CHANGELOG.md"


@pytest.mark.parametrize(
    "address", ["http://git.example/a/b", "https://git.example", f"{ADDRESS}/", "git.example/a", "https://git.example/a b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="expected an https URL"):
        hook(address).update({"version": "1.2.3"})


@pytest.mark.parametrize("file", ["CHANGELOG.md", "SECURITY.md", "docs"])
def test_what_a_url_leads_to_is_there(file: str) -> None:
    assert any(url.endswith(f"/v1/{file}") for url in project_urls(ADDRESS, "1").values())
    assert Path(REPOSITORY, file).exists()
