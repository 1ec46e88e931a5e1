"""The sentence to quote of every question: a run, a what-if, a comparison, a sweep, a flip point, a sensitivity.

Pure functions of plain data: what a study computed comes in, a sentence without its full stop goes out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.foundation.states import A_STARTUP, State
from sim.outcomes.crossing import Crossing, Tally
from sim.outcomes.differences import INDEPENDENTS_LEFT
from sim.outcomes.drivers import FEWEST_EVENTS, Effect, Estimate
from sim.outcomes.quoted import DifferenceRow
from sim.scenario.layout import layout_of
from sim.scenario.model import Claim, Scenario
from sim.scenario.varied import Varied
from sim.words.changes import change_in_words, decision_in_words, decisions_in_words, path_in_words, value_in_words
from sim.words.differences import as_contrasts, as_effects, told_first
from sim.words.months import month_name
from sim.words.names import of_what, whom
from sim.words.numbers import how_many
from sim.words.propositions import claim_named
from sim.words.text import capital, lower
from sim.words.year_ends import decided, runway_sentence

if TYPE_CHECKING:
    import pandas as pd

MOST_SPOKEN = 3  # firms in focus that a sentence names
MOST_LEADERS = 3  # of the leading assumptions, in the sentence
OPERATORS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def of_run(horizon: str, ranked: str, left: int | None, total: int, focused: bool) -> str:
    """The sentence to quote of a run: ``ranked`` says who is independent how often, empty where no startup enters.

    ``left`` of ``total`` startups are independent in the median world, None where that is not to be said. Who is in
    focus comes before it.
    """
    if not ranked:
        return "No startup enters in any world, so nothing can be said about who survives"
    if left is None:
        return f"In {horizon}, {ranked}"
    if focused:
        return f"In {horizon}, {ranked}; in the median world {left_of(left, total)} still independent"
    return capital(f"{left_of(left, total)} still independent in {horizon} in the median world: {ranked}")


def left_of(left: int, total: int) -> str:
    """Subject and verb: five of seven startups are, no startup of seven is, the one startup is."""
    if total == 1:
        return "the one startup is" if left else "no startup is"
    if left == 0:
        return f"no startup of {how_many(total)} is"
    return f"{how_many(left)} of {how_many(total)} startups {'is' if left == 1 else 'are'}"


def of_variant(
    base: Scenario,
    variant: Scenario,
    change: tuple[str, Sequence[str]],
    rows: Sequence[DifferenceRow],
    told: tuple[int, bool, int],
    focus: Sequence[str] = (),
) -> str:
    """The sentence to quote about ``variant``, from its ``rows`` of differences.csv that have a difference.

    ``change`` is the name that was given to it ("" for none) and its ``--set`` texts; ``told`` the calendar month at
    which its runway is told, whether no world is touched by it, and in how many worlds it is told.
    """
    (name, sets), (month, same, worlds) = change, told
    said = change_in_words(base, sets)
    subject = f"{name}: {lower(said)}" if name else said

    first = f"{subject} changes nothing: both histories are the same in every world"
    if not same:
        first = told_first(base, rows, focus, as_effects(base, subject, worlds))
    whose = list(decided(base, variant))[:MOST_SPOKEN]
    runways = [runway_sentence(base, rows, firm, month, worlds) for firm in whose]
    return ". ".join(filter(None, [first, *runways]))


def of_other_run(
    scenario: Scenario,
    rows: Sequence[DifferenceRow],
    names: tuple[str, str],
    same: bool,
    focus: Sequence[str] = (),
) -> str:
    """The sentence to quote about a run against the first, from its ``rows`` of differences.csv that have a difference.

    ``names`` are those of the first and of the other; ``same``: both have the same worlds.
    """
    if same:
        return f"{' and '.join(names)} are the same worlds"
    return told_first(scenario, rows, focus, as_contrasts(scenario, *names))


def pairing(
    names: tuple[str, str],
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]],
    worlds: tuple[int, int],
    paired: bool,
    from_folder: bool,
) -> str:
    """How two runs were compared, and why so; ``from_folder``: one of them is read from its tables."""
    both = " and ".join(names)
    seeds = [manifest.get("seed") for manifest in manifests]
    if paired:
        how = f"{both} are compared world by world: both have seed {seeds[0]} and {worlds[0]:,} worlds"
        without = (
            "the endgame, of which a folder keeps no worlds, by its shares alone, and runway, cash and revenue not"
        )
        return f"{how}; {without}" if from_folder else how
    reasons = []
    if seeds[0] != seeds[1]:
        reasons.append(f"seeds {seeds[0]} and {seeds[1]}")
    if any("given" in manifest for manifest in manifests):
        reasons.append("other worlds are left of each")
    if worlds[0] != worlds[1]:
        reasons.append(f"{worlds[0]:,} and {worlds[1]:,} worlds")
    if manifests[0].get("sources") != manifests[1].get("sources"):
        reasons.append("rules of different versions")
    return f"{both} are compared as independent runs ({', '.join(reasons)}): intervals are wider than with common luck"


def of_sweep(scenario: Scenario, axes: Sequence[Varied], grid: pd.DataFrame, focus: Sequence[str] = ()) -> str:
    """How many startups are left at the horizon at the ends of the grid, and who reacts most; how those in ``focus``
    react comes before. Decisions have no ends: of them the least and the most.
    """
    names = [axis.name for axis in axes]
    left = grid[grid["quantity"] == INDEPENDENTS_LEFT].set_index(names)["estimate"]
    decisions = any(axis.chosen for axis in axes)
    over = "Depending on " if decisions else "With "
    over += " and ".join(f"{path_in_words(scenario, axis.name)} {_span(scenario, axis)}" for axis in axes)
    end = month_name(scenario.end)
    if left.empty:
        return f"{over}, no startup takes part"
    startups = {firm.id: firm.name for firm in scenario.firms if firm.kind == A_STARTUP}
    rows = grid[(grid["quantity"] == State.INDEPENDENT) & grid["firm"].isin([*focus, *startups])]
    shares = {str(firm): own.set_index(names)["estimate"] for firm, own in rows.groupby("firm", sort=False)}
    told = [_independent(scenario, axes, firm, shares[firm]) for firm in focus[:MOST_SPOKEN]]
    if len(left) == 1:
        return f"{over}, {'; '.join([*told, f'{left.iloc[0]:.1f} startups are left in {end} on average'])}"
    if len(axes) == 1 and not decisions:
        said = f"the number of startups left in {end} goes from {left.iloc[0]:.1f} to {left.iloc[-1]:.1f} on average"
    else:
        said = f"{left.min():.1f} to {left.max():.1f} startups are left in {end} on average"
    widest = max(startups, key=lambda firm: float(np.ptp(shares[firm].to_numpy(float))))
    if widest not in focus[:MOST_SPOKEN]:
        between = least_and_most(scenario, axes, widest, shares[widest])
        said += f"; {startups[widest]} moves most, still independent in {between}"
    return f"{over}, {'; '.join([*told, said])}"


def _independent(scenario: Scenario, axes: Sequence[Varied], firm: str, shares: pd.Series[float]) -> str:
    """How many worlds, or firms, are independent at the horizon, over the grid: "MiniMax is still independent ..."."""
    end, who = month_name(scenario.end), whom(scenario, firm)
    if firm in layout_of(scenario).singles:
        return f"{who} is still independent in {end} in {least_and_most(scenario, axes, firm, shares)}"
    return f"{least_and_most(scenario, axes, firm, shares, f'of {who}')} are still independent in {end}"


def least_and_most(
    scenario: Scenario, axes: Sequence[Varied], firm: str, shares: pd.Series[float], of: str = ""
) -> str:
    """The least and the most of the ``shares`` of ``firm`` over the grid, of worlds or ``of`` what is said; where
    decisions alone vary, which of them lead there.
    """
    of = of or of_what(scenario, firm)
    low, high = (f"{100 * share:.0f}%" for share in (shares.min(), shares.max()))
    if len(axes) > 1 or not axes[0].chosen or low == high:
        return f"{low} to {high} {of}"
    ends = (str(shares.idxmin()), str(shares.idxmax()))
    least, most = (decision_in_words(scenario, axes[0].path, end, firm) for end in ends)
    return f"{low} {of} if {least}, {high} if {most}"


def _span(scenario: Scenario, axis: Varied) -> str:
    if axis.chosen:
        return f"({decisions_in_words(axis.chosen)})"
    low, high = (value_in_words(scenario, axis.path, value) for value in (axis.low, axis.high))
    if axis.op == "times":
        low, high = f"{axis.low:g} times as large", f"{axis.high:g} times as large"
    return f"from {low} to {high}" if axis.low != axis.high else f"at {low}"


def of_flip(
    scenario: Scenario,
    axis: Varied,
    condition: tuple[Claim, str, float],
    tallies: Sequence[Tally],
    crossings: Sequence[Crossing],
) -> str:
    """Where a ``condition`` (claim, operator, level) holds as ``axis`` varies, or that the probability never crosses
    the level. ``tallies`` are those of all values that were tried, ascending.
    """
    claim, level = claim_named(scenario, condition[0]), f"{100 * condition[2]:g}%"
    what = path_in_words(scenario, axis.name)
    if not crossings:
        ends = (tallies[0].share, tallies[-1].share)
        first, last = (f"{100 * share:.1f}%" if share == share else "not known" for share in ends)
        return (
            f"The probability of {claim} does not cross {level} as {what} goes from {axis.low:g} to "
            f"{axis.high:g}: it is {first} at {axis.low:g} and {last} at {axis.high:g}"
        )
    holds_at_low_end = crossings[0].rising != condition[1].startswith(">")
    edges: list[str | None] = [None] if holds_at_low_end else []
    edges += [f"{c.estimate:.4g} (95% interval {c.low:.4g} to {c.high:.4g})" for c in crossings]
    edges += [None] if len(edges) % 2 else []
    where = ", or ".join(_stretch(*pair) for pair in zip(edges[::2], edges[1::2], strict=True))
    return f"{capital(claim)} is {OPERATORS[condition[1]]} {level} likely where {what} is {where}"


def _stretch(first: str | None, last: str | None) -> str:
    if first is None:
        return f"less than {last}"
    return f"{first} or more" if last is None else f"from {first} to {last}"


def flip_warnings(
    level: float, values: Sequence[float], tallies: Sequence[Tally], crossings: Sequence[Crossing]
) -> list[str]:
    """What a reader must know of the crossings among the ``values`` that were tried."""
    said = []
    bounds = [tally.bounds() for tally in tallies]
    near = [value for value, (low, high) in zip(values, bounds, strict=True) if low <= level <= high]
    if near and not crossings:
        said.append(
            f"at {len(near)} of {len(values)} values the probability is not distinguishable from the level "
            f"(at {near[0]:.4g} for one): more --worlds may tell"
        )
    for crossing in crossings:
        if crossing.cut:
            ends = " and ".join(crossing.cut)
            said.append(
                f"the interval of the crossing at {crossing.estimate:.4g} is cut off at the {ends} end of the range: "
                "the crossing may lie beyond; try a wider range or more --worlds"
            )
    silent = sum(not tally.asked for tally in tallies)
    if silent:
        said.append(f"at {silent} of {len(tallies)} values no world meets what the claim is conditional on")
    return said


def too_few(base: Scenario, claim: Claim, rare: int, worlds: int) -> str:
    """The answer of a sensitivity where hardly any of its ``worlds`` tells the claim's two outcomes apart."""
    what = claim_named(base, claim)
    return (
        f"Nothing is ranked: of {worlds:,} worlds only {rare} differ from the others in {what}, and "
        f"{FEWEST_EVENTS} are needed; try more worlds"
    )


