"""Dark mode: a browser that prefers dark, or darkens pages by itself, loses nothing of a figure."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

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


async def read_in_the_dark(page: Path, chromium: str) -> tuple[dict[str, Any], str, str]:
    """What the page says of its texts, and its picture as it is and where the browser would darken it."""
    choreographer = pytest.importorskip("choreographer")
    async with choreographer.Browser(path=chromium, headless=True, enable_sandbox=False) as opened:
        tab = await opened.create_tab("about:blank")
        await tab.send_command("Page.enable")
        shots = []
        for dark in (False, True):
            dark_media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
            await tab.send_command("Emulation.setEmulatedMedia", {"features": dark_media})
            await tab.send_command("Emulation.setAutoDarkModeOverride", {"enabled": dark})
            await tab.send_command("Page.navigate", {"url": page.resolve().as_uri()})
            for _ in range(600):
                asked = {"expression": "document.documentElement.dataset.state || ''", "returnByValue": True}
                answer = await tab.send_command("Runtime.evaluate", asked)
                if answer["result"]["result"].get("value") == "drawn":
                    break
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.5)
            shot = await tab.send_command("Page.captureScreenshot", {"format": "png"})
            shots.append(shot["result"]["data"])
        read = await tab.send_command("Runtime.evaluate", {"expression": READ, "returnByValue": True})
        return read["result"]["result"]["value"], shots[0], shots[1]


def test_nothing_is_lost_in_the_dark(written: Path, chromium: str):
    read, light, dark = asyncio.run(read_in_the_dark(written / "plots" / "leaders.html", chromium))
    assert light == dark  # to the pixel
    assert set(read["scheme"].split()) == {"only", "light"}
    assert read["titles"] == 2 and read["least"] >= 4.5
