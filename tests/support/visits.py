"""What a person does with the page in a browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.paths import FIXTURES

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECONDS = 20
"""How long an answer may take on a machine that is busy."""
TOKENS = {
    "refused": "oidc/github-branch.jwt",
    "granted": "oidc/github.jwt",
    "saml": "saml/documented.b64",
    "saml refused": "saml/refused/tampered.b64",
    "no provider": "oidc/okta.jwt",
    "opaque": "oauth/documented.token",
}
"""Files of `fixtures/` by what the page says of their tokens."""


def token(name: str) -> str:
    return (FIXTURES / TOKENS[name]).read_text("ascii")


def ask(page: Page, text: str) -> None:
    """Paste *text* into the page that is open, press the button and wait for the answer."""
    page.locator("#pasted").fill(text)
    page.get_by_role("button", name="Judge").click()
    answered(page)


def answered(page: Page) -> str:
    """Wait until nothing is being asked, and return the heading of the answer without its mark."""
    heading = page.locator("#answer:not([aria-busy]) #status").locator("h1, p").first
    return heading.inner_text(timeout=SECONDS * 1000).lstrip("✓✗ ")


@contextmanager
def asking(page: Page) -> Iterator[None]:
    """Wait at the end until what happens inside was asked and answered."""
    with page.expect_response(lambda response: response.request.method == "POST", timeout=SECONDS * 1000):
        yield
    answered(page)


def answers(page: Page, verdict: str) -> None:
    """Wait until the page answers with *verdict*."""
    page.locator("#answer:not([aria-busy]) #status h1").filter(has_text=verdict).wait_for(timeout=SECONDS * 1000)


def drop(page: Page, files: Mapping[str, bytes]) -> None:
    """Drop *files* on the page, as a file manager does: beside every field."""
    made = page.evaluate_handle(
        """files => {
          const carrier = new DataTransfer();
          const read = octets => Uint8Array.from(atob(octets), each => each.charCodeAt(0));
          for (const [name, octets] of files) carrier.items.add(new File([read(octets)], name));
          return carrier;
        }""",
        [[name, base64.b64encode(octets).decode()] for name, octets in files.items()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("header", event, {"dataTransfer": made, "bubbles": True, "cancelable": True})


def paste(page: Page, selector: str, text: str) -> None:
    """Paste *text* with the keyboard's command into the element at *selector*."""
    page.locator(selector).focus()
    page.locator(selector).evaluate(
        """(target, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          if (target.dispatchEvent(event)) document.execCommand("insertText", false, text);
        }""",
        text,
    )
