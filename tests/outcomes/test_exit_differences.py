"""Causes of exit in differences.csv: by hand, as sums of fates, and the same as causes.csv of both runs."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_runs import block_of, firm, live, scenario, still
from test_differences import compared, leaves, side

from sim.archive.dictionary import DIFFERENCES_CSV
from sim.foundation.causes import ABANDONED, CAUSES, DISTRESSED, NO_CAUSE, OUT_OF_MONEY, REFUSED
from sim.foundation.columns import ACQUIRED, CLOSED
from sim.outcomes import quoted
from sim.outcomes.differences import COMPARED_QUANTITIES, Differences
from sim.outcomes.exits import End, ExitCounts, is_exit
from sim.outcomes.intervals import paired_score

TWO = (firm("alpha"), firm("beta"), firm("giant", "giant"))
BROKE, BOUGHT = End(CLOSED, OUT_OF_MONEY).quantity, End(ACQUIRED, ABANDONED).quantity


def ends(histories: np.ndarray, world: int, row: int, month: int, fate: int, cause: int) -> None:
    leaves(histories, world, row, month, fate)
    histories["cause"][world, row] = cause


def test_shares_by_hand_and_tangos_interval():
    """Of ten worlds alpha is broke in three, of which one (month 9) after December 2023; in the variant in one of them
    and is bought in four others."""
    question, base, variant = scenario(TWO, 12), still(10, 3), still(10, 3)
    for world, month in ((0, 3), (1, 6), (2, 9)):
        ends(base, world, 0, month, CLOSED, OUT_OF_MONEY)
    ends(variant, 0, 0, 3, CLOSED, OUT_OF_MONEY)
    for world in (4, 5, 6, 7):
        ends(variant, world, 0, 7, ACQUIRED, ABANDONED)
    found = compared(side(question, base, sizes=[2, 8]), side(question, variant, sizes=[2, 8]))
    expected = {
        ("alpha", BROKE, "2023-12"): (0.2, 0.1),
        ("alpha", BROKE, "2024-06"): (0.3, 0.1),
        ("alpha", BOUGHT, "2023-12"): (0.0, 0.0),
        ("alpha", BOUGHT, "2024-06"): (0.0, 0.4),
        ("startups", BOUGHT, "2024-06"): (0.0, 0.2),
        ("beta", BROKE, "2024-06"): (0.0, 0.0),
    }
    for key, (old, new) in expected.items():
        row = found.loc[key]
        assert (row["base"], row["variant_value"], row["difference"]) == pytest.approx((old, new, new - old)), key
    row = found.loc["alpha", BROKE, "2024-06"]
    assert (row["low"], row["high"]) == tuple(float(bound) for bound in paired_score(0, 2, 10))


@pytest.mark.parametrize("paired", [True, False])
def test_they_are_the_shares_of_causes_csv_and_add_up_to_the_fates(paired):
    question = scenario((firm("alpha"), firm("crowd", copies=4), firm("giant", "giant")), 18)
    luck = np.random.default_rng(3)
    sides = [live(luck, 60, 6, 18, close=0.03, acquire=hazard) for hazard in (0.01, 0.05)]
    sides[1]["cause"][(sides[1]["fate"] == ACQUIRED) & (sides[1]["exit_month"] > 9)] = REFUSED
    found = compared(*(side(question, histories, sizes=[25, 35]) for histories in sides), paired=paired)
    for column, histories in zip(("base", "variant_value"), sides, strict=True):
        counts = ExitCounts(question)
        counts.add(block_of(question, histories))
        told = counts.frame().set_index(["firm", "fate", "cause", "year"])["cumulative"]
        for (name, fate, cause, year), share in told.items():
            key = name, f"{fate}: {cause}", f"{year}-12"
            assert found.loc[key, column] == pytest.approx(share, abs=1e-12), key
        assert len({fate for _, fate, _, _ in told.index}) == 2
    plain = found.reset_index()
    for fate in ("acquired", "closed"):
        parts = plain[plain["quantity"].str.startswith(f"{fate}: ")].groupby(["firm", "date"])["difference"].sum()
        whole = plain[plain["quantity"] == fate].set_index(["firm", "date"])["difference"]
        assert (whole != 0).any() and parts.reindex(whole.index).to_numpy() == pytest.approx(whole.to_numpy())


def test_nothing_is_said_of_causes_that_were_not_kept():
    question, base, variant = scenario(TWO, 12), still(10, 3), still(10, 3)
    ends(base, 0, 0, 3, CLOSED, OUT_OF_MONEY)
    ends(variant, 1, 1, 3, CLOSED, NO_CAUSE)
    differences = Differences(side(question, base), side(question, variant), paired=True).run()
    assert not differences.keeps_causes
    assert not any(is_exit(quantity) for quantity in differences.frame("changed")["quantity"])


def test_no_cause_is_quoted_and_no_other_quantity_looks_like_one():
    """A cause that moves by all worlds while nothing else moves: the headline has nothing to say."""
    question, base, variant = scenario(TWO, 12), still(40, 3), still(40, 3)
    for world in range(40):
        ends(base, world, 0, 3, ACQUIRED, DISTRESSED)
        ends(variant, world, 0, 3, ACQUIRED, ABANDONED)
    rows = (
        compared(side(question, base), side(question, variant)).reset_index()[DIFFERENCES_CSV.names].to_dict("records")
    )
    assert [row["difference"] for row in rows if row["quantity"] == BOUGHT and row["firm"] == "alpha"] == [1, 1]
    assert quoted.rows_to_quote(question, rows)[1:] == (None, None)
    assert not any(is_exit(name) for name in COMPARED_QUANTITIES)
    assert not any(": " in cause.rule for cause in CAUSES)
