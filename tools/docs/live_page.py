"""The picture of the live page: ``python -m tools.docs.live_page`` (needs a Chromium and Playwright)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from sim.live.serve import Served, desk_of
from sim.report.html import stills
from sim.study.how import How
from tools.docs.documents import ROOT
from tools.docs.reference import keep_picture

PICTURE = ROOT / "docs" / "explore.png"
SCENARIO, WORLDS = "six-dragons", 4096
ASKED = {"set": "assumptions.exchange.window=0@2025-07..2027-01", "firm": "moonshot"}
WIDTH, HEIGHT = 1400, 1150
PATIENCE = 120_000  # milliseconds


def photograph(address: str, browser: str, shot: Path) -> None:
    """Take a picture of the page at ``address`` once it has answered."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        page.wait_for_selector("html[data-state=answered]", state="attached", timeout=PATIENCE)
        page.screenshot(path=shot)
        chromium.close()


if __name__ == "__main__":
    found = stills.browser()
    if found is None:
        sys.exit("no Chromium found: the picture is the old one")
    with tempfile.TemporaryDirectory() as place:
        served = Served(desk_of(SCENARIO, (), WORLDS, None, Path(place), How()))
        served.begin()
        photograph(f"{served.address}?{urlencode(ASKED)}", found, Path(place) / "shot.png")
        served.close()
        keep_picture(Path(place) / "shot.png", PICTURE)
    print(f"{PICTURE.stat().st_size:>9,}  {PICTURE.relative_to(ROOT)}")
