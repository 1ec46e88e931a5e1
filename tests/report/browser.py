"""A page in a real Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")
PATIENCE = 60_000  # milliseconds to wait for the figures of a page
HEIGHT = 1000  # pixels of the window
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"


@dataclass
class Seen:
    """What the browser saw: the state the page's script gives, requests to the network, complaints in the console."""

    state: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answer: Any = None


class Chromium:
    """A browser that stays open. It lives in a thread of its own: where Playwright runs, asyncio cannot run again."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._thread.submit(self._open, path).result()

    def _open(self, path: str) -> None:
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=FLAGS)

    def do(self, what: Callable[[Browser], T]) -> T:
        """``what`` comes of it where the browser lives."""
        return self._thread.submit(what, self._browser).result()

    def look(self, page: Path, width: int, ask: str | Callable[[Page], Any] = "null") -> Seen:
        """Open ``page`` in a window ``width`` pixels wide, wait for its figures and evaluate ``ask``, JavaScript or a
        function of the page.
        """

        def see(browser: Browser) -> Seen:
            seen = Seen()
            with browser.new_page(viewport={"width": width, "height": HEIGHT}) as tab:
                tab.on("request", lambda request: seen.requests.append(request.url))
                tab.on("pageerror", lambda error: seen.complaints.append(str(error)))
                tab.on("console", lambda message: seen.complaints.append(message.text))
                tab.goto(page.resolve().as_uri())
                seen.state = state_of(tab)
                seen.answer = tab.evaluate(ask) if isinstance(ask, str) else ask(tab)
            return seen

        return self.do(see)

    def close(self) -> None:
        """End the browser and its thread."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()


def state_of(tab: Page) -> str:
    """What the page's script says once all is drawn that is seen."""
    tab.wait_for_selector("html[data-state]", state="attached", timeout=PATIENCE)
    tab.evaluate(SETTLED)
    return tab.locator("html").get_attribute("data-state") or ""
