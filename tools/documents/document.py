"""docs/documents.md: the laws and the forecasts of the documents, in several scenarios, with verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import fill

from sim.laws.catalogue import MECHANISMS
from sim.scenario.evidence import known
from sim.scenario.model import Claim, Scenario
from sim.words.estimates import between_draws, estimate, plain, signed
from sim.words.numbers import how_many
from sim.words.propositions import asked
from sim.words.text import capital
from tools.documents import verdicts
from tools.documents.found import Beside, Measured, Moved, Shift, Told
from tools.documents.laws import LAWS, NUMBER, Law, Outcome
from tools.documents.measure import SCENARIOS, TOGETHER
from tools.documents.so_far import so_far
from tools.documents.verdicts import BORNE_OUT, CONTRADICTED, DIFFERS, OPEN, UNASKED
from tools.golden.baseline import digest_of_baseline
from tools.severities.estimating import Estimate
from tools.severities.rows import POINTS
from tools.severities.seen import ROOT

DOCUMENT = ROOT / "docs" / "documents.md"
WORLDS = 2048  # of each run: as many as are given other luck, which tells what is not known (study/replicates.py)
COMMAND = "python -m tools.documents --write"
DIGITS = {POINTS: 1, NUMBER: 2}
WIDTH = 120


def text(found: Sequence[Measured], flagship: Scenario, seed: int, worlds: int) -> str:
    """The whole document, from what was measured in each scenario; ``flagship`` says what was asked."""
    parts = [
        "# The documents against the model",
        *head(found, worlds, seed),
        "## The three iron laws",
        LAWS_HEAD,
        *(part for law in LAWS for part in law_parts(law, found)),
        "## The forecasts",
        forecasts_head(found, flagship),
        overview(found, flagship),
        *(part for claim in flagship.claims for part in forecast_parts(claim, found, flagship)),
        "## What is off",
        OFF_HEAD,
        off_table(),
    ]
    return "\n\n".join(wrapped(part) for part in parts) + "\n"


def wrapped(part: str) -> str:
    """A paragraph or a list to the width of the documents; tables, quotations and headings as they stand."""
    if part.startswith(("|", "#", ">")):
        return part
    lines = part.split("\n") if part.startswith("- ") else [" ".join(part.split("\n"))]
    folded = [
        fill(
            line, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent="  " * line.startswith("- ")
        )
        for line in lines
    ]
    return "\n".join(folded)


def head(found: Sequence[Measured], worlds: int, seed: int) -> list[str]:
    """What the document is, how it was made and how its verdicts are."""
    names = [one.name for one in found]
    missing = [name for name in SCENARIOS if name not in names]
    return [
        f"""Where the documents are borne out, where the model disagrees, and what in the model makes it so: the three
laws, then every forecast, each in {how_many(len(found))} scenarios. What leads to what by the documents, statement by
statement, is in [statements.md](statements.md); the ids are rows of [evidence.csv](evidence.csv). A probability is one
inside the model.""",
        f"""Made by `{COMMAND}` on results of baseline `{digest_of_baseline()}`: {worlds:,} worlds of seed {seed} in
every run, the same luck in all of them.""",
        "\n".join(f"- [{one.name}](../scenarios/{one.name}.yaml): {one.title}." for one in found),
        *([f"Not among the scenarios when this was made: {', '.join(missing)}."] if missing else []),
        """**How to read it.** Beside each number stands half its 95% interval, or both ends where it is lopsided: the
luck of the draw. *Not known* is how far the probability moves from one draw of the uncertain assumptions to another: a
standard deviation in points, with its interval. *Points* are differences of shares in per cent, taken world by world.
A forecast is""",
        f"""- **{BORNE_OUT}** if the interval, longer both ways by the upper end of what is not known, lies above 50%;
- **{CONTRADICTED}** if it lies below 50%;
- **{OPEN}** if it holds 50%: not to be told from a coin.""",
        """A forecast that something *may* happen is held to the same rule: it is asked whether it is likelier than
not.""",
        f"""**What makes it so** is measured: each of the {len(MECHANISMS)} mechanisms, the laws among them, is switched
