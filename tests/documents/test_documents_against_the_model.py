"""Verdicts and sentences of docs/documents.md by hand, the intervals on models whose answer is known, and the document
that is kept.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import sim
from sim.foundation.columns import HISTORY_DTYPE, NEVER
from sim.laws.catalogue import MECHANISMS
from sim.outcomes.claims import FALSE, TRUE, UNDECIDED
from sim.scenario.evidence import known
from sim.scenario.layout import layout_of
from tools.documents import document, measure, verdicts
from tools.documents.found import Beside, Measured, Moved, Shift, Told
from tools.documents.laws import LAWS, NUMBER, Law, Outcome, few_race, gone_unlisted, off
from tools.documents.measure import LEVEL, SCENARIOS, loaded, measured, paired, shift, told
from tools.documents.so_far import facts_for, so_far, topics_of
from tools.documents.verdicts import BORNE_OUT, CONTRADICTED, DIFFERS, IN_PART, OPEN, UNASKED
from tools.golden.baseline import digest_of_baseline
from tools.severities.estimating import Estimate
from tools.severities.seen import FLAGSHIP, SEVEN, Ended

NAN = math.nan
UNKNOWN = Estimate(NAN, NAN, NAN)


def forecast(value, low, high, sd=0.0, moved=()):
    """``sd`` is the upper end of the spread between draws."""
    return Told(Estimate(value, low, high), 2048, Estimate(sd / 2, sd / 4, sd), tuple(moved))


def moves(mechanism, points, low, high, share=(30, 25, 35)):
    return Moved(mechanism, Estimate(points, low, high), Estimate(*share))


# Verdicts


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (forecast(0.60, 0.58, 0.62, 0.05), BORNE_OUT),
        (forecast(0.60, 0.58, 0.62, 0.08), OPEN),  # on the very half
        (forecast(0.60, 0.58, 0.62, 0.10), OPEN),  # not by luck, but by what is not known
        (forecast(0.52, 0.49, 0.55), OPEN),
        (forecast(0.40, 0.38, 0.42, 0.05), CONTRADICTED),
        (forecast(0.40, 0.38, 0.42, 0.10), OPEN),
        (forecast(0.03, 0.02, 0.04, 0.03), CONTRADICTED),
        (forecast(0.97, 0.96, 0.98, NAN), OPEN),  # the spread is not known
        (forecast(NAN, NAN, NAN, NAN), UNASKED),
        (forecast(1.0, NAN, NAN), OPEN),  # one world
    ],
)
def test_a_forecast_by_hand(one, verdict):
    assert verdicts.of_forecast(one) == verdict


@pytest.mark.parametrize(
    ("found", "sign", "verdict"),
    [
        ((5, 4, 6), 1, BORNE_OUT),
        ((-5, -6, -4), 1, CONTRADICTED),
        ((-5, -6, -4), -1, BORNE_OUT),
        ((5, 4, 6), -1, CONTRADICTED),
        ((1, -1, 3), 1, OPEN),
        ((0, 0, 0), 1, OPEN),
        ((NAN, NAN, NAN), 1, OPEN),
    ],
)
def test_an_outcome_of_a_law_by_hand(found, sign, verdict):
    assert verdicts.of_outcome(Estimate(*found), sign) == verdict


def test_several_verdicts_are_one_only_if_they_are_the_same():
    assert verdicts.together([OPEN, OPEN], DIFFERS) == OPEN
    assert verdicts.together([BORNE_OUT, OPEN], DIFFERS) == DIFFERS
    assert verdicts.of_law([BORNE_OUT, BORNE_OUT]) == BORNE_OUT
    assert verdicts.of_law([BORNE_OUT, CONTRADICTED]) == verdicts.of_law([OPEN, BORNE_OUT]) == IN_PART
    assert verdicts.of_law([OPEN, CONTRADICTED]) == CONTRADICTED and verdicts.of_law([OPEN]) == OPEN


def test_who_moves_most_is_named_each_way_if_it_surely_does():
    moved = [
        moves("a", 3, 1, 5),
        moves("b", 9, 8, 10),
        moves("unsure", 20, -1, 41),
        moves("c", -4, -5, -3),
        moves("d", 5, 4, 6),
        moves("e", 4, 3, 5),
        Moved("nothing to ask", UNKNOWN, UNKNOWN),
    ]
    assert [one.mechanism for one in verdicts.movers(moved, 1)] == ["b", "d", "e"]
    assert [one.mechanism for one in verdicts.movers(moved, -1)] == ["c"]


def test_one_switch_decides_where_its_interval_is_past_one_half():
    moved = [moves("a", 30, 25, 35, (60, 55, 65)), moves("b", 25, 20, 30, (52, 49, 55)), Moved("c", UNKNOWN, UNKNOWN)]
    assert [one.mechanism for one in verdicts.turners(moved, 1)] == ["a"]
    assert [one.mechanism for one in verdicts.turners([moves("a", -9, -10, -8, (40, 35, 45))], -1)] == ["a"]


# Sentences


def test_why_a_forecast_is_contradicted_in_words():
    moved = [moves("rounds", 12, 9, 15, (42, 37, 47)), moves("burn", -8, -10, -6, (22, 18, 26))]
    said = document.why("mine", forecast(0.3, 0.28, 0.32, moved=moved))
    assert said == (
        "`mine`: it rises most without `rounds` (+12.0 ±3.0); it falls most without `burn` (−8.0 ±2.0). No single "
        "switch surely makes it likelier than not; it is likeliest without `rounds` (42.0% ±5.0)."
    )
    decided = document.why("mine", forecast(0.3, 0.28, 0.32, moved=[moves("rounds", 40, 35, 45, (70, 65, 75))]))
    assert decided == (
        "`mine`: it rises most without `rounds` (+40.0 ±5.0); nothing switched off surely lowers it. It comes true "
        "more often than not without `rounds` (70.0% ±5.0)."
    )


def test_what_nothing_moves_is_said_and_a_coin_is_not_turned():
    unsure = [moves("rounds", 1, -1, 3)]
    assert document.why("mine", forecast(0.3, 0.28, 0.32, moved=unsure)) == "`mine`: nothing moves it surely."
    assert document.why("mine", forecast(0.5, 0.48, 0.52, moved=[moves("rounds", 12, 9, 15)])) == (
        "`mine`: it rises most without `rounds` (+12.0 ±3.0); nothing switched off surely lowers it."
    )


def made_up(name, laws, forecasts):
    return Measured(name, f"Title of {name}", laws, forecasts)


def as_the_laws_say(size=5.0, but=()):
    """Every outcome on the side that its law says, but those (mechanism, place) that are on the other."""
    return {
        law.mechanism: tuple(
            Shift(50.0, 55.0, Estimate(*sorted_by_sign(size * one.sign * (-1 if (law.mechanism, at) in but else 1))))
            for at, one in enumerate(law.outcomes)
        )
        for law in LAWS
    }


def sorted_by_sign(value):
    return value, value - 1.0, value + 1.0


def test_a_law_in_words():
    one, other = (made_up(name, as_the_laws_say(but=but), {}) for name, but in (("a", ()), ("b", [("scale", 3)])))
    assert document.law_sentence(LAWS[0], [one]) == (
        "**Borne out.** 4 of 4 differences are on the side that the law says."
    )
    assert document.law_sentence(LAWS[0], [one, other]) == (
        "**Borne out in part.** 7 of 8 differences are on the side that the law says. On the other side in `b`: of the "
        "six, pivoted by December 2030."
    )
    table = document.law_parts(LAWS[0], [one])[3]
    assert "| of the six, independent in December 2030 | more | 50.0 → 55.0, **+5.0 ±1.0** |" in table
    assert "| start-ups in the general race in April 2028 | more | 50.00 → 55.00, **+5.00 ±1.00** |" in table


def test_what_keeps_a_law_from_being_borne_out_in_words():
    unsure = Beside("burn", Estimate(-9, -20, 2), Estimate(-8, -19, 3))
    beside = [
        unsure,
        Beside("entry", Estimate(3, 2, 4), Estimate(4, 3, 5)),
        Beside("rounds", Estimate(-3, -4, -2), Estimate(-2, -3, -1)),
    ]
    assert [one.mechanism for one in verdicts.helpers(beside, -1)] == ["rounds"]
    assert [one.mechanism for one in verdicts.helpers(beside, 1)] == ["entry"]
    laws = as_the_laws_say(but=[("scale", 2), ("scale", 3)])
    places = {("scale", 2): (unsure,), ("scale", 3): tuple(beside)}
    kind, told_list = document.law_against(LAWS[0], [Measured("a", "", laws, {}, places)])
    assert kind == "What makes it so:"
    assert told_list.split("\n") == [
        "- `a`, worlds with two or three of them in it: nothing switched off surely moves it to the side of the law.",
        "- `a`, of the six, pivoted by December 2030: the difference moves most to the side of the law without "
        "`rounds` (by −3.0 ±1.0, to −2.0 ±1.0).",
    ]
    assert document.law_against(LAWS[0], [made_up("a", laws, {})]) == []


@pytest.fixture(scope="module")
def flagship():
    return loaded(FLAGSHIP, 64)


def test_a_forecast_on_the_page(flagship):
    claim = flagship.claims[0]
    moved = [moves("rounds", 12, 9, 15)]
    yes, no = forecast(0.9, 0.88, 0.92, 0.1), forecast(0.2, 0.18, 0.22, 0.1, moved)
    found = [made_up("a", as_the_laws_say(), {claim.id: yes}), made_up("b", as_the_laws_say(), {claim.id: no})]
    assert document.verdict_over(claim, found) == DIFFERS
    parts = document.forecast_parts(claim, found, flagship)
    assert "| `a` | 90.0 ±2.0 | 5 (2 to 10) | 2,048 | borne out |" in parts[2]
    assert "| `b` | 20.0 ±2.0 | 5 (2 to 10) | 2,048 | contradicted |" in parts[2]
    assert parts[-1].startswith("- `b`: it rises") and "`a`" not in parts[-1]
    coin = [made_up("c", as_the_laws_say(), {claim.id: forecast(0.5, 0.48, 0.52, 0.1, moved)})]
    assert document.forecast_parts(claim, coin, flagship)[-1].startswith("- `c`: it rises")


def test_the_document_counts_its_verdicts_and_names_what_is_not_there(flagship):
    told_yes = {claim.id: forecast(0.9, 0.88, 0.92) for claim in flagship.claims}
    told_no = told_yes | {flagship.claims[1].id: forecast(0.5, 0.48, 0.52)}
    found = [made_up("six-dragons", as_the_laws_say(), told_yes), made_up("late-stage", as_the_laws_say(), told_no)]
    made = document.text(found, flagship, 7, 2048)
    assert "**16 forecasts in two scenarios: 15 borne out in all of them, 1 not the same in all.**" in made
    assert "Not among the scenarios when this was made: six-dragons-2024, six-dragons-2026, not-late-stage." in made
    assert max(len(line) for line in made.splitlines() if not line.startswith(("|", ">", "#"))) <= document.WIDTH


# What happened so far


def test_the_latest_facts_that_speak_of_a_forecast_are_told(flagship):
    claims = {claim.id: claim for claim in flagship.claims}
    assert [fact.id for fact in facts_for(claims["minimax-bought"], flagship)] == ["minimax-gone", "minimax-profitable"]
    assert [fact.id for fact in facts_for(claims["zhipu-survives"], flagship)] == ["zhipu-gone"]  # of all its fates
    assert ("endgame",) in topics_of(claims["not-late-stage"])
    assert so_far(claims["kimi-turns-positive"], flagship) == (
        "So far, to April 2026: *Moonshot has had a year in profit by April 2026*: no (S001-28)."
    )
    assert so_far(claims["deepseek-turns-positive"], flagship) == "No fact of the flagship tells of it."
    assert "*Zhipu, market value in February 2026, if listed*: RMB 289,000 million (P-ZP-58)" in so_far(
        claims["zhipu-reasonable"], flagship
    )


# Measures


def test_a_paired_difference_by_hand():
    before = np.array([TRUE, FALSE, FALSE, FALSE] * 100)
    points, share = paired(before, np.array([TRUE, TRUE, FALSE, FALSE] * 100), LEVEL)
    assert (points.value, share.value) == (25, 50) and points.low < 25 < points.high and 45 < share.low < 50
    undecided = np.array([TRUE, UNDECIDED, UNDECIDED, FALSE] * 100)
    points, share = paired(before, undecided, LEVEL)
    assert (points.value, share.value) == (25, 50)
    few = np.array([TRUE] * 99 + [UNDECIDED] * 301)
    assert all(map(math.isnan, (*paired(before, few)[0], *paired(few, before)[1])))
    same = paired(undecided, undecided)[0]
    assert same.value == same.low == same.high == 0


def test_intervals_of_conditional_claims_hold_the_truth_as_often_as_they_say():
    """Asked with 0.7 before and 0.5 after, true with 0.3 and 0.4: half of the luck is the same in both."""
    random, hit, rounds = np.random.default_rng(1), 0, 2000
    for _ in range(rounds):
        luck, own = random.random((2, 400)), random.random((2, 400))
        after_luck = np.where(random.random((2, 400)) < 0.5, luck, own)
        before = np.where(luck[0] < 0.7, np.where(luck[1] < 0.3, TRUE, FALSE), UNDECIDED)
        after = np.where(after_luck[0] < 0.5, np.where(after_luck[1] < 0.4, TRUE, FALSE), UNDECIDED)
        points = paired(before, after, LEVEL)[0]
        hit += points.low <= 10 <= points.high
    assert 0.935 <= hit / rounds <= 0.965


def test_outcomes_of_laws_by_hand(flagship):
    ended = histories_of(flagship)
    ended.histories["exit_month"][0, ended.rows(SEVEN)[0]] = 3
    ended.histories["exit_month"][1, ended.rows(SEVEN)[1]] = 3
    ended.histories["listing_month"][1, ended.rows(SEVEN)[1]] = 2
    assert gone_unlisted(ended).tolist() == pytest.approx([100 / 6, 0.0])
    ended.histories["pivot_month"][0, ended.rows(SEVEN)[3:]] = 2
    assert few_race(ended).tolist() == [100.0, 0.0]  # three of seven left of one world, six of the other


def histories_of(flagship):
    """Two worlds of the flagship in which nothing has happened yet."""
    histories = np.zeros((2, len(layout_of(flagship).ids)), HISTORY_DTYPE)
    for name in HISTORY_DTYPE.names:
        if name.endswith("_month"):
            histories[name] = NEVER
    histories["entry_month"] = 0
    return Ended(flagship, histories, np.full(2, NEVER))


def test_a_second_switch_changes_what_a_law_does(monkeypatch):
    """Without the law one less in every world, with `burn` off too three less; the law says more."""

    class Forced:
        def ended(self, sets):
            return sets

    def number(sets):
        law, second = "assumptions.scale.on=0" in sets, "assumptions.burn.on=0" in sets
        return np.full(4, 10 - (3 if second else 1) * law)

    outcome = Outcome("a number", NUMBER, 1, number, off("scale"))
    monkeypatch.setattr(measure, "LAWS", (Law(1, "scale", (), (outcome,)),))
    against = {"scale": (Shift(10, 9, Estimate(-1, -1, -1)),)}
    found = {one.mechanism: one for one in measure._beside(Forced(), against)["scale", 0]}
    assert found["burn"] == Beside("burn", Estimate(-2, -2, -2), Estimate(-3, -3, -3))
    assert found["entry"].change.value == 0 and len(found) == len(MECHANISMS) - 1
    assert measure._beside(Forced(), {"scale": (Shift(10, 11, Estimate(1, 1, 1)),)}) == {}


def test_a_shift_is_paired():
    assert shift(np.array([1.0, 2.0]), np.array([2.0, 3.0])) == Shift(1.5, 2.5, Estimate(1.0, 1.0, 1.0))


def test_a_scenario_is_measured_whole():
    """On few worlds: every law, every forecast with claims.csv's numbers, every mechanism switched off."""
    found = measured("late-stage", 16, 1, lambda _line: None)
    scenario = sim.load("late-stage", worlds=16)
    assert {law.mechanism: len(law.outcomes) for law in LAWS} == {name: len(all_) for name, all_ in found.laws.items()}
    assert list(found.forecasts) == [claim.id for claim in scenario.claims]
    rows = sim.run(scenario, jobs=1).claims().to_dict("records")
    for row in rows:
        assert np.array_equal(found.forecasts[row["claim"]].probability, told(row).probability, equal_nan=True)
        assert [one.mechanism for one in found.forecasts[row["claim"]].moved] == [one.name for one in MECHANISMS]


# The document that is kept


def test_the_document_is_made_on_the_present_baseline_with_every_law_and_forecast(flagship):
    kept = document.DOCUMENT.read_text(encoding="utf-8")
    assert f"baseline `{digest_of_baseline()}`" in kept, (
        "results have changed: read docs/documents.md again after python -m tools.documents --write"
    )
    for claim in flagship.claims:
        assert f"### {claim.says}\n" in kept and f"`{claim.id}`, {claim.source}." in " ".join(kept.split("\n"))
    assert [line for line in kept.splitlines() if line.startswith("### Law")] == [
        f"### Law {law.number}: `{law.mechanism}`" for law in LAWS
    ]
    assert {row for law in LAWS for row in law.rows} <= known().keys()
    assert sum(f"[{name}](../scenarios/{name}.yaml)" in kept for name in SCENARIOS) >= 3
