"""Dates from year 1 to 9999 and runs of up to 1,800 months: the same luck, tables, pages and stories as any other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from closed_form import alone, closure_draws

import sim
from sim.foundation.errors import InputError
from sim.foundation.months import month_of, month_text
from sim.report.pictures.landscape import endgame
from sim.report.run_reader import MOST_YEARS, reader_of
from sim.scenario.build import MAX_MONTHS
from sim.scenario.load import with_sets
from sim.words.months import month_name

HAZARD, WORLDS = 0.004, 32
RUNS = [("0001-01", "0007-12"), ("1895-01", "1966-12"), ("1850-01", "1999-12"), ("9850-01", "9999-12")]


def industry(start, end, hazard=HAZARD, **more):
    when = {"firm": "alone", "fate": "closed", "by": end}
    claims = {"closes": {"says": "It closes", "when": when}}
    return alone(WORLDS, hazard=hazard, cash=1e6, start=start, end=end, claims=claims, **more)


def closes(start, end):
    """(worlds,) the tick of the first month whose draw lies below the hazard, as the engine draws; NaN: none does."""
    found = np.full(WORLDS, np.nan)
    for tick, month in enumerate(range(month_of(start), month_of(end) + 1), start=1):
        found[np.isnan(found) & (closure_draws(month, WORLDS, 5) < HAZARD)] = tick
    return found


@pytest.mark.parametrize(("start", "end"), RUNS)
def test_a_run_of_any_years_is_the_one_its_draws_make(start, end):
    run = sim.run(industry(start, end), jobs=1)
    assert np.array_equal(
        run.firms()["exit_month"].to_numpy(float, na_value=np.nan), closes(start, end), equal_nan=True
    )
    fates = run.fates()
    curve = fates[(fates["firm"] == "alone") & (fates["fate"] == "independent")]
    ticks = month_of(end) - month_of(start) + 1
    assert curve["date"].tolist() == [month_text(month_of(start) - 1 + tick) for tick in range(ticks + 1)]
    exits = closes(start, end)
    by_hand = [(~(exits <= tick)).mean() for tick in range(ticks + 1)]
    assert curve["incidence"].to_numpy() == pytest.approx(np.array(by_hand), abs=1e-12)


def test_months_of_different_years_have_different_luck():
    first, second = (closes(start, end) for start, end in (("0001-01", "0100-12"), ("0101-01", "0200-12")))
    assert not np.array_equal(first, second, equal_nan=True)


@pytest.mark.parametrize(("start", "end"), RUNS[:3])
def test_the_folder_and_its_page_read_back(start, end, tmp_path):
    done = sim.run(industry(start, end), jobs=1, out=tmp_path)
    page = (done.folder / "report.html").read_text(encoding="utf-8")
    assert month_name(month_of(end)) in page
    dates = pd.read_csv(done.folder / "fates.csv", dtype={"date": str})["date"]
    assert (dates.iloc[0], dates.iloc[-1]) == (month_text(month_of(start) - 1), end)
    assert sim.open_run(done.folder).fates()["date"].tolist() == dates.tolist()
    assert sim.load(done.folder / "scenario.yaml").end == month_of(end)


@pytest.mark.parametrize(("start", "end"), [*RUNS, ("2023-07", "2030-12"), ("1940-01", "1959-12")])
def test_an_axis_has_few_ticks_however_long_the_run(start, end):
    run = sim.run(industry(start, end), worlds=2, jobs=1)
    view = reader_of(run)
    years = view.scenario.ticks / 12
    for axis, most in ((view.date_axis(), MOST_YEARS), (view.date_axis(**view.few_dates()), 8)):
        assert years / (int(axis["dtick"][1:]) / 12) <= most
        assert all(len(day) == 10 and day[4] == "-" for day in axis["range"])
    (panel,) = endgame(view).panels
    assert len(panel.data[0]["x"]) <= 22, "sixteen bars, a few more years, and two for what did not come"
    assert sum(panel.data[0]["y"]) == pytest.approx(1)


def test_a_what_if_over_a_long_run_has_a_table_one_can_read(tmp_path):
    done = sim.what_if(industry("1895-01", "1966-12"), {"assumptions.closure.hazard_month": 0.01}, jobs=1, out=tmp_path)
    assert len(set(done.differences["date"])) == 72, "every December in the file"
    page = (done.folder / "whatif.html").read_text(encoding="utf-8")
    table = page[page.index("When it comes: survival") :]
    heads = table[: table.index("</thead>")].count("<th")
    assert 7 <= heads <= 13 and "One December in 10 is shown" in page


def test_a_dated_set_of_any_year():
    certain = with_sets(industry("0001-01", "0004-12", 0), ["assumptions.closure.hazard_month=1@0003-02"])
    assert set(sim.run(certain, jobs=1).firms()["exit_month"]) == {26}


def test_1800_months_are_the_most_and_the_message_says_which_end_is():
    assert industry("0001-01", "0150-12").ticks == MAX_MONTHS
    with pytest.raises(InputError, match="a run of 1,801 months") as error:
        industry("0001-01", "0151-01")
    assert error.value.allowed == "at most 1,800 months: up to 0150-12"
    with pytest.raises(InputError, match="not a month of the calendar") as error:
        industry("0000-12", "0150-12")
    assert "from 0001-01 to 9999-12" in error.value.allowed
