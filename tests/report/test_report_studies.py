"""The pages of sweeps, flip points and sensitivities in a real browser: drawn, offline, no wider than the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import look

import sim
from sim.scenario.load import load_text

TEXT = """
name: duel
title: A duel <b>of</b> "two"
start: 2024-01
end: 2025-06
worlds: 256
seed: 3
firms:
  alpha: {name: "<img src=x onerror=alert(1)>", cash: {uniform: [50, 600]}}
  beta: {name: "月之暗面 🐉", cash: 300}
  giant: {name: Giant, kind: giant}
claims:
  alpha-goes: {says: "Alpha <i>may</i> close", when: {firm: alpha, fate: closed, by: 2025-06}}
"""
FACTS = """
facts:
  cash:
    says: "<b>of cash"
    source: S1
    reported: [250, 350]
    measure: {firm: alpha, quantity: cash, at: 2024-01}
  there:
    says: "Beta <i>may go"
    class: exit
    source: S1
    happened: false
    when: {firm: beta, fate: closed, by: 2024-12}
"""
CASH, HAZARD = "firms.beta.cash", "assumptions.closure.hazard_month"


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """A page of every kind."""
    out, duel = tmp_path_factory.mktemp("results"), load_text(TEXT)
    how = {"jobs": 1, "out": out}
    studies = {
        "curves": sim.sweep(duel, {HAZARD: (0, 0.1, 3)}, **how),
        "heatmaps": sim.sweep(duel, {HAZARD: (0, 0.1, 3), CASH: (100, 500, 2)}, **how),
        "flip": sim.flip(duel, {HAZARD: (0, 0.2)}, "alpha-goes >= 0.5", **how),
        "sensitivity": sim.sensitivity(duel, "alpha-goes", **how),
        "everything": sim.sensitivity(duel, "alpha-goes", everything=True, **how),
        "hindcast": sim.hindcast(load_text(TEXT + FACTS), worlds=200, **how),
        "calibrate": sim.calibrate(load_text(TEXT + FACTS), points=256, worlds=16, **how),
        "discover": sim.discover(duel, "alpha-goes", "2024-06", worlds=2048, **how),
    }
    return {name: done.folder / f"{done.manifest['kind']}.html" for name, done in studies.items()}


@pytest.mark.parametrize(
    "name", ["curves", "heatmaps", "flip", "sensitivity", "everything", "discover", "hindcast", "calibrate"]
)
@pytest.mark.parametrize("width", [1400, 420])
def test_pages_are_drawn_offline_and_fit_the_window(pages, chromium, name, width):
    seen = look(pages[name], width, "document.documentElement.scrollWidth", browser=chromium)
    assert seen.state == "drawn"
    assert seen.complaints == []
    assert seen.answer <= width
    assert all(request.startswith(("file:", "data:")) for request in seen.requests)


def test_every_figure_of_a_page_is_drawn_once_it_is_chosen(pages, chromium):
    """Pressing every choice draws what it shows."""
    press = (
        "document.querySelectorAll('.choice').forEach(b => b.click()); "
        "[...document.querySelectorAll('.plot')].filter(p => p.dataset.drawn !== 'yes').length"
    )
    for page in pages.values():
        seen = look(page, 1400, press, browser=chromium)
        assert (seen.state, seen.answer) == ("drawn", 0)


def test_names_are_text(pages):
    for page in pages.values():
        html = page.read_text(encoding="utf-8")
        for evil in ("<img src=x", "<i>may", "<b>of"):
            assert evil not in html


def test_equal_studies_give_equal_pages(pages, tmp_path):
    again = sim.sweep(load_text(TEXT), {HAZARD: (0, 0.1, 3)}, jobs=1, out=tmp_path)
    assert (again.folder / "sweep.html").read_bytes() == pages["curves"].read_bytes()
