"""The page of a sensitivity study: what drives an outcome, what is chance, and what is not distinguishable from it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from typing import Any, NamedTuple

from sim.laws.catalogue import ASSUMPTIONS
from sim.report.html import style
from sim.report.html.document import Cell, Column, Details, Document, Figure, Prose, Section, Switch, Table, Tiles
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.value_axis import closing, name_of, source, view_of_study
from sim.report.tables.of_run import value_text
from sim.study.sensitivity import GIVEN_DATA, MORRIS, NOT_DISTINGUISHABLE, SOBOL, Sensitivity
from sim.words.estimates import of_share
from sim.words.numbers import between, count, percent, significant
from sim.words.text import capital, listed, notes, shorten

LOW, HIGH, INDEX, NOISE = "#9a5b00", "#0b5c8a", "#0b5c8a", "#b3bac2"
MOST_BARS = 20
FEWEST_BARS = 8  # filled up with what does not stand out
LABEL = 64  # characters
ROW = 50  # pixels
ABOVE, UPPER, LOWER = -0.3, 0.06, 0.28  # places within a row: its name, the lowest fifth, the highest
COLUMNS = {
    "first_order": "Explains alone",
    "total": "Has a hand in",
    "total_on_average": "The same without luck",
    "mu_star": "Mean effect, unsigned",
    "mu": "Mean effect",
}
INDICES = {
    "first_order": "share of the variance it explains alone",
    "total": "share of the variance it has a hand in",
    "total_on_average": "share of the variance of the probability, luck averaged out, it has a hand in",
    "mu_star": "mean absolute effect of a step on the probability",
    "mu": "mean effect of a step on the probability",
}
METHODS = {
    GIVEN_DATA: "From the worlds of the ordinary run: sorted by what they drew for an assumption and cut into groups, "
    "the variance between groups beyond what chance puts there. Chance: the same draws again with other luck.",
    SOBOL: "Sobol's design: worlds that differ in one assumption only, or in luck only. The total index of luck is the "
    "share that is chance. What an assumption has a hand in counts its interplay with luck; the index without luck "
    "does not: it is on the probability that worlds with the same draws have. Evaluated by SALib, but for that one "
    "(Jansen's estimator with replicates).",
    MORRIS: "Morris' design: steps of one assumption at a time through the middle 90% of all distributions, in the "
    "same luck. An effect is that of one step, two thirds of that range. Evaluated by SALib.",
}
LAWS = {
    "assumptions.scale.strength": "the scale law",
    "assumptions.listing.strength": "the listing law",
    "assumptions.vertical.strength": "the vertical law",
}
TERMS = (
    (
        "Chance",
        "Worlds that drew the same assumptions still end differently: rounds, releases, offers and tests fall as luck "
        "has it. No assumption can explain that share of the variance.",
    ),
    (
        "First-order index",
        "The share of the variance between worlds that would vanish if this assumption were known. The shares of all "
        "assumptions and of chance add up to less than one; the rest is their interplay.",
    ),
    (
        "Not distinguishable from noise",
        "So large an index arises by chance alone too often (a family-wise error of 5% over all assumptions, Holm "
        "1979). Such assumptions are not ranked; more worlds may tell.",
    ),
    ("Rank", "Assumptions whose intervals overlap cannot be told apart and share a rank."),
)


class Bar(NamedTuple):
    """One assumption of the tornado: its name, and (share, low, high) in its lowest and its highest fifth."""

    label: str
    lowest: tuple[float, float, float]
    highest: tuple[float, float, float]
    driver: bool


def document_of(done: Sensitivity) -> Document:
    """The page as a document."""
    scenario, claim = done.scenario, done.claim
    asked = f"shakeout sensitivity scenario.yaml --of {shlex.quote(claim.id)} --method {done.method}"
    again = f"{asked} --worlds {scenario.worlds} --seed {scenario.seed}"
    views = [("Tornado", Figure(tornado(done)))] if len(done.tornado) else []
    views += [(capital(INDICES[name].split(" it ")[0]), Figure(index_picture(done, name))) for name in _names(done)[:1]]
    shown: Any = Switch("drivers", "What is shown", tuple(views)) if len(views) > 1 else views[0][1]
    drivers, others = _table(done, True), _table(done, False)
    found = [
        _tiles(done),
        shown,
        drivers,
        Details(f"{capital(count(len(others.rows), 'assumption'))} {NOT_DISTINGUISHABLE}", (others,)),
    ]
    sections = [
        Section("held", "What was varied, and what was not", tuple(_held(done))),
        Section("drivers", "What drives it", tuple(found)),
        Section("method", "How it was found", (Prose((METHODS[done.method],)),)),
        *closing(view_of_study(scenario, done.manifest), done.manifest, TERMS, again),
    ]
    return Document(
        f"Sensitivity: {shorten(scenario.title or scenario.name, 200)}",
        shorten(done.headline, 600),
        tuple(sections),
        f"The claim: {shorten(claim.says or claim.id, 500)}.",
        (
            f"{scenario.worlds:,} worlds{_each(done)}, seed {scenario.seed}; "
            f"{count(len(done.ranks), 'uncertain assumption')}. All of it holds inside the model.",
            *notes(done.manifest["notices"]),
        ),
    )


def _held(done: Sensitivity) -> list[Any]:
    """How much of the model the study varies, before it says what matters in it."""
    fixed, varied = done.manifest["held"], count(len(done.ranks), "assumption")
    dials = [LAWS[path] for path in fixed if path in LAWS]
    among = f", among them the strength of {listed(dials)}" if dials else ""
    said = (
        f"The scenario leaves {varied} uncertain: only these can drive anything below. "
        f"{len(fixed)} other assumptions of the industry have one value in every world{among}, and so have all values "
        "of firms that the scenario does not leave uncertain. This page cannot tell whether they matter: sweep does, "
        "or a distribution in the scenario."
    )
    rows = tuple(
        (Cell(ASSUMPTIONS[path].says, path), Cell(value_text(done.scenario.assumptions[path], ASSUMPTIONS[path])))
        for path in fixed
    )
    table = Table("held", "", (Column("Assumption", wide=True), Column("Value", "right")), rows, empty="None.")
    return [Prose((said,)), Details(f"{capital(count(len(fixed), 'assumption'))} held at one value", (table,))]


def _each(done: Sensitivity) -> str:
    return {SOBOL: " in each sample", MORRIS: " at each point"}.get(done.method, "")


def _names(done: Sensitivity) -> list[str]:
    return list(dict.fromkeys(done.drivers["index"]))


def _tiles(done: Sensitivity) -> Tiles:
    tiles = []
    if done.manifest["probability"] is not None:
        asked = f"{done.manifest['asked']:,} worlds"
        tiles.append((percent(done.manifest["probability"], 1), f"of {asked} see the claim come true"))
    chance = done.chance
    if not math.isnan(chance.value):
        known = f" ({between(chance.low, chance.high)})" if not math.isnan(chance.low) else ""
        tiles.append((percent(chance.value), f"of what tells worlds apart is chance{known}"))
    ranked = sum(rank is not None for rank in done.ranks.values())
    tiles.append((str(ranked), f"of {len(done.ranks)} uncertain assumptions stand out from the noise"))
    return Tiles(tuple(tiles))


def tornado(done: Sensitivity) -> Picture:
    """The claim's probability in the fifths of worlds with the lowest and the highest draws of every assumption."""
    bars = _bars(done)
    data: list[dict[str, Any]] = []
    for place, bar in enumerate(bars):
        for (share, low, high), colour, offset in ((bar.lowest, LOW, UPPER), (bar.highest, HIGH, LOWER)):
            colour = colour if bar.driver else NOISE
            line = {"type": "scatter", "mode": "lines", "x": [low, high], "y": [place + offset] * 2}
            data.append({**line, "line": {"color": colour, "width": 2}, "hoverinfo": "skip"})
            which = "lowest" if offset == UPPER else "highest"
            said = f"{plotly_text(bar.label)}<br>{which} draws: {percent(share, 1)} ({between(low, high)})"
            point = {"type": "scatter", "mode": "markers", "x": [share], "y": [place + offset]}
            marker = {"color": colour, "size": 9, "symbol": "circle-open" if offset == UPPER else "circle"}
            data.append({**point, "marker": marker, "text": [said], "hovertemplate": "%{text}<extra></extra>"})
            data[-1] |= {"name": f"{which} fifth of draws", "meta": _told(bar.label, low, high)}
    layout = _rows_layout([bar.label for bar in bars], tickformat=".0%")
    middle = done.manifest["probability"]
    upright = {"xref": "x", "yref": "y domain", "x0": middle, "x1": middle, "y0": 0, "y1": 1}
    layout["shapes"] = [{"type": "line", **upright, "line": {"color": style.MUTED, "width": 1, "dash": "dot"}}]
    left = len(done.ranks) - len(bars)
    caption = (
        "Share of worlds in which the claim comes true, among the fifth of worlds that drew the lowest and the fifth "
        "that drew the highest values of an assumption (worlds that drew one value stay together), "
        "with 95% intervals. Dotted: all worlds. Grey: "
        f"{NOT_DISTINGUISHABLE}{f' ({left} more in the table)' if left else ''}. {source(done.scenario, 'sensitivity')}"
    )
    keys = (
        Key("lowest draws", LOW, "marker", marker="circle-open"),
        Key("highest draws", HIGH, "marker"),
        Key(NOT_DISTINGUISHABLE, NOISE, "marker"),
    )
    what = name_of(next(iter(done.ranks)), done.scenario)
    lowest, highest = percent(bars[0].lowest[0]), percent(bars[0].highest[0])
    title = (
        f"{what}: the claim comes true in {lowest} of the worlds with the lowest draws, in {highest} with the highest"
    )
    return Picture(
        "tornado", title, caption, shorten(done.headline, 300),
        "share of worlds in which the claim comes true", "", (Panel(data, layout),), keys, height=60 + ROW * len(bars),
    )  # fmt: skip


