"""The scenario library on a few worlds: every scenario runs, says where it comes from, and moves what it should."""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pytest

from sim.engine.block import Block
from sim.engine.simulate import simulate
from sim.foundation.columns import EVENT, FIRM_KINDS, INDEPENDENT, NEVER
from sim.foundation.histograms import PATHS
from sim.foundation.months import month_of
from sim.outcomes.claims import LedgerCounts
from sim.scenario.layout import layout_of
from sim.scenario.model import Scenario
from tools.scenarios import library
from tools.scenarios.library import FLAGSHIP, FOLDER, SEVEN, SIX, VARIANTS

WORLDS = 64
DOCUMENTS = ("000", "001", "002", "003", "004")
SURE = 3.0  # standard errors of a paired difference
ASKED = """
not-late-stage late-stage no-scale-law no-listing-law no-vertical-law window-shut early-listing capital-winter
price-war-deeper open-source-flood compute-scarcity paradigm-shift-2027 deep-verticals no-pivot giants-all-in spin-off
hundred-models from-april-2026 six-dragons-2024 six-dragons-2026
"""


@cache
def scenario(name: str) -> Scenario:
    return library.load(name, WORLDS)


@cache
def ran(name: str) -> Block:
    return simulate(scenario(name), 0, WORLDS)


def tick(name: str, date: str) -> int:
    month = month_of(date)
    assert month is not None
    return month - scenario(name).start + 1


def rows(name: str, firms: tuple[str, ...] = SEVEN) -> list[int]:
    ids = layout_of(scenario(name)).ids
    return [ids.index(firm) for firm in firms]


def history(name: str, column: str, firms: tuple[str, ...] = SEVEN) -> np.ndarray:
    """(worlds, firms) a column of the histories."""
    return ran(name).histories[column][:, rows(name, firms)]


def told(name: str, event: str, since: str = "2023-07", firms: tuple[str, ...] = SEVEN) -> np.ndarray:
    """(worlds,) how often ``event`` came to ``firms`` from ``since`` on."""
    log = ran(name).events
    kept = log[
        (log["event"] == EVENT[event]) & np.isin(log["firm"], rows(name, firms)) & (log["month"] >= tick(name, since))
    ]
    return np.bincount(kept["world"], minlength=WORLDS)


def state(name: str, kind: str, date: str, firms: tuple[str, ...] = SEVEN) -> np.ndarray:
    """(worlds,) how many of ``firms`` are in a state at ``date``."""
    return library.Measure("", firms, kind, date).of(scenario(name), ran(name))


def higher(one: np.ndarray, other: np.ndarray) -> bool:
    """True if ``one`` is above ``other``, world by world, by more than chance does."""
    apart = np.asarray(one, float) - np.asarray(other, float)
    return bool(apart.mean() > SURE * apart.std(ddof=1) / math.sqrt(apart.size))


def median_revenue(name: str, firm: str, date: str) -> float:
    """Upper end of the bin of the median revenue, as a rank: only its order means something."""
    quantity = [q.name for q in PATHS].index("revenue")
    series = layout_of(scenario(name)).series_ids.index(firm)
    below = ran(name).paths[series, quantity, tick(name, date)].cumsum()
    return float(np.searchsorted(below, below[-1] / 2))


def test_the_library_is_what_was_asked_for():
    assert sorted(VARIANTS) == sorted(ASKED.split())


