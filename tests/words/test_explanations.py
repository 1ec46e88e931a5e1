"""The chain in words that explains a headline: from hand-made numbers, and silent where a step is not sure."""

from __future__ import annotations

import pytest
from synthetic_runs import firm, scenario

from sim.words.explanations import chain, explanation

QUESTION = scenario((firm("alpha"), firm("beta")))
SOLD, BROKE = "acquired: bought after the market abandoned it", "closed: out of money"
CALLED, REFUSED = "acquired: bought after investors called their money", "acquired: bought after capital refused it"


def row(quantity: str, points: float, half: float = 2.0, who: str = "alpha", date: str = "2025-06") -> dict:
    low, high = ((points + part) / 100 for part in (-half, half))
    return {"firm": who, "quantity": quantity, "date": date, "difference": points / 100, "low": low, "high": high}


def said(headline: dict, *rows: dict) -> str:
    return chain(QUESTION, [headline, *rows], headline)


WINDOW = (row("listed", -41), row("abandoned", -30), row(SOLD, -22), row(REFUSED, 4))


def test_a_chain_of_three_steps():
    assert said(row("survival", 25), *WINDOW) == (
        "Alpha lists less often (−41.0 points), so it is abandoned by the market less often (−30.0), so it is bought "
        "after the market abandoned it less often (−22.0): that is 88% of the survival gained"
    )


def test_of_a_group():
    rows = [{**one, "firm": "startups"} for one in WINDOW]
    assert said(row("survival", 20, who="startups"), *rows) == (
        "Fewer of all startups list (−41.0 points), so fewer are abandoned by the market (−30.0), so fewer are bought "
        "after the market abandoned it (−22.0): that is all of the survival gained"
    )


def test_a_cause_that_needs_nothing_before_it_and_one_that_the_listing_prevents():
    assert said(row("survival", -30), row(BROKE, 19), row(REFUSED, 9)) == (
        "Alpha runs out of money more often (+19.0 points): that is 63% of the survival lost"
    )
    assert said(row("survival", -30), row("listed", -20), row(CALLED, 18)) == (
        "Alpha lists less often (−20.0 points), so it is bought after investors called their money more often (+18.0): "
        "that is 60% of the survival lost"
    )


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("harm", ["unsure", "other sign", "missing"])
def test_silent_where_a_step_is_not_sure(place, harm):
    rows = list(WINDOW[:3])
    if harm == "unsure":
        rows[place] = row(rows[place]["quantity"], 100 * rows[place]["difference"], half=45)
    elif harm == "other sign":
        rows[place] = row(rows[place]["quantity"], -100 * rows[place]["difference"])
    else:
        del rows[place]
    assert said(row("survival", 25), *rows) == ""


def test_silent_where_no_one_cause_explains_it_or_where_it_is_not_about_survival():
    assert said(row("survival", -30), row(BROKE, 14), row(REFUSED, 12)) == ""
    assert said(row("survival", 60), *WINDOW) == ""  # 22 of 60 points
    assert said(row("acquired", -25), *WINDOW) == ""
    assert said(row("survival", 25, who="beta"), *WINDOW) == ""
    assert said(row("survival", 25, date="2024-12"), *WINDOW) == ""
    assert chain(QUESTION, list(WINDOW), None) == ""
    assert said(row("survival", -25), *WINDOW) == ""  # fewer exits do not explain what is lost


def test_what_is_explained_is_what_the_sentence_tells_first():
    """The largest difference of survival; of who is in focus, if anybody is there."""
    mine = [row("survival", 25), *WINDOW]
    theirs = [row("survival", -30, who="beta"), row(BROKE, 19, who="beta")]
    assert explanation(QUESTION, [*mine, *theirs]).startswith("Beta runs out of money")
    assert explanation(QUESTION, [*mine, *theirs], ["alpha"]).startswith("Alpha lists less often")
    assert explanation(QUESTION, [*mine, *theirs], ["nobody"]).startswith("Beta runs out of money")
