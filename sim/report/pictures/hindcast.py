"""Facts against the worlds: where they lie on a timeline of each firm, how reliable probabilities are, and ranks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim.outcomes.hindcast import QUANTILES, TEST_WINDOW
from sim.outcomes.scores import coverage
from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, intervals, marks, plain, upright
from sim.report.pictures.value_axis import source
from sim.scenario.model import Claim, Reported
from sim.study.hindcast import Hindcast
from sim.words.names import name_of
from sim.words.numbers import count, percent

NUMBER_INSIDE, CAME, NUMBER_OUTSIDE = "#0b5c8a", "#9a5b00", "#b5482e"
FACT_CLASSES = 5  # of probabilities and of places: with some forty facts more would hold next to none
WHOLE_INDUSTRY = "The industry"
TIMELINE_HEIGHT, SQUARE = 190, 360
SHARE_OF_WORLDS = "share of worlds"
FactRow = dict[str, Any]


def timeline(done: Hindcast) -> Picture:
    """Every fact at its date, a panel for each firm: where numbers lie among the worlds, how probable events were."""
    rows = [row for row in _placed(done) if row["share"] is not None]
    if not rows:
        return Picture("timeline", "No fact can be placed: too few worlds count", "")
    whose = list(dict.fromkeys(row["who"] for row in rows))
    first, last = min(row["date"] for row in rows), max(row["date"] for row in rows)
    panels = tuple(
        Panel(_of_firm([row for row in rows if row["who"] == who]), _timeline_layout(done.until, first, last), who)
        for who in whose
    )
    out = sum(row["outside"] for row in rows if row["is_number"])
    of = sum(row["is_number"] for row in rows)
    title = (
        f"{of - out} of {count(of, 'reported number')} lie in the middle 90% of worlds; an event near 0 was a surprise"
    )
    caption = (
        "Circles and squares: reported numbers, at the share of worlds that lie below them; shaded: the middle 90% "
        "and 50%. Diamonds: events, at the share of worlds that did what happened. Dotted: the end of the training "
        f"window. {source(done.scenario, 'hindcast')}"
    )
    keys = (
        Key("number inside 90%", NUMBER_INSIDE, "marker"),
        Key("number outside", NUMBER_OUTSIDE, "marker", marker="square"),
        Key("event: probability of what happened", CAME, "marker", marker="diamond"),
    )
    return Picture(
        "timeline", title, caption, "last month that the fact speaks of", SHARE_OF_WORLDS, panels, keys,
        height=TIMELINE_HEIGHT, columns=2,
    )  # fmt: skip


def _placed(done: Hindcast) -> list[FactRow]:
    """Every fact with its date, its firm, and the share of worlds that it lies at."""
    stated: dict[str, Claim | Reported] = {fact.id: fact for fact in done.scenario.facts}
    stated |= {fact.id: fact for fact in done.scenario.reported}
    rows: list[FactRow] = []
    row: Any
    for row in done.number_forecasts.to_dict("records"):
        share = None if math.isnan(row["place"]) else float(row["place"])
        held = row["inside"] in ("50%", "90%")
        rows.append({**row, "share": share, "outside": not held, "is_number": True})
    for row in done.event_forecasts.to_dict("records"):
        p = row["probability"]
        share = None if math.isnan(p) else float(p if row["happened"] else 1 - p)
        rows.append({**row, "share": share, "outside": False, "is_number": False})
    return [{**row, "who": _who(done, stated[row["fact"]])} for row in rows]


def _who(done: Hindcast, fact: Claim | Reported) -> str:
    """The firm that a fact speaks of, or the industry."""
    said = fact.when if isinstance(fact, Claim) else fact.measure
    firms = set(_firms(said))
    return name_of(done.scenario, firms.pop()) if len(firms) == 1 else WHOLE_INDUSTRY


def _firms(said: Any) -> list[str]:
    """Every firm that a proposition or an amount names."""
    if isinstance(said, (tuple, list)):
        return [firm for part in said for firm in _firms(part)]
    if not hasattr(said, "items"):
        return []
    own = [said["firm"]] if "firm" in said else []
    return own + [firm for part in said.values() for firm in _firms(part)]


def _of_firm(rows: Sequence[FactRow]) -> list[dict[str, Any]]:
    data = []
    kinds = (
        ("numbers inside", NUMBER_INSIDE, "circle", [r for r in rows if r["is_number"] and not r["outside"]]),
        ("numbers outside", NUMBER_OUTSIDE, "square", [r for r in rows if r["is_number"] and r["outside"]]),
        ("events", CAME, "diamond", [r for r in rows if not r["is_number"]]),
    )
    for name, colour, symbol, own in kinds:
        if own:
            data.append(
                marks(
                    [row["date"] for row in own],
                    numbers(row["share"] for row in own),
                    name=name,
                    marker={"color": colour, "size": 9, "symbol": symbol, "line": {"color": "#ffffff", "width": 1}},
                    text=[f"{plotly_text(row['says'], 120)}<br>{percent(row['share'], 1)} of worlds" for row in own],
                    meta={"more": [["fact", [plotly_text(row["says"], 200) for row in own], ""]]},
                    cliponaxis=False,
                    **TOLD,
                )
            )
    return data


def _timeline_layout(until: str, first: str, last: str) -> dict[str, Any]:
    low, middle_low, _, middle_high, high = QUANTILES
    shades = [
        {
            "type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": ends[0], "y1": ends[1],
            "fillcolor": style.clear(NUMBER_INSIDE, opacity), "line": {"width": 0}, "layer": "below",
        }
        for ends, opacity in (((low, high), 0.08), ((middle_low, middle_high), 0.10))
    ]  # fmt: skip
    return style.layout(
        hovermode="closest",
        xaxis=style.axis(
            type="date", range=[f"{int(first[:4])}-{first[5:]}-01", f"{last}-28"], tickformat="%b %Y", nticks=4
        ),
        yaxis=style.axis(range=[-0.04, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1]),
        shapes=[*shades, upright(f"{until}-28", style.MUTED)],
    )


def reliability(done: Hindcast) -> Picture:
    """Of the events that were given about so large a probability, how many happened."""
    rows = [row for row in done.event_forecasts.to_dict("records") if not math.isnan(row["probability"])]
    if not rows:
        return Picture("reliability", "No event to hold probabilities against", "")
    xs, ys, low, high, said = [], [], [], [], []
    for number in range(FACT_CLASSES):
        own = [row for row in rows if min(int(row["probability"] * FACT_CLASSES), FACT_CLASSES - 1) == number]
        if not own:
            continue
        came = sum(bool(row["happened"]) for row in own)
        ends = coverage(came, len(own))
        xs.append(sum(row["probability"] for row in own) / len(own))
        ys.append(came / len(own))
        low.append(ends.low)
        high.append(ends.high)
        said.append(f"{came} of {count(len(own), 'event')} happened; mean probability {percent(xs[-1])}")
    ends_along, ends_across = intervals(low, high, xs)
    data = [
        plain([0, 1], [0, 1], style.MUTED, 1),
        plain(ends_across, ends_along, style.INK, 2),
        marks(
            numbers(xs), numbers(ys), marker={"color": CAME, "size": 11}, text=said, cliponaxis=False, **TOLD,
            meta={"more": [["low", numbers(low)], ["high", numbers(high)]]},
        ),
    ]  # fmt: skip
    axis: dict[str, Any] = {"range": [-0.03, 1.03], "tickformat": ".0%", "dtick": 0.25}
    layout = style.layout(hovermode="closest", xaxis=style.axis(**axis), yaxis=style.axis(**axis))
    title = "On the line, probabilities mean what they say: of events at 30% three in ten happen"
    caption = (
        f"{count(len(rows), 'event')} in {FACT_CLASSES} classes by the share of worlds; bars: exact 95% intervals, as "
        f"if events did not depend on each other. {source(done.scenario, 'hindcast')}"
    )
    return Picture(
        "reliability", title, caption, "share of worlds, mean of the class", "share that happened",
        (Panel(data, layout),), height=SQUARE,
    )  # fmt: skip


def ranks(done: Hindcast) -> Picture:
    """How many reported numbers lie in each fifth of their worlds."""
    rows = [row for row in done.number_forecasts.to_dict("records") if not math.isnan(row["place"])]
    if not rows:
        return Picture("ranks", "No number to hold intervals against", "")
    tests = [row for row in rows if row["window"] == TEST_WINDOW]
    data = []
    labels = [f"{number * 100 // FACT_CLASSES}-{(number + 1) * 100 // FACT_CLASSES}%" for number in range(FACT_CLASSES)]
    for name, colour, own in (
        ("training window", style.CONTEXT, [r for r in rows if r["window"] != TEST_WINDOW]),
        ("test window", NUMBER_INSIDE, tests),
    ):
        if own:
            counts = [
                sum(min(int(row["place"] * FACT_CLASSES), FACT_CLASSES - 1) == number for row in own)
                for number in range(FACT_CLASSES)
            ]
            data.append({"type": "bar", "x": labels, "y": counts, "name": name, "marker": {"color": colour}})
    shown = tests or rows
    level = len(shown) / FACT_CLASSES
    layout = style.layout(
        barmode="group", xaxis=style.axis(type="category"), yaxis=style.axis(rangemode="tozero"),
        shapes=[{"type": "line", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": level, "y1": level,
                 "line": {"color": style.INK, "width": 1, "dash": "dot"}}],
    )  # fmt: skip
    edge = sum(min(int(row["place"] * FACT_CLASSES), FACT_CLASSES - 1) in (0, FACT_CLASSES - 1) for row in shown)
    top = sum(min(int(row["place"] * FACT_CLASSES), FACT_CLASSES - 1) == FACT_CLASSES - 1 for row in shown)
    too_low = coverage(top, len(shown)).low > 1 / FACT_CLASSES
    title = f"{top} of {count(len(shown), 'number')} lie above four fifths of worlds" + (
        ": the model is too low more often than chance has it" if too_low else ""
    )
    caption = (
        "Where what was reported lies among the worlds. Flat: the spread is right; heaped at the ends: it is too "
        f"narrow ({edge} of {len(shown)} lie in the outer two fifths). Dotted: a flat histogram. "
        f"{source(done.scenario, 'hindcast')}"
    )
    keys = (Key("training window", style.CONTEXT), Key("test window", NUMBER_INSIDE)) if len(data) > 1 else ()
    return Picture(
        "ranks", title, caption, "share of worlds below what was reported", "numbers", (Panel(data, layout),), keys,
        height=SQUARE,
    )  # fmt: skip
