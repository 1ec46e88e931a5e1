"""A page in a real Chromium, by the DevTools protocol (choreographer comes with Kaleido)."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import choreographer

PATIENCE = 60.0  # seconds to wait for the figures of a page


@dataclass
class Seen:
    """What the browser saw: the state the page's script gives, requests to the network, complaints in the console."""

    state: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answer: Any = None
    picture: bytes = b""


def look(page: Path, width: int, ask: str = "null", *, browser: str, shoot: bool = False, height: int = 1000) -> Seen:
    """Open ``page`` in a window ``width`` pixels wide, wait for its figures and evaluate ``ask`` (JavaScript)."""
    return asyncio.run(_look(page, width, ask, browser, shoot, height))


async def _look(page: Path, width: int, ask: str, browser: str, shoot: bool, height: int) -> Seen:
    seen = Seen()

    async def on_request(message: Any) -> None:
        seen.requests.append(message["params"]["request"]["url"])

    async def on_exception(message: Any) -> None:
        seen.complaints.append(json.dumps(message["params"]["exceptionDetails"])[:500])

    async def on_log(message: Any) -> None:
        seen.complaints.append(json.dumps(message["params"]["entry"])[:500])

    async with choreographer.Browser(path=browser, headless=True, enable_sandbox=False) as opened:
        tab = await opened.create_tab("about:blank")
        tab.subscribe("Network.requestWillBeSent", on_request)
        tab.subscribe("Runtime.exceptionThrown", on_exception)
        tab.subscribe("Log.entryAdded", on_log)
        for domain in ("Network", "Runtime", "Log", "Page"):
            await tab.send_command(f"{domain}.enable")
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await tab.send_command("Emulation.setDeviceMetricsOverride", screen)
        await tab.send_command("Emulation.setScrollbarsHidden", {"hidden": True})
        await tab.send_command("Page.navigate", {"url": page.resolve().as_uri()})
        for _ in range(int(PATIENCE / 0.1)):
            seen.state = await _ask(tab, "document.documentElement.dataset.state || ''") or ""
            if seen.state:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        seen.answer = await _ask(tab, ask)
        if shoot:
            shot = await tab.send_command("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
            seen.picture = base64.b64decode(shot["result"]["data"])
    return seen


async def _ask(tab: Any, script: str) -> Any:
    answer = await tab.send_command(
        "Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True}
    )
    return answer["result"]["result"].get("value")
