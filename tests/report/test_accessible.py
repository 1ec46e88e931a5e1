"""Pages of every kind are for everybody: axe-core finds nothing, letters stand out, all is drawn and fits the phone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import small_studies
from browser import HEIGHT, Chromium
from small_studies import HAZARD, KINDS, duel
from test_report_colours import READABLE

import sim
from sim.report.html import style

if TYPE_CHECKING:
    from playwright.sync_api import Page

OPEN = """
async () => {
  document.querySelectorAll('details').forEach(box => { box.open = true; });
  document.querySelectorAll('.choice').forEach(button => button.click());
  const undrawn = [...document.querySelectorAll('.plot')].filter(plot => plot.dataset.drawn !== 'yes').length;
  document.querySelectorAll('.view').forEach(view => { view.hidden = false; });
  document.querySelectorAll('.keys').forEach(keys => keys.querySelector('button')?.click());
  await new Promise(done => setTimeout(done, 100));
  return undrawn;
}
"""
LETTERS = """
() => [...document.querySelectorAll('.plot :is(.xtick, .ytick, .xtitle, .ytitle, .annotation-text)')]
  .filter(part => !part.closest('[id^=figure-flows]'))
  .flatMap(part => [part, ...part.querySelectorAll('text, tspan')])
  .filter(part => part.matches('text, tspan') && part.textContent.trim() && part.textContent !== '■')
  .map(part => getComputedStyle(part).fill)
"""  # numbers in a matrix of fates stand upon colours: test_report_colours knows them
SAMPLE = """
() => {
  document.querySelectorAll('tbody').forEach(body => [...body.rows].slice(%d).forEach(row => row.remove()));
  document.querySelectorAll('.plot svg').forEach(drawing => drawing.remove());
}
"""  # rows of a table are alike, and axe cannot tell what lies below the letters of a drawing: it would take a minute
ROWS = 12
WIDE, PHONE = 1280, 420


def examined(tab: Page) -> dict[str, Any]:
    """What axe-core says at each width once every fold and every choice is open; colours of the figures' letters."""
    from axe_playwright_python.sync_playwright import Axe

    wide, undrawn = tab.evaluate("document.documentElement.scrollWidth"), tab.evaluate(OPEN)
    letters = set(tab.evaluate(LETTERS))
    tab.evaluate(SAMPLE % ROWS)
    faults = []
    for width, scheme in ((PHONE, "dark"), (WIDE, "light")):
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        tab.emulate_media(color_scheme=scheme)
        found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
        faults += [f"{width}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]
    return {"wide": wide, "undrawn": undrawn, "letters": letters, "faults": faults}


def contrast_with_paper(fill: str) -> float:
    """Contrast of "rgb(29, 38, 48)" with white."""
    return style.contrast("#" + "".join(f"{int(part):02x}" for part in fill[4:-1].split(",")), style.WHITE)


def assert_for_everybody(page: Path, chromium: Chromium) -> str:
    """What the page's script says in the end."""
    pytest.importorskip("axe_playwright_python", reason="axe-core comes with the extra: pip install 'shakeout[test]'")
    seen = chromium.look(page, PHONE, examined)
    assert seen.answer["faults"] == []
    assert [fill for fill in seen.answer["letters"] if contrast_with_paper(fill) < READABLE] == []
    assert [text for text in seen.complaints if "ERR_FILE_NOT_FOUND" not in text] == []
    assert seen.answer["wide"] <= PHONE
    assert all(request.startswith(("file:", "data:")) for request in seen.requests)
    assert seen.answer["undrawn"] == 0
    return seen.state


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_for_everybody(studies: dict[str, Path], chromium: Chromium, kind: str):
    """On a phone whose owner prefers dark pages, and on a wide light screen."""
    assert assert_for_everybody(studies[kind], chromium) == "drawn"


def test_a_figure_is_for_everybody(written: Path, tmp_path: Path, chromium: Chromium):
    """A page with one figure, drawn, and where plotly.js is missing as a table of its numbers."""
    page = written / "plots" / "fates.html"
    assert assert_for_everybody(page, chromium) == "drawn"
    assert assert_for_everybody(Path(shutil.copy(page, tmp_path)), chromium) == "missing"


def test_names_are_text(studies: dict[str, Path]):
    for page in studies.values():
        html = page.read_text(encoding="utf-8")
        for evil in ("<img src=x", "<i>may", "<b>of"):
            assert evil not in html


def test_equal_studies_give_equal_pages(studies: dict[str, Path], tmp_path: Path):
    again = sim.sweep(duel(), {HAZARD: (0, 0.1, 3)}, jobs=1, out=tmp_path)
    assert (again.folder / "sweep.html").read_bytes() == studies["curves"].read_bytes()


def test_every_kind_of_page_is_looked_at(studies: dict[str, Path]):
    from test_pages_by_kind import ANSWERS

    assert tuple(studies) == small_studies.KINDS
    assert {page.name for page in studies.values()} == {answer.KIND.page for answer in ANSWERS}
