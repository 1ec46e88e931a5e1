"""The page in a real browser: what is moved, what is seen, what stays, and that everybody can use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from running import FEW, WORLDS, serving

import sim
from sim.words.numbers import percent

if TYPE_CHECKING:
    from browser import Chromium
    from playwright.sync_api import Page

WAIT = 60_000  # milliseconds for an answer in all worlds
SCALE = "assumptions.scale.strength"
LISTING = "assumptions.listing.strength"
WINDOW = "assumptions.exchange.window"
MOVE = """
  const control = document.querySelector("[data-path='%s'] input[type=range]");
  control.value = '%s';
  control.dispatchEvent(new Event('input'));
  control.dispatchEvent(new Event('change'));
"""
ANSWERED = "html[data-state=answered][data-worlds='%d']"
SEEN = """
() => {
  window.seen = [];
  const headline = document.getElementById('headline');
  new MutationObserver(() => window.seen.push(headline.textContent)).observe(headline, {childList: true});
}
"""
LATE = """
() => {
  const real = window.fetch;
  const old = 'event: told\\ndata: {"sentences": ["OLD"], "note": "", "worlds": 1, "of": 2, "last": false}\\n\\n';
  const say = stream => { stream.enqueue(new TextEncoder().encode(old)); stream.close(); window.late = true; };
  window.fetch = (url, options) => {
    if (url !== 'answer') { return real(url, options); }
    window.fetch = real;
    return Promise.resolve(new Response(new ReadableStream({ start: stream => { setTimeout(say, 700, stream); } })));
  };
}
"""
FLICKER = "() => [...document.querySelectorAll('#sections .plot')].filter(plot => plot.kept).length"
LETTER = "one => parseFloat(getComputedStyle(one).fontSize)"
SIZES = ((420, "light"), (1280, "dark"), (1920, "light"))


def answered(tab: Page) -> None:
    """Wait until all worlds have answered what was asked last."""
    tab.wait_for_timeout(150)  # until it is asked
    tab.wait_for_selector(ANSWERED % WORLDS, state="attached", timeout=WAIT)


def headline(tab: Page) -> str:
    return tab.locator("#headline").inner_text()


def left(tab: Page) -> dict[str, list[str]]:
    """Firm -> what stands in its cells of the first table."""
    rows = tab.locator("#table-left tbody tr").all()
    return {
        row.locator("th").inner_text().strip(): [cell.inner_text() for cell in row.locator("td").all()] for row in rows
    }


def move(tab: Page, path: str, value: str) -> None:
    """Move a control, as a hand does."""
    tab.evaluate(f"() => {{ {MOVE % (path, value)} }}")


def on_page(chromium: Chromium, address: str, do: Any, width: int = 1280) -> Any:
    """What ``do(tab)`` gives of the page at ``address``, once it has answered; the page complains of nothing."""

    def see(browser: Any) -> Any:
        complaints: list[str] = []
        with browser.new_page(viewport={"width": width, "height": 1000}) as tab:
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            tab.goto(address)
            answered(tab)
            found = do(tab)
        assert complaints == []
        return found

    return chromium.do(see)


def test_a_dial_changes_the_sentence_and_the_numbers_are_those_of_the_command(served, chromium):
    def do(tab: Page) -> tuple[str, str, dict[str, list[str]], str]:
        before = headline(tab)
        move(tab, SCALE, "0")
        answered(tab)
        return before, headline(tab), left(tab), tab.url

    before, after, cells, url = on_page(chromium, served.address, do)
    asked = sim.what_if(sim.load("six-dragons", FEW), [f"{SCALE}=0"], worlds=WORLDS)
    assert before != after == f"{asked.headline[0]}."
    base, variant = (run.outcomes.headline.set_index("firm")["independent"] for run in asked.runs())
    for firm in asked.scenario.firms:
        if firm.kind == "startup":
            assert cells[firm.name][0].startswith(percent(base[firm.id]))
            assert cells[firm.name][1].startswith(percent(variant[firm.id]))
            rows = asked.differences.query("firm == @firm.id and quantity == 'independent' and date == '2025-12'")
            difference = 100 * float(rows["difference"].iloc[0])
            assert (
                cells[firm.name][2]
                .replace("−", "-")
                .startswith(f"{difference:+.1f}" if abs(difference) >= 0.05 else "0.0")
            )
    assert "assumptions.scale.strength%3D0" in url


def test_of_a_quick_drag_only_the_last_answer_is_seen(served, chromium):
    def do(tab: Page) -> tuple[list[str], str]:
        for value in ("2.9", "2.6", "2.3", "2", "1.7", "1.4"):
            move(tab, LISTING, value)
            tab.wait_for_timeout(15)
        tab.wait_for_timeout(200)  # the server is at work on it
        tab.evaluate(f"() => {{ ({SEEN})(); {MOVE % (LISTING, '0.6')} }}")
        answered(tab)
        return tab.evaluate("window.seen"), headline(tab)

    seen, last = on_page(chromium, served.address, do)
    asked = sim.what_if(sim.load("six-dragons", FEW), [f"{LISTING}=0.6"], worlds=WORLDS).headline[0]
    assert last == f"{asked}." and seen and all("listing) to 0.6" in sentence for sentence in seen), seen


def test_an_older_answer_that_comes_late_is_not_shown(served, chromium):
    def do(tab: Page) -> tuple[list[str], str]:
        tab.evaluate(LATE)
        move(tab, LISTING, "1.4")
        tab.wait_for_timeout(150)  # asked: its answer comes late
        tab.evaluate(f"() => {{ ({SEEN})(); {MOVE % (LISTING, '0.6')} }}")
        answered(tab)
        tab.wait_for_function("window.late")
        tab.wait_for_timeout(200)
        return tab.evaluate("window.seen"), tab.locator("html").get_attribute("data-state") or ""

    seen, state = on_page(chromium, served.address, do)
    assert seen and all("listing) to 0.6" in sentence for sentence in seen) and state == "answered"


def test_the_address_holds_all_that_is_asked(served, chromium):
    def do(tab: Page) -> list[Any]:
        steps = [headline(tab)]
        move(tab, SCALE, "0")
        answered(tab)
        steps.append(headline(tab))
        tab.select_option("#focus", "moonshot")
        answered(tab)
        chapters = tab.locator("#sections > section").evaluate_all("all => all.map(one => one.dataset.section)")
        assert chapters[:4] == ["left", "survival", "firm-moonshot", "causes"]
        assert tab.locator(".stale").count() == 0
        steps.append(headline(tab))
        tab.fill("#pin-name", "no first law")
        tab.click("#pin")
        answered(tab)
        small = tab.locator("#figure-startups-left .xtick text").first.evaluate(LETTER)
        tab.locator("#large").click()
        tab.wait_for_timeout(300)
        assert tab.locator("#figure-startups-left .xtick text").first.evaluate(LETTER) > 1.3 * small
        steps.append(headline(tab))
        url = tab.url
        tab.reload()
        answered(tab)
        steps.append(headline(tab))
        assert tab.url == url and tab.locator("#pinned li").count() == 1
        assert "large" in (tab.locator("html").get_attribute("class") or "")
        assert tab.locator("#table-left thead th").count() == 4
        for _ in range(3):  # the large type, the pin, the focus
            tab.go_back()
        answered(tab)
        steps.append(headline(tab))
        assert tab.locator(f"[data-path='{SCALE}']").first.get_attribute("class") == "control dial changed"
        tab.go_forward()
        answered(tab)
        steps.append(headline(tab))
        tab.click("#reset")
        answered(tab)
        return [*steps, headline(tab), tab.url]

    base, changed, focused, pinned, again, back, forward, reset, url = on_page(chromium, served.address, do)
    assert len({base, changed, focused}) == 3 and "Moonshot" in focused
    assert pinned == again and back == changed and forward == focused
    assert reset != focused and "set=" not in url


def test_figures_are_drawn_over_and_what_is_open_stays_open(served, chromium):
    def do(tab: Page) -> tuple[int, int, bool, str]:
        tab.evaluate("document.querySelectorAll('#sections .plot').forEach(plot => { plot.kept = true; })")
        before = tab.evaluate(FLICKER)
        tab.locator("#switch-survival .choice").nth(1).click()
        move(tab, "assumptions.vertical.strength", "0")
        answered(tab)
        pressed = tab.locator("#switch-survival .choice").nth(1).get_attribute("aria-pressed") == "true"
        return before, tab.evaluate(FLICKER), pressed, tab.locator("#sections").get_attribute("aria-busy")

    before, after, pressed, busy = on_page(chromium, served.address, do)
    assert after >= 0.8 * before > 0 and pressed and busy == "false"


def test_two_tabs_ask_different_things(served, chromium):
    def see(browser: Any) -> list[str]:
        with browser.new_page() as one, browser.new_page() as other:
            one.goto(f"{served.address}?set={SCALE}%3D0")
            other.goto(f"{served.address}?set={SCALE}%3D2")
            answered(one)
            answered(other)
            return [headline(one), headline(other)]

    one, other = chromium.do(see)
    assert "switching the first iron law (scale) off" in one.lower() and " to 2 " in other


def test_a_lost_server_is_said(chromium, tmp_path: Path):
    serving_one = serving(tmp_path)
    served = next(serving_one)

    def see(browser: Any) -> tuple[bool, str, str]:
        with browser.new_page() as tab:
            tab.goto(served.address)
            answered(tab)
            before = tab.locator("#lost").is_visible()
            next(serving_one, None)  # it ends
            move(tab, SCALE, "0")
            tab.wait_for_selector("#lost:not([hidden])", timeout=WAIT)
            return before, tab.locator("#lost").inner_text(), tab.locator("#table-left").inner_text()

    before, said, kept = chromium.do(see)
    assert not before and "The server does not answer" in said and "Zhipu" in kept


def test_what_is_wrong_is_said_on_the_page(served, chromium):
    def do(tab: Page) -> tuple[str, str, str]:
        tab.fill("#search", "cash zhipu")
        counted = tab.locator("#found-count").inner_text()
        tab.locator("#found button", has_text="firms.zhipu.cash").click()
        field = tab.locator("[data-path='firms.zhipu.cash'] input[type=number]")
        field.fill("-5")
        tab.wait_for_selector("#wrong:not([hidden])", timeout=WAIT)
        said = tab.locator("#wrong").inner_text()
        field.fill("500")
        answered(tab)
        return counted, said, tab.locator("#wrong").get_attribute("hidden")

    counted, said, hidden = on_page(chromium, served.address, do)
    assert " of " in counted and "firms.zhipu.cash" in said and "allowed" in said and hidden is not None


def test_keys_alone_do_it(served, chromium):
    def do(tab: Page) -> tuple[str, str]:
        control = tab.locator(f"[data-path='{SCALE}'] input[type=range]")
        for _ in range(12):
            tab.keyboard.press("Tab")
            if control.evaluate("one => one === document.activeElement"):
                break
        tab.keyboard.press("Home")
        answered(tab)
        put_back = tab.locator(f"[data-path='{SCALE}'] button")
        tab.keyboard.press("Tab")
        assert put_back.evaluate("one => one === document.activeElement")
        after = headline(tab)
        tab.keyboard.press("Enter")
        answered(tab)
        return after, tab.url

    after, url = on_page(chromium, served.address, do)
    assert "first iron law" in after and "set=" not in url


def test_a_dated_lever_and_a_decision(served, chromium):
    def do(tab: Page) -> tuple[str, str, str]:
        move(tab, WINDOW, "0")
        tab.locator(f"[data-path='{WINDOW}'] input[type=month]").nth(1).fill("2025-03")
        tab.select_option("#decider", "moonshot")
        tab.locator("[data-path='firms.moonshot.pivots'] select").select_option("never")
        answered(tab)
        tab.wait_for_function("document.getElementById('command').value.includes('pivots')")
        return tab.input_value("#command"), tab.locator("#changed").inner_text(), headline(tab)

    command, changed, said = on_page(chromium, served.address, do)
    assert f"--set {WINDOW}=0@2023-07..2025-03 --set firms.moonshot.pivots=never" in command
    assert "from 2023-07 to 2025-03" in changed and "never" in changed and "Moonshot" in said


@pytest.mark.parametrize("form", ["csv", "png", "svg"])
def test_a_figure_can_be_taken_away(served, chromium, form):
    def do(tab: Page) -> tuple[str, bytes]:
        with tab.expect_download() as taken:
            tab.locator(f"#figure-startups-left .take[data-form={form}]").click()
        return taken.value.suggested_filename, Path(taken.value.path()).read_bytes()

    name, content = on_page(chromium, f"{served.address}?set={SCALE}%3D0", do)
    assert name == f"startups-left.{form}"
    begins = {"csv": "\ufeff".encode(), "png": b"\x89PNG", "svg": b"<svg"}
    assert content.startswith(begins[form]) or form == "csv"


def test_the_page_is_for_everybody(served, chromium):
    """Every width, light and dark, large type: axe-core finds nothing, and nothing is wider than the window."""
    pytest.importorskip("axe_playwright_python", reason="axe-core comes with the extra: pip install 'shakeout[test]'")

    def do(tab: Page) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        faults = []
        tab.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        tab.fill("#search", "cash")
        for width, scheme in SIZES:
            tab.set_viewport_size({"width": width, "height": 1000})
            tab.emulate_media(color_scheme=scheme)
            if width == SIZES[-1][0]:
                tab.locator("#large").click()
            tab.wait_for_timeout(300)
            tab.evaluate("document.querySelectorAll('.plot svg').forEach(drawing => drawing.remove())")
            tab.evaluate(
                "document.querySelectorAll('tbody').forEach(b => [...b.rows].slice(12).forEach(r => r.remove()))"
            )
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{width}: wider than the window")
            found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
            faults += [f"{width}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]
        return faults

    asked = f"{served.address}?set={WINDOW}%3D0%402024-07&variant=cold%3A+assumptions.climate.regime%3D2&firm=moonshot"
    assert on_page(chromium, asked, do) == []
