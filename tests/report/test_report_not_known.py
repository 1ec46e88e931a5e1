"""What is not known, on the page of a run: beside every share, and as a paler band about every curve."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import made_up
import numpy as np
import pandas as pd
import pytest

from sim.outcomes.summary import summarise
from sim.report.pages import report as run_page
from sim.report.pictures import since_milestones, survival
from sim.report.pictures.traces import PALER, curve
from sim.report.run_reader import reader_of
from sim.report.tables import of_run
from sim.words.numbers import between

DRAWS = 50


def run_of(made: Any, again: bool) -> Any:
    """A finished run of ``made``; ``again``: with worlds with other luck, whose draws say nothing."""
    blocks = [made_up.block(made, 400)]
    outcomes = summarise(made, lambda: blocks, (lambda: blocks) if again else tuple, DRAWS)
    return SimpleNamespace(**{**vars(made_up.run(made, 50)), "outcomes": outcomes})


@pytest.fixture(scope="module")
def told() -> Any:
    return run_of(made_up.scenario(), again=True)


@pytest.fixture(scope="module")
def certain() -> Any:
    """Nothing is uncertain."""
    made = made_up.scenario()
    numbers = {path: made_up.default_value(made_up.ASSUMPTIONS[path]) for path in made.assumptions}
    firms = tuple(
        dataclasses.replace(f, values={n: made_up.default_value(made_up.FIRM_ASSUMPTIONS[n]) for n in f.values})
        for f in made.firms
    )
    return run_of(dataclasses.replace(made, assumptions=numbers, firms=firms), again=False)


def bands(picture: Any, firm: str) -> list[dict[str, Any]]:
    data = [trace for panel in picture.panels for trace in panel.data]
    return [trace for trace in data if trace.get("fill") == "toself" and trace["legendgroup"] == firm]


def test_a_curve_has_two_bands_and_the_key_says_what_they_are(told):
    picture = survival.survival_curves(reader_of(told))
    assert [key.label for key in picture.keys[-2:]] == [
        "dark band: luck of the draw",
        "pale band: what is not known",
    ]
    assert "Pale bands are what is not known: one standard deviation" in picture.caption
    pale, dark = bands(picture, "baichuan")
    opacity = [float(trace["fillcolor"].rpartition(",")[2].rstrip(")")) for trace in (pale, dark)]
    assert opacity[0] == pytest.approx(PALER * opacity[1])
    rows = reader_of(told).survival("baichuan", "independent")
    upper = np.clip(rows["survival"] + rows["sd"], 0, 1).to_numpy()
    assert pale["y"][: len(rows)] == pytest.approx(upper.tolist(), abs=1e-3)
    assert min(pale["y"]) >= 0 and max(pale["y"]) <= 1
    assert (
        "%{customdata[2]:.1%}"
        in next(t for t in picture.panels[0].data if t.get("name") == "Baichuan")["hovertemplate"]
    )


def test_no_band_leaves_the_range_of_a_share():
    rows = pd.DataFrame({"survival": [0.98, 0.02], "low": [0.97, 0.01], "high": [0.99, 0.03], "sd": [0.1, 0.1]})
    pale = curve([0, 1], rows, "survival", {"color": "#000000"}, "a", "A", both=True)[0]
    assert pale["y"] == [1.0, 0.12, 0.0, 0.88]
    assert len(curve([0, 1], rows, "survival", {"color": "#000000"}, "a", "A")) == 2, "runs compared have one band"


def test_after_milestones_too(told):
    picture = since_milestones.survival_after(reader_of(told))
    assert picture.keys[-1].label == "pale band: what is not known" and "Pale bands are" in picture.caption


def test_every_share_has_its_spread_below_it(told):
    row = told.outcomes.headline.set_index("firm").loc["baichuan"]
    table = of_run.fates_table(reader_of(told))
    cells = next(cells for cells in table.rows if cells[0].text == "Baichuan")
    wanted = f"sd {100 * row['independent_sd']:.0f} ({100 * row['independent_sd_low']:.0f} to "
    assert cells[2].last.startswith(wanted) and all(cell.last.startswith("sd ") for cell in cells[2:10])
    assert "Sd is what is not known: how far a share moves" in table.caption
    forecasts = of_run.claims_table(reader_of(told))
    assert forecasts.rows[0][1].last.startswith("sd ") and "Sd is what is not known" in forecasts.caption
    page, last = str(run_page.document_of(told)), told.outcomes.endgame.iloc[-1]
    assert f"{between(last['low'], last['high'])}); sd {100 * last['sd']:.0f}" in page
    assert "Not known, sd" in page and "luck averaged out" in page


def test_where_nothing_is_uncertain_the_page_says_zero(certain):
    view = reader_of(certain)
    assert "every share moves by 0." in of_run.fates_table(view).caption
    assert of_run.fates_table(view).rows[0][2].last == "sd 0"
    picture = survival.survival_curves(view)
    assert "Pale" not in picture.caption and not any("pale" in key.label for key in picture.keys)
    assert len(bands(picture, "baichuan")) == 1


def test_where_it_is_not_known_nothing_is_said():
    view = reader_of(run_of(made_up.scenario(), again=False))
    assert all(not cell.last for cell in of_run.fates_table(view).rows[0])
    assert "sd" not in of_run.fates_table(view).caption.lower().split()
    assert len(bands(survival.survival_curves(view), "baichuan")) == 1
    older = SimpleNamespace(**vars(made_up.run()))
    frames = {n: getattr(older.outcomes, n) for n in ("headline", "survival", "claims", "facts")}
    slim = {n: f[[c for c in f if not (c == "sd" or "sd_" in c or c.endswith("_sd"))]] for n, f in frames.items()}
    older.outcomes = dataclasses.replace(older.outcomes, **slim)
    assert len(of_run.fates_table(reader_of(older)).rows) > 7 and of_run.claims_table(reader_of(older)).rows
    assert len(bands(survival.survival_curves(reader_of(older)), "baichuan")) == 1, "a folder of an earlier version"