def _bars(done: Sensitivity) -> list[Bar]:
    ends: dict[str, dict[str, tuple[float, float, float]]] = {}
    for row in done.tornado.to_dict("records"):
        ends.setdefault(row["path"], {})[row["end"]] = (row["probability"], row["low"], row["high"])
    return [
        Bar(
            name_of(path, done.scenario, LABEL),
            ends[path]["lowest"],
            ends[path]["highest"],
            done.ranks[path] is not None,
        )
        for path in _shown(done)
    ]


def _shown(done: Sensitivity) -> list[str]:
    """The paths to draw: what stands out, and some of what does not."""
    drivers = sum(rank is not None for rank in done.ranks.values())
    return list(done.ranks)[: min(max(drivers, FEWEST_BARS), MOST_BARS)]


def index_picture(done: Sensitivity, name: str) -> Picture:
    """One index of every assumption, with its interval."""
    rows = done.drivers[done.drivers["index"] == name].to_dict("records")[: len(_shown(done))]
    data: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        colour = INDEX if done.ranks[row["path"]] is not None else NOISE
        line = {"type": "scatter", "mode": "lines", "x": [row["low"], row["high"]], "y": [place, place]}
        data.append({**line, "line": {"color": colour, "width": 2}, "hoverinfo": "skip"})
        said = f"{plotly_text(row['path'])}<br>{percent(row['value'], 1)} ({between(row['low'], row['high'])})"
        point = {"type": "scatter", "mode": "markers", "x": [row["value"]], "y": [place]}
        marker = {"color": colour, "size": 9}
        data.append({**point, "marker": marker, "text": [said], "hovertemplate": "%{text}<extra></extra>"})
        data[-1]["meta"] = _told(name_of(row["path"], done.scenario, LABEL), row["low"], row["high"])
    layout = _rows_layout(
        [name_of(row["path"], done.scenario, LABEL) for row in rows], tickformat=".1%", rangemode="tozero"
    )
    left = len(done.ranks) - len(rows)
    caption = (
        f"{capital(INDICES[name])}, with 95% intervals. Grey: {NOT_DISTINGUISHABLE}"
        f"{f' ({left} more in the table)' if left else ''}. {source(done.scenario, 'sensitivity', _each(done))}"
    )
    return Picture(
        f"index-{name.replace('_', '-')}", shorten(done.headline, 300), caption, shorten(done.headline, 300),
        INDICES[name], "", (Panel(data, layout),), height=60 + ROW * len(rows),
    )  # fmt: skip


