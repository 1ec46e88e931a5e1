"""facts.yaml: its evidence exists, lies in the window, is enough of each kind; nothing is left out without a reason."""

from __future__ import annotations

import re

import numpy as np
import pytest

import sim
from sim.engine.simulate import simulate
from sim.foundation.columns import API, CONSUMER, INDEPENDENT, NEVER, PROJECTS, VERTICAL
from sim.outcomes.claims import truth
from sim.scenario.evidence import known
from tools.calibration import measures, tables
from tools.calibration.__main__ import DOCUMENT, FLAGSHIP, written
from tools.calibration.facts import FILE, Fact, Quantity, inputs_of_x, read
from tools.calibration.history import KEPT, History, history
from tools.calibration.scores import Forecast, leave_one_out
from tools.calibration.tables import Judged, Told

TEXT = FILE.read_text(encoding="utf-8")
FIRST, LAST = "2025-01", "2026-04"
POOLED = ("rounds", "prices", "last_prices")  # firms or rounds, not worlds
A_MONTH = re.compile(r"20\d\d-\d\d")


def dates(fact):
    """The months that a fact asks of; its year as its December."""
    found = [str(value) for value in fact.asked.values() if A_MONTH.fullmatch(str(value))]
    return found + ([f"{fact.asked['year']}-12"] if "year" in fact.asked else [])


def test_there_are_enough_facts_and_things_that_did_not_happen():
    found = read()
    assert len(found.events) >= 26
    assert len(found.quantities) >= 29
    assert sum(not event.happened for event in found.events) >= 6


def test_facts_of_x_lie_between_january_2025_and_april_2026():
    found = read()
    for one in (*found.events, *found.quantities):
        ends = dates(one.fact)
        assert ends, one.fact.id
        assert FIRST <= max(ends) <= LAST, one.fact.id
        assert not one.fact.asked.get("first") or one.fact.asked["first"] >= FIRST, one.fact.id


def test_training_facts_end_with_2024():
    for one in read().training:
        assert all(date <= "2024-12" for date in dates(one.fact)), one.fact.id


def test_every_class_but_one_event_has_company():
    kinds = [event.kind for event in read().events]
    assert {kind for kind in kinds if kinds.count(kind) == 1} == set()


def test_no_row_of_the_evidence_of_these_months_is_left_out_without_a_reason():
    found = read()
    used = {source for one in (*found.events, *found.quantities) for source in one.fact.sources}
    pages = {row["id"] for row in known().values() if re.search("2025|2026", row["date"]) and row["id"][0] == "P"}
    assert sorted(pages - used - found.left_out.keys()) == []
    assert sorted(found.left_out.keys() & used) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("source: P-ZP-24\n", "source: P-ZP-99\n", "zhipu-burn: no such evidence: P-ZP-99"),
        ("{burn: {firm: zhipu, first: 2025-01", "{burned: {firm: zhipu, first: 2025-01", "no measure burned"),
        ("reported: 327.3", "report: 327.3", "zhipu-burn: report"),
        ("reported: [10, 15]", "reported: [15, 10]", "the lower end first"),
        ("happened: true, source: P-ZP-54", "happened: maybe, source: P-ZP-54", "zhipu-lists: happened: maybe"),
        ("{stock: {firm: zhipu, column: cash, at: 2025-06}}", "{stock: {firm: zhipu, column: cash}}", "'at'"),
        ("\n  zhipu-revenue:\n", "\n  zhipu-burn-2023:\n", "two facts of one name"),
        ("[P-MK-17]", "[P-MK-71]", "left_out: no such evidence"),
    ],
)
def test_what_is_wrong_with_a_fact_is_said(old, new, message):
    assert TEXT.count(old) >= 1
    with pytest.raises(ValueError, match=re.escape(message)):
        read(TEXT.replace(old, new, 1))


# measures, on two worlds of three months made by hand: in the second the start-up "a" is bought in month 3


@pytest.fixture
def seen():
    ids, shape = ("a", "b", "g"), (2, 3, 4)
    firms = {name: np.zeros(shape) for name in KEPT}
    firms["status"][:] = INDEPENDENT
    firms["status"][1, 0, 3] = INDEPENDENT + 1
    for name in ("listing_month", "pivot_month", "profitable_month"):
        firms[name][:] = NEVER
    firms["listing_month"][0, 0, 2:] = 2
    firms["spending"][:, 0] = [0, 30, 40, 50]
    firms["collections"][:, 0] = [0, 10, 10, 10]
    firms["grant_in"][:, 0] = [0, 0, 0, 3]
    firms["revenue"][:, 0] = [0, 10, 20, 30]
    firms["bad_debt"][:, 0] = [0, 1, 1, 1]
    firms["revenue_api"][:, 0] = [0, 4, 4, 12]
    firms["api_margin"][:, 0] = [0, 0.5, 0.5, 0.1]
    firms["venture_in"][0, 0] = [0, 0, 0, 700]
    firms["strategic_in"][0, 0] = [0, 0, 500, 0]
    firms["post_money"][0, 0] = [0, 0, 5000, 6000]
    firms["ipo_in"][0, 0] = [0, 0, 90, 0]
    firms["value"][:, 0] = [0, 900, 1000, 1100]
    firms["gap"][:, 0], firms["gap"][:, 1], firms["gap"][:, 2] = 0.2, 0.1, 0.15
    market = {"api_take_home": np.full((2, 4), 0.5), "project_price": np.full((2, 4), 0.8)}
    sizes = np.zeros((2, 8, 4))
    offers = np.array([[1000.0, np.nan, np.nan], [np.nan] * 3])
    return History(2025 * 12, ids, ("a", "b"), firms, market, sizes, np.array([2, NEVER]), offers)


