"""Pictures of the page for the documentation: `make screenshots` writes docs/images/page-*.png.

What is asked is of `fixtures/`, and judged at the instant at which it was issued, so a picture changes only with the page.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.browser import chromium, visiting
from tests.support.paths import ACCOUNT_DIRECTORY, REPOSITORY
from tests.support.server import serve
from tests.support.visits import ask, token

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES: Final = REPOSITORY / "docs" / "images"
LARGEST: Final = 200_000
"""Octets of one picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows.

    Attributes:
        asked: A token of `tests.support.visits.TOKENS`; empty for the page before anything is asked.
        unfolded: Ids of the parts that are unfolded.
        part: The id of the part that is shown alone; empty for the whole page.
        scheme: Colours, ``light`` or ``dark``.
        width: Pixels.
        height: Pixels at most.
    """

    asked: str
    unfolded: tuple[str, ...] = ()
    part: str = ""
    scheme: str = "light"
    width: int = 1280
    height: int = 1100


PICTURES: Final = {
    "empty": Picture("", height=900),
    "refused": Picture("refused"),
    "refused-dark": Picture("refused", scheme="dark"),
    "refused-narrow": Picture("refused", width=360, height=1400),
    "granted": Picture("saml", height=900),
    "signed": Picture("saml", unfolded=("message",), part="message", height=1200),
    "signed-dark": Picture("saml", unfolded=("message",), part="message", scheme="dark", height=1200),
    "policy": Picture("refused", part="policy-of-role"),
}


def main() -> None:
    """Write all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        running = serve(Path(folder) / "access.log", account=ACCOUNT_DIRECTORY.relative_to(REPOSITORY))
        try:
            for name, picture in PICTURES.items():
                size = {"width": picture.width, "height": 900}
                with visiting(browser, running.url, viewport=size, color_scheme=picture.scheme) as visitor:
                    octets = taken(visitor.page, picture)
                (IMAGES / f"page-{name}.png").write_bytes(smaller(octets))
        finally:
            running.stop()


def taken(page: Page, picture: Picture) -> bytes:
    page.goto("/")
    if picture.asked:
        ask(page, token(picture.asked))
    for each in picture.unfolded:
        page.locator(f"#{each} > summary").click()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0); document.getElementById('pasted').scrollTop = 0")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": picture.width, "height": tall})  # what sticks to the window would be cut
    box = page.locator(f"#{picture.part}").bounding_box() if picture.part else {"x": 0, "y": 0, "width": picture.width, "height": tall}
    assert box is not None
    return page.screenshot(clip={**box, "height": min(box["height"], picture.height)})


def smaller(octets: bytes) -> bytes:
    """Return the picture with a palette, where pngquant is installed; it must not be larger than `LARGEST`."""
    if shutil.which("pngquant") is not None:
        octets = subprocess.run(["pngquant", "--quality=80-100", "--strip", "-"], input=octets, capture_output=True, check=True).stdout
    assert len(octets) <= LARGEST, "a picture is too large: install pngquant, or show less"
    return octets


if __name__ == "__main__":
    main()
