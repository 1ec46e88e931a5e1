"""The page of a discovery: the tree, its leaves as sentences, and how far to trust it."""

from __future__ import annotations

import math
import shlex
from typing import Any

from sim.foundation.months import month_text
from sim.outcomes.discovery import DEPTH, LEAF_WORLDS
from sim.outcomes.drivers import LEVEL, Estimate
from sim.report.html.document import Cell, Column, Document, Figure, Prose, Section, Table, Tiles
from sim.report.pages.chapters import closing
from sim.report.pictures.fate_tree import fate_tree
from sim.study.discover import Discovery
from sim.words.discovery import leaf_in_words, of_draws
from sim.words.months import month_name
from sim.words.numbers import between, count, percent
from sim.words.propositions import asked, claim_named
from sim.words.text import capital, notes, shorten

DISCOVERY_TERMS = (
    (
        "The right one of two worlds",
        "Take a world in which the claim comes true and one in which it does not. The tree gives a share to each; it "
        "is right where the first has the higher one, and equal shares count one half. A coin is right in 50%. The "
        "books call this the area under the ROC curve (AUC); its interval is DeLong's (1988), on the scale of the "
        "logit.",
    ),
    (
        "Open",
        "A claim is open in a world as long as what may still happen decides it. A firm that is gone comes back in no "
        "world, and a milestone that was reached stays reached. Worlds in which it is decided by the date do not "
        "count.",
    ),
    (
        "Grown and tested",
        "Worlds with even numbers grow the tree, worlds with odd numbers say how often the claim comes true in each "
        "leaf. So no leaf looks better than it is because it was chosen.",
    ),
    (
        "A state is no lever",
        "A leaf says where worlds stand in which the claim comes true more often. It does not say that bringing a firm "
        "there would do it: whatif answers that. Another split is often nearly as good.",
    ),
)


def document_of(done: Discovery) -> Document:
    """The page as a document."""
    scenario, claim = done.scenario, done.claim
    asks = f"shakeout discover scenario.yaml --of {shlex.quote(claim.id)} --at {month_text(done.month)}"
    again = f"{asks} --worlds {scenario.worlds} --seed {scenario.seed}"
    found: tuple[Any, ...] = (_tiles(done), Prose(_lead(done)))
    if len(done.tree) > 1:
        found = (*found, Figure(fate_tree(done)), _leaves(done))
    sections = [
        Section("found", "What tells the worlds apart", found),
        Section("counted", "Which worlds count", (_counted(done),)),
        Section("method", "How it was found", (Prose((_method(done),)),)),
        *closing([scenario], DISCOVERY_TERMS, done.manifest, again, f"{scenario.worlds:,}"),
    ]
    return Document(
        f"Discovery: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 900),
        tuple(sections),
        f"{capital(claim_named(scenario, claim))}: {shorten(claim.says or claim.id, 500)}. What is known: the state at "
        f"the end of {month_name(done.month)}.",
        (
            f"{scenario.worlds:,} worlds, seed {scenario.seed}. A share of worlds is a probability inside the model.",
            *notes(done.manifest["notices"]),
        ),
    )


def _tiles(done: Discovery) -> Tiles:
    counted, area = done.counted, done.auc
    tiles = [(percent(done.manifest["probability"], 1), f"of {counted.open:,} open worlds see the claim come true")]
    if not math.isnan(area.value):
        interval = "" if math.isnan(area.low) else f" ({between(area.low, area.high)})"
        tiles.append((percent(area.value), f"of pairs of worlds are told apart rightly{interval}; a coin: 50%"))
    if len(done.leaves) > 1:
        shares = [row["probability"] for row in done.summary() if row["probability"] is not None]
        tiles.append((f"{percent(shares[0])} to {percent(shares[-1])}", "from the least leaf to the greatest"))
    return Tiles(tuple(tiles))


def _lead(done: Discovery) -> tuple[str, ...]:
    """The leaves as sentences; where the tree knows nothing, that they are not to be read as findings."""
    if len(done.tree) <= 1:
        return (f"{done.headline}.", *_draws(done))
    if not done.found:
        return (
            "The tree is shown all the same. Its leaves are no finding: their shares differ as chance would have it.",
        )
    leaves = [
        f"{leaf_in_words(row['says'], Estimate(row['probability'], row['low'], row['high']))}."
        for row in done.leaves.to_dict("records")
    ]
    return (*leaves, *_draws(done))


def _draws(done: Discovery) -> tuple[str, ...]:
    """What the same tree makes of what worlds drew; nothing where no tree was grown."""
    area = done.auc_of_draws
    if area is None or math.isnan(area.value):
        return ()
    return (f"{of_draws(done.manifest['draws'], area)}.",)


def _leaves(done: Discovery) -> Table:
    columns = (
        Column("Where", wide=True),
        Column("Comes true", "right"),
        Column("95% interval", "right"),
        Column("Worlds", "right", title="of the half that tests the tree"),
        Column("In the half that grew it", "right"),
        Column("Against all worlds"),
    )
    rows = tuple(
        (
            Cell(capital(row["says"]) if isinstance(row["says"], str) else "In all worlds", strong=True),
            Cell(percent(row["probability"], 1)),
            Cell(between(row["low"], row["high"])),
            Cell(f"{int(row['worlds']):,}"),
            Cell(percent(row["grown_share"], 1), f"{int(row['grown']):,} worlds"),
            Cell(row["against_all"]),
        )
        for row in done.leaves.to_dict("records")
    )
    caption = f"All worlds that test the tree: {percent(done.manifest['tested_probability'], 1)}."
    return Table("leaves", "The leaves", columns, rows, caption)


def _counted(done: Discovery) -> Table:
    counted, worlds = done.counted, done.scenario.worlds
    month = month_name(done.month)
    said = (
        (f"It is open at the end of {month}: these count", counted.open),
        (f"It has come true by the end of {month}", counted.true),
        (f"It cannot come true any more by the end of {month}", counted.false),
        ("It is not asked there, or cannot be told", counted.not_asked),
    )
    rows = tuple((Cell(text), Cell(f"{number:,}"), Cell(percent(number / worlds, 1))) for text, number in said)
    columns = (
        Column(capital(asked(done.scenario, done.claim)), wide=True),
        Column("Worlds", "right"),
        Column("Share of worlds", "right"),
    )
    return Table("counted", "", columns, rows)


def _method(done: Discovery) -> str:
    return (
        f"Of every world {done.manifest['features']} numbers were looked at, as they stood at the end of "
        f"{month_name(done.month)}: of each firm money, runway, value, revenue, burn, gap to the frontier, talent and "
        "users (of a giant those that its open accounts have); of each startup its state and milestones so far; how "
        "many startups are in each state; concentration, dry powder, and whether the endgame has begun. A firm that is "
        "not there has none of it: its numbers count as 0, its gap as larger than any. Half of the worlds grew a tree "
        f"of at most {count(DEPTH, 'split')} in a row, with at least {LEAF_WORLDS} of them in each leaf (CART, by "
        f"scikit-learn), and only where so good a split comes by chance in less than {percent(LEVEL)} of cases (Miller "
        f"and Siegmund 1982, and Bonferroni over the numbers); the other {done.manifest['tested']:,} tested it."
    )