def same(found, expected):
    np.testing.assert_allclose(found, expected)


ALL = {"first": "2025-01", "last": "2025-03"}


def test_flows_are_means_or_sums_of_the_months_while_the_firm_is_there(seen):
    same(measures.burn(seen, "a", **ALL), [(20 + 30 + 37) / 3, np.nan])
    same(measures.burn(seen, "a", "2025-01", "2025-02"), [25, 25])
    same(measures.loss(seen, "a", **ALL), [(21 + 21 + 21) / 3, np.nan])
    same(measures.total(seen, "a", "revenue", **ALL), [60, np.nan])


def test_margins_are_weighted_by_revenue(seen):
    same(measures.line_margin(seen, "a", "api", **ALL), [(2 + 2 + 1.2) / 20, np.nan])
    same(measures.over_revenue(seen, "a", "spending", **ALL), [120 / 60, np.nan])
    same(measures.part_of_revenue(seen, "a", "api", **ALL), [20 / 60, np.nan])


def test_money_counts_where_there_was_any_and_whoever_brought_it(seen):
    same(measures.raised(seen, "a", **ALL), [1200, np.nan])
    same(measures.raised_by_all(seen, **ALL), [1200, 0])
    same(measures.price(seen, "a", **ALL), [6000, np.nan])
    same(measures.price(seen, "a", "2025-01", "2025-02"), [5000, np.nan])
    same(measures.large_round(seen, "a", 600, **ALL), [1, 0])
    same(measures.large_round(seen, "a", 700, **ALL), [0, 0])
    same(measures.large_rounds(seen, 0, 600, **ALL), [0, 1])


def test_growth_of_markets_is_at_the_prices_paid():
    months = 25
    sizes = np.zeros((1, 8, months))
    sizes[0, API], sizes[0, PROJECTS], sizes[0, VERTICAL] = 10.0, 10.0, 5.0
    sizes[0, CONSUMER] = 999.0  # users, not money
    sizes[0, :, 13:] *= 2.0
    market = {"api_take_home": np.ones((1, months)), "project_price": np.ones((1, months))}
    market["api_take_home"][0, 13:], market["project_price"][0, 13:] = 0.5, 0.9
    seen = History(2024 * 12, (), (), {}, market, sizes, np.array([]), np.array([]))
    # 12 * (10 + 10 + 5) in 2024, 12 * (20 / 2 + 20 * 0.9 + 10) in 2025
    same(measures.market_growth(seen, 2025), [38 / 25])


def test_listings_count_only_where_the_firm_has_listed(seen):
    same(measures.proceeds(seen, "a", "2025-03"), [90, np.nan])
    same(measures.offer(seen, "a", "2025-03"), [1000, np.nan])
    same(measures.market_cap(seen, "a", "2025-03"), [1100, np.nan])
    same(measures.proceeds(seen, "a", "2025-01"), [np.nan, np.nan])
    same(measures.listed(seen, "a", "2025-01"), [0, 0])
    same(measures.listed_number(seen, 1, "2025-02"), [1, 0])


def test_states_are_those_at_the_end_of_the_month(seen):
    same(measures.gone(seen, "a", "2025-02"), [0, 0])
    same(measures.gone(seen, "a", "2025-03"), [0, 1])
    same(measures.all_independent(seen, "2025-03"), [1, 0])
    same(measures.endgame(seen, "2025-02"), [1, 0])
    same(measures.startup_leads(seen, "2025-03"), [1, 1])
    same(measures.among_first(seen, "a", 1, "2025-03"), [0, 0])
    same(measures.among_first(seen, "a", 2, "2025-03"), [1, 0])  # who is gone leads nobody


# tables


def judged(reported, values, **why):
    low, high = reported
    fact = Fact("x", "what was asked", ("P-ZP-24",), "burn", {})
    return Judged(Quantity(fact, low, high, False, **why), np.asarray(values, float))


def test_a_miss_is_told_with_its_side_and_reason_and_a_hit_is_not():
    worlds = np.arange(200.0)
    low, high, hit = (judged((x, x), worlds, too_low="LOW", too_high="HIGH") for x in (500, -5, 100))
    told = Told(read().events[0], Forecast(0.0, 200, True), leave_one_out([True])[0])
    text = tables.misses_text([low, hit], [told], 200)
    assert "too low | LOW" in text and "HIGH" not in text
    assert text.count("*what was asked*") == 1 and "*Zhipu lists by January 2026*" in text
    assert "too high | HIGH" in tables.misses_text([high], [], 200)
    assert "Outside every one of the 200 worlds: none." in tables.misses_text([hit], [], 200)
    assert "we do not know" in tables.misses_text([judged((500, 500), worlds)], [], 200)