def among_what(uncertain: int, moved: int) -> str:
    """Among what a sensitivity looks: ``uncertain`` assumptions, ``moved`` of them from a single value."""
    if moved:
        return f"Among {uncertain} assumptions, {moved} of them moved from a single value"
    return f"Among the {uncertain} assumptions left uncertain" if uncertain > 1 else "With one assumption uncertain"


def of_sensitivity(
    base: Scenario,
    claim: Claim,
    paths: Sequence[str],
    effects: Sequence[Effect],
    ranks: Sequence[int | None],
    chance: Estimate,
    among: str,
    by_steps: bool = False,
) -> str:
    """What drives ``claim`` in a sentence: among what, what leads, how much it explains, how much is chance.

    ``among`` is ``among_what``. ``effects`` and ``ranks`` are those of the uncertain ``paths``; with ``by_steps``
    (Morris) an effect is a change of the probability, not a share of the variance.
    """
    what = claim_named(base, claim)
    if math.isnan(chance.value):
        return f"{among}, nothing drives {what}: it comes out the same in every world"
    by_chance = f"{_percent(chance)} of what tells worlds apart is chance"
    leaders = sorted((i for i, rank in enumerate(ranks) if rank == 1), key=lambda i: -effects[i].value)
    if not leaders:
        return f"{among}, none that drives {what} is distinguishable from noise: {by_chance}"
    share = 100 * effects[leaders[0]].value
    said = f"explains {share:.1f}% of the variance"
    if by_steps:
        said = f"moves its probability by {share:.0f} points a step"
    first, *others = (path_in_words(base, paths[i]) for i in leaders[:MOST_LEADERS])
    if not others:
        return f"{among}, {what} hangs most on {first}, which {said}; {by_chance}"
    *rest, last = [*others, *([f"{len(leaders) - MOST_LEADERS} more"] if len(leaders) > MOST_LEADERS else [])]
    tied = f"{', '.join(rest)} and {last}" if rest else last
    return f"{among}, {what} hangs most on {first}, which {said}, and, not to be told apart, {tied}; {by_chance}"


def _percent(share: Estimate) -> str:
    """A share in percent with its 95% interval, if it has one."""
    value, low, high = (100 * part for part in share)
    return f"{value:.0f}%" + ("" if math.isnan(low) else f" (95% interval {low:.0f} to {high:.0f}%)")
