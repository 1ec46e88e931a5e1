"""What ended them: the sentence, the bars and the table say what causes.csv says, and what is not there is said."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import made_up
import numpy as np
import pandas as pd
import pytest

from sim.archive.dictionary import CAUSES_CSV
from sim.report.html.document import Switch, pictures_in
from sim.report.pages import report as run_page
from sim.report.pictures import exits
from sim.report.pictures.exits import most_often
from sim.report.run_reader import RunReader, reader_of
from sim.study.focus import FOCUS

# of each: name, fate and cause -> shares in 2023, 2024 and 2025
BY_HAND = {
    ("startups", "acquired", "bought in distress"): (0.0, 0.125, 0.125),
    ("startups", "closed", "out of money"): (0.0, 0.25, 0.0),
    ("a", "acquired", "bought in distress"): (0.0, 0.25, 0.25),
    ("a", "closed", "out of money"): (0.0, 0.0, 0.0),
    ("b", "acquired", "bought in distress"): (0.0, 0.0, 0.0),
    ("b", "closed", "out of money"): (0.0, 0.5, 0.0),
}


def causes(shares: dict[tuple[str, str, str], tuple[float, ...]]) -> pd.DataFrame:
    """causes.csv with bounds a twentieth below and above."""
    rows = []
    for (firm, fate, cause), parts in shares.items():
        for year, share, so_far in zip((2023, 2024, 2025), parts, np.cumsum(parts), strict=True):
            bounds = (share - 0.05, share + 0.05), (so_far - 0.05, so_far + 0.05)
            rows.append((firm, year, fate, cause, share, *bounds[0], so_far, *bounds[1]))
    return pd.DataFrame(rows, columns=CAUSES_CSV.names)


def told(frame: pd.DataFrame | None, *asked: str) -> RunReader:
    """Two startups from July 2023 to June 2025, and that ``frame``."""
    firms = (made_up.firm("a", "Alpha"), made_up.firm("b", "Beta"))
    done = made_up.run(made_up.scenario(firms, ticks=24, claims=()), worlds=40, stories=False)
    outcomes = SimpleNamespace(**{name: getattr(done.outcomes, name) for name in done.outcomes.__slots__})
    outcomes.causes = frame
    manifest = {**done.manifest, FOCUS: list(asked)}
    return reader_of(SimpleNamespace(**{**vars(done), "outcomes": outcomes, "manifest": manifest}))


def cells(view: RunReader) -> dict[str, list[tuple[str, str]]]:
    table = exits.table(view)
    assert table is not None
    return {row[0].text: [(cell.text, cell.sub) for cell in row[1:]] for row in table.rows}


def test_bars_table_and_sentences_by_hand() -> None:
    view = told(causes(BY_HAND))
    firms, years = exits.by_firm(view), exits.by_year(view)
    assert firms.title == (
        "By June 2025, 50% of all startups are gone: most often bought in distress (25%), then out of money (25%)"
    )
    assert years.title == (
        "Exits of all startups peak in 2024: 38%, most often out of money (25%), then bought in distress (12%)"
    )
    layout = firms.panels[0].layout["yaxis"]
    assert layout["ticktext"] == ["All startups", "Alpha", "Beta"]
    bars = {trace["name"]: trace for trace in firms.panels[0].data}
    assert {name: trace["x"] for name, trace in bars.items()} == {
        "bought in distress": [0.25, 0.5, 0.0],
        "out of money": [0.25, 0.0, 0.5],
    }
    assert bars["out of money"]["customdata"] == [[0.2, 0.3], [-0.05, 0.05], [0.45, 0.55]]
    assert bars["bought in distress"]["hovertext"][1] == "50.0% (45.0% to 55.0%): bought in distress"
    of_years = {trace["name"]: (trace["x"], trace["y"]) for trace in years.panels[0].data}
    assert of_years["bought in distress"] == ([2023, 2024, 2025], [0.0, 0.125, 0.125])
    assert of_years["out of money"] == ([2023, 2024, 2025], [0.0, 0.25, 0.0])
    assert [key.label for key in firms.keys] == [key.label for key in years.keys] == list(bars)
    assert "2023 counts from July 2023. 2025 counts to June 2025." in years.caption
    assert (
        "Blue: acquired; brown to orange: closed." in firms.caption
        and "Blue: acquired; brown to orange: closed." in years.caption
    )
    assert cells(view)["Beta"] == [("0%", "±5.0"), ("50%", "±5.0")]
    assert list(cells(view)) == ["All startups (2)", "Alpha", "Beta"]


def test_the_sentence_says_what_the_table_says(run: Any) -> None:
    view = reader_of(run)
    table = exits.table(view)
    assert table is not None
    heads = [column.label for column in table.columns[1:]]
    mine = dict(zip(heads, cells(view)["All startups (7)"], strict=True))
    said = re.findall(r"(?:most often|then) ([^(]+(?:\([a-z][^)]*\))?) \((\d+%)\)", exits.by_firm(view).title)
    assert len(said) == 2 and len(mine) == 4
    for cause, share in said:
        assert mine[cause.capitalize()][0] == share
    told_shares = sorted((int(text.rstrip("%")) for text, _ in mine.values()), reverse=True)
    assert [int(share.rstrip("%")) for _, share in said] == told_shares[:2]
    gone = sum(view.at_horizon("startups", fate)[0] for fate in ("acquired", "closed"))
    assert exits.by_firm(view).title.startswith(f"By December 2030, {100 * gone:.0f}% of all startups are gone: ")


def test_bars_sum_to_the_fates_and_years_to_the_horizon(run: Any) -> None:
    view = reader_of(run)
    who = exits.Ended(view)
    assert set(who.drawn) == {"startups", "six", *made_up.STARTUPS}
    for place, name in enumerate(who.drawn):
        gone = sum(view.at_horizon(name, fate)[0] for fate in ("acquired", "closed"))
        drawn = sum(trace["x"][place] for trace in exits.by_firm(view).panels[0].data)
        assert drawn == pytest.approx(gone, rel=1e-3) and gone > 0
    years = sum(np.array(trace["y"]) for trace in exits.by_year(view).panels[0].data)
    assert years.sum() == pytest.approx(who.gone("startups"), rel=1e-3)
    order = [who.gone(firm) for firm in who.drawn[2:]]
    assert order == sorted(order, reverse=True)


def test_who_is_asked_for_comes_first_and_is_spoken_of() -> None:
    view = told(causes(BY_HAND), "b")
    assert next(iter(cells(view))) == "Beta"
    assert exits.by_firm(view).title == "By June 2025, Beta is gone in 50% of worlds: always out of money (50%)"
    years = exits.by_year(view)
    assert years.title == "Exits of Beta peak in 2024: 50%, always out of money (50%)"
    assert years.y_title == "share of worlds gone in the year"
    assert exits.by_year(told(causes(BY_HAND))).y_title == "share of all startups gone in the year"


def test_a_firm_that_is_never_gone_among_others_that_are() -> None:
    left = {key: shares if key[0] != "b" else (0.0,) * 3 for key, shares in BY_HAND.items()}
    view = told(causes(left), "b")
    assert exits.by_firm(view).title == "By June 2025, Beta is gone in 0% of worlds"
    assert exits.by_year(view).title == "Beta: nobody is gone by June 2025 in any world"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (causes({}), "Nobody is gone by June 2025 in any world"),
        (causes(dict.fromkeys(BY_HAND, (0.0,) * 3)), "Nobody is gone by June 2025 in any world"),
        (
            None,
            "The version that wrote this folder did not keep what ended the firms: run the scenario again to see it",
        ),
    ],
)
def test_what_is_not_there_is_said_once(frame: pd.DataFrame | None, said: str) -> None:
    view = told(frame)
    run = SimpleNamespace(scenario=view.scenario, manifest=view.manifest, outcomes=view.outcomes, stories=())
    section = next(part for part in run_page.document_of(run).sections if part.id == "ended")
    assert [(picture.title, picture.panels) for picture in pictures_in(section.blocks)] == [(said, ())]
    assert len(section.blocks) == 1 and exits.table(view) is None


def test_no_startup() -> None:
    run = made_up.run(made_up.scenario((made_up.firm("g", "Giant", "giant"),), ticks=24, claims=()), 20, stories=False)
    assert exits.by_firm(reader_of(run)).title == exits.by_year(reader_of(run)).title == "The scenario has no startup"


def test_of_many_firms_those_most_often_gone_are_drawn() -> None:
    firms = tuple(made_up.firm(f"s{n:02d}", f"Startup {n}") for n in range(45))
    view = reader_of(made_up.run(made_up.scenario(firms, ticks=60, claims=()), worlds=100, stories=False))
    who = exits.Ended(view)
    assert len(who.drawn) == 41 and "the 40 most often gone; the other 5 are in causes.csv" in who.left_out
    least = min(who.gone(firm) for firm in who.drawn[1:])
    assert all(who.gone(firm) <= least for firm in view.startups if firm not in who.drawn)
    assert who.left_out in exits.by_firm(view).caption


def test_the_switch_has_both_pictures_before_the_table(run: Any) -> None:
    blocks = next(part for part in run_page.document_of(run).sections if part.id == "ended").blocks
    assert isinstance(blocks[0], Switch) and [label for label, _ in blocks[0].views] == ["By firm", "By year"]
    assert [picture.name for picture in pictures_in(blocks)] == ["ended-by-firm", "ended-by-year"]
    assert blocks[1] == exits.table(reader_of(run))


def test_causes_that_came_to_nobody_are_not_told() -> None:
    assert most_often({"a": 0.0, "b": 0.3}) == "always b (30%)"
    assert most_often({"a": 0.1, "b": 0.3, "c": 0.2}) == "most often b (30%), then c (20%)"