def _told(label: str, low: float, high: float) -> dict[str, Any]:
    """What the numbers of a figure say of one mark."""
    return {"y": ["assumption", [plotly_text(label)], ""], "more": [["low", numbers([low])], ["high", numbers([high])]]}


def _rows_layout(labels: Sequence[str], **across: Any) -> dict[str, Any]:
    """A layout of rows whose names stand above them, so that they have room on a phone."""
    names = [
        {
            "text": plotly_text(label, 90),
            "x": 0,
            "xref": "x domain",
            "xanchor": "left",
            "y": place + ABOVE,
            "yref": "y",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": 11, "color": style.INK},
            "bgcolor": "rgba(255,255,255,0.7)",
        }
        for place, label in enumerate(labels)
    ]
    return style.layout(
        margin={"l": 14, "r": 14, "t": 10, "b": 44},
        xaxis=style.axis(**across),
        yaxis=style.axis(range=[len(labels) - 0.5, -0.6], showticklabels=False, ticks="", showgrid=False),
        annotations=names,
    )


def _table(done: Sensitivity, drivers: bool) -> Table:
    """The assumptions that stand out, or those that do not."""
    ends = {(row["path"], row["end"]): row for row in done.tornado.to_dict("records")}
    names = _names(done)
    columns = [Column("Rank")] if drivers else []
    columns += [
        Column("Assumption", wide=True),
        *(Column(COLUMNS[name], "right", title=INDICES[name]) for name in names),
    ]
    columns += [Column("With the lowest draws", "right"), Column("With the highest draws", "right")] if ends else []
    values = {(row["path"], row["index"]): row for row in done.drivers.to_dict("records")}
    rows = []
    for path, rank in done.ranks.items():
        if (rank is not None) is not drivers:
            continue
        cells = [Cell(str(rank), strong=True)] if drivers else []
        cells.append(Cell(name_of(path, done.scenario), path))
        for name in names:
            found = values[path, name]
            value, bounds = found["value"], (found["low"], found["high"])
            cells.append(Cell(percent(value, 1), of_share(value, *bounds), title=f"95%: {between(*bounds)}"))
        for end, word in (("lowest", "up to"), ("highest", "from")) if ends else ():
            row = ends[path, end]
            cells.append(Cell(percent(row["probability"], 1), f"{word} {significant(row['value'])}"))
        rows.append(tuple(cells))
    empty = "No assumption is distinguishable from noise." if drivers else "None."
    return Table("drivers" if drivers else "others", "", tuple(columns), tuple(rows), empty=empty)
