"""The page in a real browser, wide and narrow; and pictures as PNG and SVG."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from browser import Chromium

from sim.report.html import stills
from sim.report.html.write import document_of
from sim.report.pictures import survival
from sim.report.run_reader import reader_of

MEASURE = """
(() => {
  const plots = [...document.querySelectorAll('.plot')].filter(p => p.offsetWidth > 0);
  const svgs = plots.map(p => p.querySelector('svg.main-svg'));
  return {
    plots: plots.length,
    undrawn: svgs.filter(s => !s).length,
    overflowing: plots.filter((p, i) => svgs[i] && svgs[i].clientWidth > p.clientWidth + 1).map(p => p.id),
    wide: document.documentElement.scrollWidth,
    hidden: document.querySelectorAll('.view[hidden] .plot').length,
    trouble: document.getElementById('trouble').hidden,
  };
})()
"""

SWITCHES = """
(async () => {
  const pause = () => new Promise(done => setTimeout(done, 400));
  const second = document.querySelectorAll('#switch-survival .choice')[1];
  second.click();
  await pause();
  const general = document.getElementById('plot-survival-general-1');
  const key = document.querySelector('#figure-survival-general button.key');
  key.click();
  await pause();
  const off = general.data.filter(t => t.legendgroup === key.dataset.group).map(t => t.visible);
  key.click();
  await pause();
  const on = general.data.filter(t => t.legendgroup === key.dataset.group).map(t => t.visible);
  return {
    drawn: general.querySelector('svg.main-svg') !== null,
    pressed: second.getAttribute('aria-pressed'),
    first: document.getElementById('plot-survival-independent-1').offsetWidth,
    off, on,
  };
})()
"""


@pytest.mark.parametrize("width", [1400, 420])
def test_page_draws_without_complaint_and_without_the_network(written: Path, chromium: Chromium, width: int):
    seen = chromium.look(written / "report.html", width, MEASURE)
    assert seen.state == "drawn"
    assert seen.complaints == []
    assert [address for address in seen.requests if not address.startswith("data:")] == [
        (written / "report.html").resolve().as_uri()
    ]
    assert seen.answer["undrawn"] == 0 and seen.answer["overflowing"] == []
    assert seen.answer["plots"] == 1 + 7 + 2 + 1 + 2 + 1 + 1 + 7 + 2 + 1 + 3
    assert seen.answer["hidden"] == 1 + 1 + 7 + 7
    assert seen.answer["wide"] <= width
    assert seen.answer["trouble"] is True


def test_switch_and_legend_work(written: Path, chromium: Chromium):
    seen = chromium.look(written / "report.html", 1400, SWITCHES)
    assert seen.answer == {"drawn": True, "pressed": "true", "first": 0, "off": [False, False], "on": [True, True]}
    assert seen.complaints == []


PRINTED = """
(async () => {
  const pause = () => new Promise(done => setTimeout(done, 600));
  const drawn = () => [...document.querySelectorAll('.plot')].filter(p => p.offsetWidth > 0);
  const off = plots => plots.filter(p => p.querySelector('svg.main-svg').clientWidth !== p.clientWidth).map(p => p.id);
  window.dispatchEvent(new Event('beforeprint'));
  const sheet = drawn();
  const found = {
    plots: sheet.length,
    right: Math.max(...sheet.map(p => p.getBoundingClientRect().right)),
    across: new Set([...document.querySelectorAll('#figure-fates .plot')].map(p => p.offsetLeft)).size,
    cut: off(sheet),
  };
  window.dispatchEvent(new Event('afterprint'));
  await pause();
  return {...found, after: drawn().length, unrestored: off(drawn())};
})()
"""
LABELS = """
(() => {
  const box = e => e.getBoundingClientRect();
  const texts = [...document.querySelectorAll('.annotation-text, .xtick text')].map(box);
  const dots = [...document.querySelectorAll('.scatterlayer .point')].map(box);
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return {
    texts: document.querySelectorAll('.annotation-text').length,
    dots: dots.length,
    right: Math.max(...texts.map(b => b.right)),
    left: Math.min(...texts.map(b => b.left)),
    overlaps: texts.filter((a, i) => [...texts.slice(i + 1), ...dots].some(b => meet(a, b))).length,
    axis: box(document.querySelector('.xy .gridlayer, .xy')).width,
  };
})()
"""
SHEET = 186 / 25.4 * 96  # pixels across A4 within the margins of run_page.css; Letter is wider


@pytest.mark.parametrize("width", [1400, 420])
def test_a_page_is_printed_as_wide_as_the_sheet(written: Path, chromium: Chromium, width: int):
    """Every figure, those behind a switch too, is drawn anew for the sheet, none is cut; then all is as it was."""
    seen = chromium.look(written / "report.html", width, PRINTED)
    assert seen.complaints == []
    assert seen.answer["plots"] == seen.answer["after"] + 1 + 1 + 7 + 7
    assert seen.answer["cut"] == [] and seen.answer["unrestored"] == []
    assert 600 < seen.answer["right"] <= SHEET
    assert seen.answer["across"] == 3


@pytest.mark.parametrize("name", ["claims", "facts"])
def test_a_ledger_is_readable_on_a_phone(written: Path, run: Any, chromium: Chromium, name: str):
    """Sentences lie within the page, upon no other and upon no dot, and leave the scale its width."""
    seen = chromium.look(written / "plots" / f"{name}.html", 420, LABELS)
    told = getattr(run.outcomes, name)
    assert seen.answer["texts"] == len(told) > 0
    assert seen.answer["dots"] == told["probability"].notna().sum() > 0
    assert seen.answer["left"] >= 0 and seen.answer["right"] <= 420
    assert seen.answer["overlaps"] == 0
    assert seen.answer["axis"] > 300


def test_a_plot_of_its_own_finds_plotly_beside_it(written: Path, chromium: Chromium):
    seen = chromium.look(written / "plots" / "fates.html", 1000, MEASURE)
    assert seen.state == "drawn" and seen.complaints == []
    assert seen.answer["plots"] == 7 and seen.answer["undrawn"] == 0
    assert {address.rsplit("/", 1)[1] for address in seen.requests if not address.startswith("data:")} == {
        "fates.html",
        "plotly.min.js",
    }


def test_png_and_svg(run: Any, tmp_path: Path, chromium: Chromium):
    pytest.importorskip("kaleido", reason="Kaleido is an extra")
    picture = survival.survival_curves(reader_of(run))
    assert stills.write_stills([picture], tmp_path) is None
    png, svg = (tmp_path / f"survival-independent.{form}" for form in ("png", "svg"))
    assert png.read_bytes().startswith(b"\x89PNG") and png.stat().st_size > 20_000
    drawn = svg.read_text(encoding="utf-8")
    assert drawn.startswith("<svg") and "01.AI" in drawn and "n = 2,000 worlds" in drawn.replace(" ", " ")


def test_no_chromium_is_a_plain_message(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "no-such-browser"))
    message = stills.write_stills(document_of(run).pictures, tmp_path)
    assert message is not None and message.startswith("No PNG or SVG: no Chromium was found")
    monkeypatch.delenv("BROWSER_PATH")
    monkeypatch.setenv("PATH", str(tmp_path))
    message = stills.write_stills(document_of(run).pictures, tmp_path)
    assert message is not None and "chromium" in message
    assert not list(tmp_path.glob("*.png"))


def test_no_kaleido_is_a_plain_message(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BROWSER_PATH", sys.executable)
    monkeypatch.setitem(sys.modules, "kaleido", None)
    message = stills.write_stills([survival.survival_curves(reader_of(run))], tmp_path)
    assert message is not None and "Kaleido is not installed" in message


def test_a_browser_that_fails_is_a_plain_message(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("kaleido", reason="Kaleido is an extra")
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    message = stills.write_stills([survival.survival_curves(reader_of(run))], tmp_path)
    assert message is not None and message.startswith(f"No PNG or SVG: the browser at {broken} failed")