@pytest.mark.parametrize("name", VARIANTS)
def test_a_scenario_says_whose_view_it_takes_and_states_only_its_differences(name):
    found, text = scenario(name), (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert found.name == name and found.title != scenario(FLAGSHIP).title
    assert text.count("extends: six-dragons.yaml\n") == 1
    assert re.search(rf"[Dd]ocuments? (?:{'|'.join(DOCUMENTS)})\b", found.description)
    assert 100 < len(found.description) < 700
    base = scenario(FLAGSHIP)
    assert (found.end, found.seed, found.claims) == (base.end, base.seed, base.claims)
    if name != "from-april-2026":
        assert len(text) < 0.15 * len((FOLDER / f"{FLAGSHIP}.yaml").read_text(encoding="utf-8"))
        assert (found.start, found.facts, found.notices) == (base.start, base.facts, ())


@pytest.mark.parametrize("name", VARIANTS)
def test_what_a_scenario_changes_has_a_source(name):
    """Nothing is changed without an id of the evidence or the honest word."""
    said = scenario(name).resolved
    base = scenario(FLAGSHIP).resolved
    for mechanism, values in said["assumptions"].items():
        for key, value in values.items():
            if value != base["assumptions"].get(mechanism, {}).get(key):
                assert value["source"], f"{mechanism}.{key}"
    for id, firm in said["firms"].items():
        for key, value in firm.items():
            stated = key not in ("name", "kind", "enters", "copies", "listed", "pivoted")
            if stated and value != base["firms"].get(id, {}).get(key):
                assert value["source"], f"{id}.{key}"
    for id, event in said["events"].items():
        nested = [value for value in event["set"].values() if isinstance(value, dict)]
        assert event.get("source") or (nested and all(value.get("source") for value in nested)), id


@pytest.mark.parametrize("name", VARIANTS)
def test_a_scenario_runs_and_all_that_is_said_about_it_is_a_number(name):
    block = ran(name)
    assert block.worlds == WORLDS
    for column in ("raised", "final_valuation"):
        assert np.isfinite(block.histories[column]).all() and (block.histories[column] >= 0).all()
    ledger = LedgerCounts(scenario(name))
    ledger.add(block)
    assert all(0 <= true <= asked <= WORLDS for true, asked in ledger.counts.values())
    assert block.clipped == {} or name == "giants-all-in"


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != "from-april-2026"])
def test_a_scenario_differs_from_the_flagship(name):
    one, other = (history(which, "final_valuation") for which in (name, FLAGSHIP))
    assert (one != other).any()


@pytest.mark.parametrize(
    ("name", "since"),
    [
        ("window-shut", "2025-07"),
        ("paradigm-shift-2027", "2027-01"),
        ("capital-winter", "2024-07"),
        ("price-war-deeper", "2023-07"),
        ("compute-scarcity", "2025-01"),
        ("giants-all-in", "2025-01"),
    ],
)
def test_nothing_moves_before_the_change(name, since):
    month = tick(name, since)
    for which in (name, FLAGSHIP):
        assert tick(which, since) == month
    one, other = (ran(which).paths[:, :, :month] for which in (name, FLAGSHIP))
    assert (one == other).all()
    assert (ran(name).paths[:, :, month:] != ran(FLAGSHIP).paths[:, :, month:]).any()


def test_no_scale_law_more_stay_in_the_race():
    """And more of the seven are there at the end."""
    assert higher(state("no-scale-law", "general", "2026-06"), state(FLAGSHIP, "general", "2026-06"))
    assert higher(state("no-scale-law", "independent", "2030-12"), state(FLAGSHIP, "independent", "2030-12"))


def test_no_listing_law_nobody_is_abandoned():
    assert (history("no-listing-law", "abandoned_month") == NEVER).all()
    assert (history(FLAGSHIP, "abandoned_month") < NEVER).any()
    assert higher(state("no-listing-law", "independent", "2030-12"), state(FLAGSHIP, "independent", "2030-12"))


def test_no_vertical_law_more_pivoters_survive():
    """Who pivots is not changed by much; how many of them are gone at the end is."""

    def gone(name: str) -> np.ndarray:
        pivoted = history(name, "pivot_month") < NEVER
        return (pivoted & (history(name, "fate") > INDEPENDENT)).sum(axis=1)

    assert higher(gone(FLAGSHIP), gone("no-vertical-law"))
    assert (ran("no-vertical-law").events["event"] != EVENT["copy"]).all()


