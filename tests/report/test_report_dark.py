"""Dark mode: a browser that prefers dark, or darkens pages by itself, loses nothing of a figure."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser import Chromium, state_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

READ = """
(() => {
  const light = text => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255);
    const linear = parts.map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = getComputedStyle(document.body).backgroundColor;
  const titles = [...document.querySelectorAll('.xtitle, .ytitle, .xtick text, .ytick text')];
  return {
    scheme: getComputedStyle(document.documentElement).colorScheme,
    titles: document.querySelectorAll('.xtitle, .ytitle').length,
    least: Math.min(...titles.map(title => contrast(getComputedStyle(title).fill, paper))),
  };
})()
"""


def read_in_the_dark(page: Path, browser: Browser) -> tuple[dict[str, Any], bytes, bytes]:
    """What the page says of its texts, and its picture as it is and where the browser would darken it."""
    shots = []
    with browser.new_page() as tab:
        for dark in (False, True):
            tab.emulate_media(color_scheme="dark" if dark else "light")
            tab.context.new_cdp_session(tab).send("Emulation.setAutoDarkModeOverride", {"enabled": dark})
            tab.goto(page.resolve().as_uri())
            assert state_of(tab) == "drawn"
            shots.append(tab.screenshot())
        return tab.evaluate(READ), *shots


def test_nothing_is_lost_in_the_dark(written: Path, chromium: Chromium):
    read, light, dark = chromium.do(partial(read_in_the_dark, written / "plots" / "leaders.html"))
    assert light == dark  # to the pixel
    assert set(read["scheme"].split()) == {"only", "light"}
    assert read["titles"] == 2 and read["least"] >= 4.5