def test_what_is_asked_is_met_or_not_by_the_numbers():
    worlds = np.arange(200.0)
    hit, miss = judged((100, 100), worlds), judged((198, 198), worlds)
    told = Told(read().events[0], Forecast(0.6, 200, True), Forecast(0.5, 6, True))
    three = tables.asked_table([hit, hit, hit, miss], [told], 200)
    assert three.count("| met |") == 3 and "75% (3 of 4)" in three and "0.160 against 0.250" in three
    worse = tables.asked_table([hit, hit, miss], [told._replace(base=Forecast(0.7, 6, True))], 200)
    assert worse.count("**not met**") == 2 and "67% (2 of 3)" in worse
    beyond = tables.asked_table([judged((500, 500), worlds)], [told._replace(forecast=Forecast(0.0, 200, True))], 200)
    assert "| none | 2 | **not met** |" in beyond


def test_tables_of_events_have_the_worlds_then_the_base_rate():
    event = read().events[0]
    told = [Told(event, Forecast(0.8, 4096, True), Forecast(0.5, 6, True))]
    # (1 - 0.8)^2, (1 - 0.5)^2, one half; -log 0.8, -log 0.5
    assert "| listing | 1 (1 happened) | 0.040 | 0.250 | 0.250 | 0.223 | 0.693 | 0.693 |" in tables.scores_table(told)
    assert "| Zhipu lists by January 2026 | P-ZP-54 | yes | 80% | 79-81% | 50% |" in tables.events_table(told)


def test_a_quantity_of_few_worlds_is_not_judged():
    few = judged((5, 5), np.arange(tables.FEW_WORLDS - 1.0))
    assert "too few worlds" in tables.quantities_table([few])
    assert "0 of 1" in tables.coverage_table([few, judged((500, 500), np.arange(200.0))])
    assert "too few worlds" not in tables.quantities_table([judged((5, 5), np.arange(tables.FEW_WORLDS + 0.0))])


def test_the_document_has_a_place_for_every_table():
    text = DOCUMENT.read_text(encoding="utf-8")
    names = re.findall(r"<!-- (?!end)(\w+) -->", text)
    marks = {name: f"NEW {name}" for name in names}
    assert [line for line in written(text, marks).splitlines() if line.startswith("NEW")] == list(marks.values())
    with pytest.raises(ValueError, match="no <!-- nothing -->"):
        written(text, {"nothing": ""})


def test_words_around_the_tables_quote_no_results():
    outside = re.sub(r"<!-- (?!end)\w+ -->.*?<!-- end -->", "", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\d+ of \d+", outside) == []


def test_the_worlds_are_those_of_the_flagship():
    """Two worlds seen up to April 2026 are the same to the last float32 as their whole histories."""
    scenario = sim.load(FLAGSHIP)
    found = history(scenario, 2)
    whole = sim.trace(scenario, 1)
    months = found.firms["cash"].shape[2]
    for column in ("cash", "revenue", "status", "listing_month"):
        np.testing.assert_array_equal(found.firms[column][1], np.float32(whole.firms[column][:months]).T)
    assert (found.offers[1] > 0).sum() == (found.firms["ipo_in"][1] > 0).any(axis=1).sum()


def test_measures_say_what_the_ledger_of_the_flagship_says():
    """What the scenario asks as propositions and what is measured here is the same in each of the same worlds."""
    worlds, scenario = 64, sim.load(FLAGSHIP)
    seen, block = history(scenario, worlds), simulate(scenario, 0, worlds)
    mine = {event.fact.id: event.fact.measured(seen) for event in read().events}
    ledger = {fact.id: truth(fact, block, scenario) for fact in scenario.facts}
    for asked in ("zhipu-lists", "minimax-lists", "baichuan-pivots", "zero-one-pivots"):
        same(mine[asked], ledger[asked])
    same(mine["four-racing"], ledger["four-in-the-race"])
    same(1 - mine["moonshot-lists"], ledger["kimi-stays-private"])
    same(1 - mine["stepfun-pivots"], ledger["stepfun-stays-in-the-race"])


def test_every_fact_can_be_measured():
    scenario, every = sim.load(FLAGSHIP), read()
    seen = history(scenario, 2)
    for one in (*every.events, *every.quantities, *every.training):
        assert one.fact.measured(seen).size <= 2 or one.fact.measure in POOLED, one.fact.id
    for event in every.events:
        assert set(event.fact.measured(seen)) <= {0.0, 1.0}, event.fact.id


def test_inputs_that_rest_on_facts_after_2024_are_told():
    made = sim.load(FLAGSHIP)
    told = inputs_of_x(made)
    assert "P-HK-06" in told["assumptions.exchange.window (events.technology-channel)"]
    assert "`assumptions.exchange.window (events.technology-channel)` (P-HK-06)" in tables.inputs_text(told)
    assert tables.inputs_text({}) == "Inputs of the flagship that rest on X: none."
