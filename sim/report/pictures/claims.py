"""The ledgers: what the documents forecast and what happened, against the share of worlds in which it comes true."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, decimals, numbers
from sim.report.pictures.traces import TOLD, intervals, marks, plain
from sim.report.run_reader import RunReader
from sim.words.numbers import between, count, how_many, percent
from sim.words.propositions import asked
from sim.words.text import shorten

# Likelihood in words by fixed thresholds: the calibrated scale of the IPCC (Mastrandrea et al. 2010).
VERDICTS = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
    (0.0, "exceptionally unlikely"),
)
SCALE_NOTE = (
    "Words by the IPCC's scale: virtually certain from 99%, very likely from 90%, likely from 66%, about as likely as "
    "not from 33%, unlikely from 10%, very unlikely from 1%, exceptionally unlikely below."
)
FEW_WORLDS = 30  # asked in fewer worlds than this, a claim gets no verdict
MOST_LETTERS, LINE_LETTERS = 300, 58  # of a claim that are drawn, and of a line: a page of 420 pixels holds it
LETTER_DOWN, DOT_SPACE = 16, 30  # pixels a line of a claim and its dot take
SHARE_TITLE = "share of worlds in which it comes true"
FORECAST, HELD, NOT_HELD = "#0b5c8a", "#0b7d6e", "#b5482e"
ASKED = Key("forecast", FORECAST, "marker")
HAPPENED = {
    True: Key("it happened", HELD, "marker"),
    False: Key("it did not happen", NOT_HELD, "marker", marker="diamond"),
}


def verdict(probability: float, worlds: int) -> str:
    """The word for ``probability``; says so where no or too few worlds meet the condition."""
    if worlds == 0 or math.isnan(probability):
        return "asked in no world"
    if worlds < FEW_WORLDS:
        return "too few worlds to say"
    return next(word for least, word in VERDICTS if probability >= least)


def ledger(run: RunReader, facts: bool = False) -> Picture:
    """Dot and 95% interval of the probability of every claim, or of every fact (what happened after 2024)."""
    frame = run.ledger(facts)
    name = "facts" if facts else "claims"
    if frame.empty:
        return Picture(name, f"The scenario states no {name}", run.source)
    says = [_asked(run, row) for row in frame.to_dict("records")]
    lines = [textwrap.wrap(shorten(said, MOST_LETTERS), LINE_LETTERS) or [""] for said in says]
    space = [LETTER_DOWN * len(wrapped) + DOT_SPACE for wrapped in lines]
    tops = [sum(space[:row]) for row in range(len(space))]  # pixels from the top; the sentence, then the dot below it
    rows = [top + used - DOT_SPACE / 2 for top, used in zip(tops, space, strict=True)]
    looks = [HAPPENED[bool(happened)] for happened in frame["happened"]] if facts else [ASKED] * len(frame)
    share, low, high = (decimals(frame[column]) for column in ("probability", "low", "high"))
    data = [
        plain(*intervals(low, high, rows), style.INK, 2),
        marks(
            share,
            rows,
            cliponaxis=False,
            marker={
                "color": [look.colour for look in looks],
                "symbol": [look.marker for look in looks],
                "size": 11,
                "line": {"color": style.WHITE, "width": 1},
            },
            meta={
                "y": [name[:-1], [plotly_text(said, 1000) for said in says], ""],
                "more": [
                    ["low", numbers(frame["low"]), SHARE_TITLE],
                    ["high", numbers(frame["high"]), SHARE_TITLE],
                    ["worlds asked", [int(n) for n in frame["worlds"]], ""],
                ],
            },
            text=[plotly_text(_said(row), 200) for _, row in frame.iterrows()],
            **TOLD,
        ),
    ]
    layout = style.layout(
        margin={"l": 14, "r": 22, "t": 10, "b": 44},
        hovermode="closest",
        xaxis=style.axis(range=[-0.02, 1.02], tickformat=".0%", dtick=0.25),
        yaxis=style.axis(visible=False, range=[sum(space), 0]),
        annotations=[_sentence(top, wrapped) for top, wrapped in zip(tops, lines, strict=True)],
        shapes=[_rail(row) for row in rows],
    )
    keys = tuple(look for look in HAPPENED.values() if look in looks)
    title = facts_title(run) if facts else claims_title(run)
    caption = run.caption(
        "Share of the worlds that meet the condition and lack no quantity of the claim, with 95% interval.",
        "" if facts else SCALE_NOTE,
    )
    return Picture(name, title, caption, SHARE_TITLE, name[:-1], (Panel(data, layout),), keys, height=54 + sum(space))


def _asked(run: RunReader, row: Mapping[Any, Any]) -> str:
    """What the documents say, and what exactly is asked of the worlds, with its dates."""
    facts_and_claims = (*run.scenario.claims, *run.scenario.facts)
    claim = next((one for one in facts_and_claims if one.id == row["claim"]), None)
    return str(row["says"]) if claim is None else f"{row['says']} [{asked(run.scenario, claim)}]"


def _sentence(top: float, lines: list[str]) -> dict[str, Any]:
    """What is claimed, left-aligned above its dot: so it has the whole width, however narrow the page."""
    return {
        "text": "<br>".join(plotly_text(line, 200) for line in lines),
        "xref": "x",
        "yref": "y",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "showarrow": False,
        "bgcolor": "#ffffff",
        "borderpad": 0,
        "font": {"size": 12, "color": style.INK},
    }


def _rail(row: float) -> dict[str, Any]:
    """The line from 0 to 1 that a dot lies on."""
    place = {"type": "line", "xref": "x", "yref": "y", "x0": 0, "x1": 1, "y0": row, "y1": row, "layer": "below"}
    return {**place, "line": {"color": style.RULE, "width": 1}}


def _said(row: pd.Series) -> str:
    if math.isnan(row["probability"]):
        return verdict(math.nan, 0)
    return f"{percent(row['probability'], 1)} ({between(row['low'], row['high'])}), n = {int(row['worlds']):,}"


GIVEN_FACTS = "the worlds left were chosen by what is given, so this is no test of the model"


def claims_title(run: RunReader) -> str:
    """How many of the documents' forecasts the worlds bear out."""
    frame = run.outcomes.claims
    words = [verdict(p, int(n)) for p, n in zip(frame["probability"], frame["worlds"], strict=True)]
    likely = sum(word in ("virtually certain", "very likely", "likely") for word in words)
    unlikely = sum(word in ("unlikely", "very unlikely", "exceptionally unlikely") for word in words)
    be = "is" if likely <= 1 else "are"
    return (
        f"Of the documents' {count(len(words), 'forecast')}, {how_many(likely)} {be} at least likely in these worlds, "
        f"{how_many(unlikely)} unlikely"
    )


def facts_title(run: RunReader) -> str:
    """How surprised the model is by what happened."""
    frame = run.outcomes.facts
    right = sum((p >= 0.5) == bool(h) for p, h in zip(frame["probability"], frame["happened"], strict=True))
    said = f"What happened is what most worlds show in {how_many(right)} of {count(len(frame), 'case')}; "
    return said + ("the model was not tuned to any of them" if run.given is None else GIVEN_FACTS)