off in turn in the same worlds. Named are, each way, at most {how_many(verdicts.MOST_NAMED)} that move the probability
most, and only those that surely do. As all are tried and the largest are named, theirs are intervals of
{100 * TOGETHER:.1f}%, so that all of them hold together in 95% of cases. Some switches take away what a forecast speaks
of (without `acquisition` nobody is bought): [what is off](#what-is-off) says so of each. A mechanism that moves a
forecast need not be alone in that: effects of two switches do not add up.""",
    ]


LAWS_HEAD = """Each law is switched off in the same worlds, all else equal. A cell has the outcome with the law →
without it, and the difference with its 95% interval: shares in per cent, numbers of start-ups as they are. An outcome
bears the law out if the interval lies on the side that the law says, contradicts it if it is on the other side, and
is open if it holds 0. The sizes of the laws were set so that they do about what the documents claim
([laws.md](laws.md)): that a law is borne out says that the rest of the model does not undo it in these scenarios; it
is no evidence from the world. Where the flagship does not bear a law out it is asked which other mechanism makes it
so: each is switched off too, and named is what moves the difference most to the side of the law, with intervals that
hold for all of them together."""
OFF_HEAD = "What is true of a world in which a mechanism is switched off ([ODD.md](ODD.md) has the equations)."


def law_parts(law: Law, found: Sequence[Measured]) -> list[str]:
    """A law: what the documents say, the table, the verdict and what is not as it says."""
    mechanism = next(one for one in MECHANISMS if one.name == law.mechanism)
    rows = known()
    names = [f"`{one.name}`" for one in found]
    lines = [
        f"| {' | '.join(['outcome', 'without it, says the law', *names])} |",
        f"| {' | '.join(['---', '---', *['---:'] * len(names)])} |",
    ]
    for at, outcome in enumerate(law.outcomes):
        cells = [shifted(one.laws[law.mechanism][at], outcome.unit) for one in found]
        lines.append(f"| {' | '.join([outcome.text, way(outcome), *cells])} |")
    return [
        f"### Law {law.number}: `{law.mechanism}`",
        "\n>\n".join(f"> {id}: {rows[id]['fact']}" for id in law.rows),
        f"In the model: {mechanism.says}",
        "\n".join(lines),
        law_sentence(law, found),
        *law_against(law, found),
    ]


def law_against(law: Law, found: Sequence[Measured]) -> list[str]:
    """Of every outcome that does not bear a law out: without which other mechanism it would do so rather, as a list."""
    told = [
        f"- `{one.name}`, {outcome.text}: {against(one.beside[law.mechanism, at], outcome)}."
        for one in found
        for at, outcome in enumerate(law.outcomes)
        if (law.mechanism, at) in one.beside
    ]
    return ["What makes it so:", "\n".join(told)] if told else []


def against(beside: Sequence[Beside], outcome: Outcome) -> str:
    """Which second switches move an outcome to the side of the law."""
    helped = verdicts.helpers(beside, outcome.sign)
    if not helped:
        return "nothing switched off surely moves it to the side of the law"
    told = [
        f"`{one.mechanism}` (by {difference(one.change, outcome.unit)}, to {difference(one.difference, outcome.unit)})"
        for one in helped
    ]
    return f"the difference moves most to the side of the law without {listed(told)}"


def way(outcome: Outcome) -> str:
    """Which way an outcome moves without the law if the law is right."""
    return "more" if outcome.sign > 0 else "fewer"


def shifted(one: Shift, unit: str) -> str:
    """An outcome with the law, without it, and the difference: "64.3 → 76.8, **+12.5 ±0.8**"."""
    digits = DIGITS[unit]
    return f"{plain(one.before, digits)} → {plain(one.after, digits)}, **{difference(one.difference, unit)}**"


def difference(found: Estimate, unit: str) -> str:
    """A paired difference: "+12.5 ±0.8"."""
    return estimate(*found, DIGITS[unit], signed)


def law_sentence(law: Law, found: Sequence[Measured]) -> str:
    """The verdict on a law and every outcome that is not as it says."""
    judged = [
        (outcome, one, verdicts.of_outcome(one.laws[law.mechanism][at].difference, outcome.sign))
        for one in found
        for at, outcome in enumerate(law.outcomes)
    ]
    verdict = verdicts.of_law(verdict for *_, verdict in judged)
    as_said = sum(verdict == BORNE_OUT for *_, verdict in judged)
    told = [f"**{capital(verdict)}.** {as_said} of {len(judged)} differences are on the side that the law says."]
    for which, words in ((CONTRADICTED, "On the other side"), (OPEN, "Not sure")):
        for outcome in law.outcomes:
            where = [f"`{one.name}`" for own, one, verdict in judged if own is outcome and verdict == which]
            if where:
                told.append(f"{words} in {listed(where)}: {outcome.text}.")
    return " ".join(told)


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def verdict_over(claim: Claim, found: Sequence[Measured]) -> str:
    """The verdict on a forecast over all scenarios."""
    return verdicts.together((verdicts.of_forecast(told) for told in told_in(claim, found).values()), DIFFERS)


def told_in(claim: Claim, found: Sequence[Measured]) -> dict[str, Told]:
    """Scenario -> the forecast there, of those that ask it."""
    return {one.name: one.forecasts[claim.id] for one in found if claim.id in one.forecasts}


def forecasts_head(found: Sequence[Measured], flagship: Scenario) -> str:
    """How many forecasts have which verdict."""
    over = [verdict_over(claim, found) for claim in flagship.claims]
    counts = [
        f"{over.count(verdict)} {verdict} in all of them"
        if verdict != DIFFERS
        else f"{over.count(verdict)} not the same in all"
        for verdict in (BORNE_OUT, CONTRADICTED, OPEN, UNASKED, DIFFERS)
        if verdict in over
    ]
    return (
        f"**{len(over)} forecasts in {how_many(len(found))} scenarios: {', '.join(counts)}.** "
        "Probabilities in per cent, with the luck of the draw:"
    )


def overview(found: Sequence[Measured], flagship: Scenario) -> str:
    """A row a forecast: its probability in each scenario, and the verdict."""
    names = [f"`{one.name}`" for one in found]
    lines = [
        f"| {' | '.join(['forecast', 'source', *names, 'verdict'])} |",
        f"| {' | '.join(['---', '---', *['---:'] * len(names), '---'])} |",
    ]
    for claim in flagship.claims:
        told = told_in(claim, found)
        cells = [probability(told[one.name]) if one.name in told else "–" for one in found]
        lines.append(f"| {' | '.join([claim.says, claim.source, *cells, verdict_over(claim, found)])} |")
    return "\n".join(lines)


def probability(told: Told) -> str:
    """In per cent, with the interval of luck."""
    return estimate(*(100.0 * part for part in told.probability))


def forecast_parts(claim: Claim, found: Sequence[Measured], flagship: Scenario) -> list[str]:
    """A forecast: what was asked, the numbers, what happened so far, and why it is not borne out where it is not."""
    lines = ["| scenario | probability, % | not known, points | worlds asked | |", "| --- | ---: | ---: | ---: | --- |"]
    told = told_in(claim, found)
    for name, one in told.items():
        cells = (f"`{name}`", probability(one), between_draws(*one.sd), f"{one.worlds:,}", verdicts.of_forecast(one))
        lines.append(f"| {' | '.join(cells)} |")
    parts = [
        f"### {claim.says}",
        f"`{claim.id}`, {claim.source}. Asked of the worlds: {asked(flagship, claim)}. {so_far(claim, flagship)}",
        "\n".join(lines),
    ]
    reasons = [f"- {why(name, one)}" for name, one in told.items() if verdicts.of_forecast(one) in (CONTRADICTED, OPEN)]
    if reasons:
        parts += ["What makes it so:", "\n".join(reasons)]
    return parts


def why(name: str, told: Told) -> str:
    """What in the model speaks against a forecast in a scenario, what for it, and whether one mechanism decides."""
    more, less = (verdicts.movers(told.moved, sign) for sign in (1, -1))
    if not more and not less:
        return f"`{name}`: nothing moves it surely."
    rises = f"it rises most without {named(more)}" if more else "nothing switched off surely raises it"
    falls = f"it falls most without {named(less)}" if less else "nothing switched off surely lowers it"
    said = f"`{name}`: {rises}; {falls}."
    if verdicts.of_forecast(told) == CONTRADICTED:
        said += f" {turned(told)}"
    return said


def named(moved: Sequence[Moved]) -> str:
    """Mechanisms with their paired differences: "`climate` (+3.2 ±1.0) and `burn` (+2.0 ±1.0)"."""
    return listed([f"`{one.mechanism}` ({difference(one.points, POINTS)})" for one in moved])


def turned(told: Told) -> str:
    """Without which mechanisms a forecast that is contradicted comes true more often than not."""
    found = verdicts.turners(told.moved, 1)
    if found:
        return f"It comes true more often than not without {listed([share(one) for one in found])}."
    known_ones = [one for one in told.moved if not math.isnan(one.share.value)]
    most = max(known_ones, key=lambda one: one.share.value)
    return f"No single switch surely makes it likelier than not; it is likeliest without {share(most)}."


def share(one: Moved) -> str:
    """A mechanism with the probability without it: "`burn` (57.5% ±14.6)"."""
    return f"`{one.mechanism}` ({estimate(*one.share, say=lambda value, digits: f'{plain(value, digits)}%')})"


def off_table() -> str:
    """Every mechanism with what is true when it is off."""
    rows = [f"| `{one.name}` | {one.off} |" for one in MECHANISMS]
    return "\n".join(["| without | what is off |", "| --- | --- |", *rows])