def test_window_shut_nobody_lists_while_it_is_shut():
    assert told("window-shut", "listing", "2025-07").sum() == 0
    assert told("window-shut", "listing").sum() > 0
    assert told(FLAGSHIP, "listing", "2025-07").sum() > WORLDS


def test_early_listing_they_list_earlier_and_more_are_abandoned():
    early, base = (np.median(history(name, "listing_month", SIX)[:, :2]) for name in ("early-listing", FLAGSHIP))
    assert early < base - 6
    assert higher(state("early-listing", "abandoned", "2030-12"), state(FLAGSHIP, "abandoned", "2030-12"))


def test_capital_winter_fewer_rounds():
    rounds = [
        told(name, "round", "2026-01") + told(name, "down round", "2026-01") for name in (FLAGSHIP, "capital-winter")
    ]
    assert higher(*rounds)
    assert higher(history(FLAGSHIP, "raised").sum(axis=1), history("capital-winter", "raised").sum(axis=1))


def test_price_war_deeper_less_revenue_from_business():
    """Zhipu lives from projects and API (P-ZP-38)."""
    assert median_revenue("price-war-deeper", "zhipu", "2026-06") < median_revenue(FLAGSHIP, "zhipu", "2026-06")
    assert higher(state(FLAGSHIP, "independent", "2030-12"), state("price-war-deeper", "independent", "2030-12"))


def test_open_source_flood_less_revenue_and_more_leave_the_race():
    """A model of one's own is worth its lead over what is given away."""
    for firm in ("zhipu", "minimax", "stepfun"):
        flood, base = (median_revenue(name, firm, "2026-06") for name in ("open-source-flood", FLAGSHIP))
        assert flood < base
    for date in ("2025-12", "2028-04"):
        assert higher(state(FLAGSHIP, "general", date), state("open-source-flood", "general", date))
        assert higher(state("open-source-flood", "pivoted", date), state(FLAGSHIP, "pivoted", date))


def test_compute_scarcity_fewer_of_the_six_live():
    lives = [state(name, "independent", "2030-12", SIX) for name in (FLAGSHIP, "compute-scarcity")]
    assert higher(*lives)


def test_paradigm_shift_2027_comes_in_every_world():
    log = ran("paradigm-shift-2027").events
    came = (log["event"] == EVENT["shift"]) & (log["month"] == tick("paradigm-shift-2027", "2027-01"))
    assert sorted(log["world"][came]) == list(range(WORLDS))


def test_deep_verticals_every_pivot_keeps_core_technology():
    for name, every in (("deep-verticals", True), (FLAGSHIP, False)):
        log = ran(name).events
        pivots = log[log["event"] == EVENT["pivot"]]
        assert len(pivots) > WORLDS
        assert (pivots["value"] == 1).all() == every


def test_no_pivot_these_two_stay_and_the_others_may_go():
    two = ("baichuan", "zero-one")
    assert (history("no-pivot", "pivot_month", two) == NEVER).all()
    assert (history(FLAGSHIP, "pivot_month", two) < NEVER).any()
    assert (history("no-pivot", "pivot_month", ("stepfun",)) < NEVER).any()
    raised = [history(name, "raised", two).sum(axis=1) for name in ("no-pivot", FLAGSHIP)]
    down = [told(name, "down round", firms=two) for name in ("no-pivot", FLAGSHIP)]
    assert higher(*raised) and higher(*down), "the race has to be paid for, at falling prices (S000-18)"


def test_giants_all_in_more_are_bought():
    assert higher(state("giants-all-in", "acquired", "2030-12"), state(FLAGSHIP, "acquired", "2030-12"))


def test_spin_off_more_split_and_at_most_once():
    splits = [told(name, "spin-off", firms=SIX) for name in ("spin-off", FLAGSHIP)]
    assert higher(*splits)
    assert splits[0].max() <= len(SIX)


