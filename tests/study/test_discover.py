"""Discoveries of an industry with closed forms: what a tree must find, which worlds count, what is refused."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from closed_form import MONTHS, NAME, alone

import sim
from sim.archive import digest
from sim.engine.simulate import simulate
from sim.foundation.errors import InputError
from sim.foundation.months import month_of
from sim.outcomes.market_state import FARTHEST, MARKET, QUANTITY, features_of, state_in, with_state
from sim.report import figures
from sim.scenario.model import Scenario
from sim.scenario.value import quantile
from sim.study import discover as study
from sim.words import discovery as words

pytest.importorskip("sklearn")
MOST_CASH, AT, PASSED = 24.0, "2024-03", 3  # three months have passed by then
WORLDS = 2048


def rich_or_poor(worlds: int = WORLDS, **more) -> Scenario:
    """Cash alone decides: it closes by December where it has twelve months of cash or less."""
    return alone(worlds=worlds, **{"cash": {"uniform": [0, MOST_CASH]}, **more})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return sim.discover(rich_or_poor(), "closes", AT, jobs=1, out=tmp_path_factory.mktemp("results"))


def test_cash_at_the_date_decides_and_is_found(found):
    root, low, high = found.tree.to_dict("records")
    assert (root["firm"], root["threshold"]) == ("alone", pytest.approx(MONTHS - PASSED, abs=0.2))
    assert root["quantity"] in ("cash", "value", "runway"), "it burns 1 a month and earns nothing: all are one number"
    assert low["probability"] > 0.98 and high["probability"] < 0.02
    assert found.auc.value > 0.99 and found.found
    assert [row["probability"] for row in found.summary()] == sorted([low["probability"], high["probability"]])
    assert "comes true in 0% to 100% of worlds" in found.headline
    assert "the claim closes (" in found.headline and "by December 2024" in found.headline


def test_what_worlds_drew_is_told_beside_it(found):
    """Here the draw of cash tells as much; where all is luck nothing is uncertain, so nothing is said."""
    assert found.auc_of_draws.value > 0.99
    page = (found.folder / "discover.html").read_text(encoding="utf-8")
    assert "The same tree on what worlds drew for one uncertain assumption names the right one" in page
    assert sim.discover(alone(worlds=WORLDS, hazard=0.03), "closes", AT, jobs=1).auc_of_draws is None
    drawn = alone(worlds=WORLDS, hazard=0.03, cash={"uniform": [100, 200]})
    said = words.of_draws(1, sim.discover(drawn, "closes", AT, jobs=1).auc_of_draws)
    assert said.endswith("finds nothing that chance would not"), "such cash decides nothing"


def test_only_worlds_count_in_which_it_is_open(found):
    """Of cash from 0 to 24 an eighth is gone in three months; nobody who lives has decided anything yet."""
    counted = found.counted
    assert counted.true == pytest.approx(WORLDS * PASSED / MOST_CASH, abs=60)
    assert (counted.false, counted.not_asked) == (0, 0) and sum(counted) == WORLDS
    assert int(found.tree["grown"][0]) + int(found.tree["worlds"][0]) == counted.open
    assert found.tree["grown"][0] == pytest.approx(counted.open / 2, abs=60)


def test_a_condition_that_fails_is_not_asked():
    """Who does not live to June is not asked whether it closes by December."""
    counted = sim.discover(rich_or_poor(), "late-if-at-all", AT, jobs=1).counted
    assert counted.true == counted.false == 0
    assert counted.not_asked == pytest.approx(WORLDS * 6 / MOST_CASH, abs=80)


def test_files_page_and_the_second_asking(found):
    folder = found.folder
    assert folder.name.startswith("discover-")
    assert {"leaves.csv", "tree.csv", "discover.html", "manifest.json"} <= {path.name for path in folder.iterdir()}
    page = (folder / "discover.html").read_text(encoding="utf-8")
    assert NAME not in page and "<script>alert" not in page
    assert 'id="figure-tree"' in page and "by December 2024" in page and "the end of March 2024" in page
    again = sim.discover(rich_or_poor(), "closes", AT, jobs=1, out=folder.parents[1])
    assert again.reused and again.folder == folder
    assert again.tree.equals(found.tree) and again.leaves.equals(found.leaves)
    assert (again.auc, again.counted, again.headline) == (found.auc, found.counted, found.headline)
    later = sim.discover(rich_or_poor(), "closes", "2024-04", jobs=1, out=folder.parents[1])
    assert not later.reused and later.counted.true > found.counted.true


def test_where_luck_alone_decides_nothing_is_found(tmp_path):
    """All have the same cash and the same hazard: no state tells who will close."""
    done = sim.discover(alone(worlds=WORLDS, hazard=0.03), "closes", AT, jobs=1, out=tmp_path)
    assert not done.found and done.headline.startswith("Nothing is found")
    page = (done.folder / "discover.html").read_text(encoding="utf-8")
    assert "Nothing is found" in page and 'id="figure-tree"' not in page


def test_too_few_events_grow_no_tree(tmp_path):
    done = sim.discover(alone(worlds=WORLDS, hazard=0.001), "closes", AT, jobs=1, out=tmp_path)
    assert done.tree.empty and done.headline.startswith("No tree is grown") and "50 are needed" in done.headline
    assert "No tree is grown" in (done.folder / "discover.html").read_text(encoding="utf-8")


def test_an_outcome_that_never_varies_has_nothing_to_tell_apart():
    done = sim.discover(alone(worlds=WORLDS), "closes", AT, jobs=1)
    assert done.tree.empty and "comes true in none of 2,048 worlds" in done.headline


def test_a_typed_proposition_is_asked_as_a_claim_is(found):
    done = sim.discover(rich_or_poor(), "alone closed by 2024-12", AT, jobs=1)
    assert done.tree.equals(found.tree) and '"alone closed by 2024-12" comes true' in done.headline


def test_the_state_is_that_of_the_month(found):
    """Cash at the end of March is what it had less three; who is gone has none, and is farthest from the frontier."""
    scenario = with_state(rich_or_poor(512), month_of(AT))
    block = simulate(scenario, 0, 512)
    state, features = state_in(block, scenario, month_of(AT)), features_of(scenario)
    column = {(one.firm, one.name): state[:, place] for place, one in enumerate(features)}
    start = scenario.firms[0].values["cash"]
    alive = column["alone", "independent"] == 1
    assert 0 < (~alive).sum() < 200
    assert (column["alone", "cash"][~alive] == 0).all() and (column["alone", "gap"][~alive] == FARTHEST).all()
    assert column["alone", "cash"][alive].min() > 0 and column["alone", "cash"].max() < MOST_CASH - PASSED
    spread = quantile(start, np.array([0.25, 1.0]), 0, 1e9) - PASSED
    assert np.quantile(column["alone", "cash"][alive], 1) == pytest.approx(spread[1], abs=0.5)
    assert (column[MARKET, "closed"] == ~alive).all() and (column[MARKET, "independent"] == alive).all()


def test_blocks_with_another_question_are_other_blocks():
    """A quantity at a month, and its sum to that month, are not the same probe."""
    month, plain = month_of(AT), rich_or_poor()
    asked = {"above": 1, "firm": "alone", "quantity": "cash"}
    one, other = (
        rich_or_poor(claims={"it": {"says": "", "when": {**asked, **when}}})
        for when in ({"at": AT}, {"sum": ["2024-02", AT]})
    )
    stems = {digest.stem(scenario) for scenario in (plain, one, other, with_state(plain, month))}
    assert len(stems) == 4
    assert sum(feature.kind == QUANTITY for feature in features_of(plain)) == len(with_state(plain, month).probes)


def test_the_picture_is_a_plotly_figure(found):
    figure = figures.fate_tree(found)
    points = [trace for trace in figure.data if trace.mode == "markers" and trace.text]
    assert [point.x[0] for point in points] == pytest.approx(found.tree["probability"].tolist(), rel=1e-3)


def refused(words: str, scenario: Scenario, of: str, at: str) -> None:
    with pytest.raises(InputError) as error:
        sim.discover(scenario, of, at, jobs=1)
    assert words in str(error.value)


def test_what_makes_no_sense_is_refused():
    refused("nearest: closes", rich_or_poor(), "close", AT)
    refused("no claim named", rich_or_poor(), "", AT)
    refused("not a month", rich_or_poor(), "closes", "")
    refused("not a month", rich_or_poor(), "closes", "2024-13")
    refused("nearest: 2024-11", rich_or_poor(), "closes", "2024-12")
    refused("nearest: 2024-05", rich_or_poor(), "closes-early", "2024-06")
    refused("nearest: 2024-01", rich_or_poor(), "closes", "2023-01")
    refused("found:   100\n", rich_or_poor(100), "closes", AT)
    refused("of 420, those in which it is open", rich_or_poor(420), "closes", AT)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    monkeypatch.setattr(study, "ManyWorlds", None)  # before anything is simulated
    refused("pip install 'shakeout[discover]'", rich_or_poor(), "closes", AT)