def test_not_late_stage_newcomers_enter_shifts_are_frequent_and_no_endgame_comes():
    found = layout_of(scenario("not-late-stage"))
    newcomers = found.of_series("newcomers")
    assert len(newcomers) == 4
    entered = ran("not-late-stage").histories["entry_month"][:, newcomers]
    assert (entered[entered < NEVER] >= tick("not-late-stage", "2025-01")).all()
    assert (entered < NEVER).mean() > 0.5  # the door stays open: 3% a month for five years
    shifts = [np.bincount(log["world"][log["event"] == EVENT["shift"]], minlength=WORLDS) for log in
              (ran("not-late-stage").events, ran(FLAGSHIP).events)]  # fmt: skip
    assert higher(*shifts)
    assert (ran("not-late-stage").endgame > tick("not-late-stage", "2027-12")).all()


def test_late_stage_no_shift_comes_and_the_endgame_comes_more_often():
    shifts = [ran(name).events["event"] == EVENT["shift"] for name in ("late-stage", FLAGSHIP)]
    assert shifts[1].any() and not shifts[0].any()
    assert higher(*(ran(name).endgame < NEVER for name in ("late-stage", FLAGSHIP)))


def test_hundred_models_most_of_them_are_gone_and_the_named_raise_less():
    found = layout_of(scenario("hundred-models"))
    crowd = found.of_series("hundred")
    assert len(crowd) == 130 and all(found.kinds[crowd] == FIRM_KINDS.index("startup"))
    gone = ran("hundred-models").histories["exit_month"][:, crowd] <= tick("hundred-models", "2028-12")
    assert gone.mean() > 0.5
    assert higher(history(FLAGSHIP, "raised").sum(axis=1), history("hundred-models", "raised").sum(axis=1))


# What docs/scenarios.md tells


def document() -> str:
    return library.DOCUMENT.read_text(encoding="utf-8")


def test_the_table_tells_every_scenario_and_is_not_out_of_date():
    """Its means lie where 64 worlds of today's code put them: within four standard errors, or one firm in fifty."""
    kept = library.told(library.parts(document())[1])
    assert sorted(kept) == sorted([FLAGSHIP, *VARIANTS])
    for name, means in kept.items():
        for measure, mean in zip(library.MEASURES, means, strict=True):
            values = measure.of(scenario(name), ran(name))
            least = 100 / 50 / len(SIX) if measure.share else 1 / 50
            spread = max(4 * float(values.std(ddof=1)) / math.sqrt(WORLDS), least)
            today = f"{values.mean():.2f} in {WORLDS} worlds"
            assert abs(values.mean() - mean) < spread, f"{name}, {measure.title}: {mean} in the table, {today}"


def test_every_scenario_has_its_paragraph():
    after = library.parts(document())[2]
    headings = re.findall(r"^## (.+)$", after, flags=re.MULTILINE)
    assert sorted(headings) == sorted(VARIANTS)
    for part in re.split(r"^## ", after, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        assert len(text.split()) > 60, heading


def test_the_table_is_replaced_and_the_rest_kept():
    made = "| scenario | a |\n| --- | ---: |\n| [one](x) | 1.5 ±0.2<br>+0.3 ±0.1 |"
    changed = library.with_table(document(), made)
    assert library.parts(changed) == (library.parts(document())[0], made, library.parts(document())[2])
    assert library.told(made) == {"one": [1.5]}
    with pytest.raises(ValueError, match="two marks"):
        library.with_table("no marks", made)


def test_a_cell_by_hand():
    """Mean 2, s.d. 1 of four worlds: t(3) / 2 = 1.59; the same luck takes the spread out of the difference."""
    values = np.array([1.0, 2.0, 2.0, 3.0])
    half = 3.1824463 * math.sqrt(2 / 3) / 2
    assert library.cell(values, None, 2) == f"2.00 ±{half:.2f}"
    assert library.cell(values, values + 0.5, 1) == f"2.0 ±{half:.1f}<br>−0.5 ±0.0"
    assert library.cell(values, values, 2).endswith("<br>0.00 ±0.00")
