"""Prior against posterior: what facts leave of the assumptions that they speak to."""

from __future__ import annotations

from typing import Any

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.traces import TOLD, marks, plain
from sim.report.pictures.value_axis import name_of
from sim.study.calibrate import Calibration
from sim.words.numbers import count, percent, significant

MOST_POSTERIORS = 25  # assumptions in the figure
POSTERIOR_LABEL = 64  # characters
POSTERIOR_ROW = 44  # pixels
NAME_ABOVE = -0.36  # place of a name within its row
PRIOR_GREY, STATED_COLOUR = "#d5dae0", "#9a5b00"


def posteriors(done: Calibration) -> Picture:
    """For the assumptions to which facts speak most clearly, the middle 50% and 90% of the draws within the prior."""
    rows = done.assumptions[done.assumptions["speaks"].notna()].to_dict("records")[:MOST_POSTERIORS]
    if not rows:
        return Picture("posteriors", "The facts speak to no assumption", "")
    data: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        data += _of_row(done, row, place)
    spoken = int(done.assumptions["speaks"].notna().sum())
    sharpest = min(rows, key=lambda row: row["left"])
    title = (
        f"{name_of(sharpest['path'], done.scenario)} is told most: its middle 90% has {percent(sharpest['left'])} of "
        "the width it had before"
    )
    caption = (
        f"The {count(len(rows), 'assumption')} of {spoken} to which the facts speak most clearly. Grey: the prior, "
        "from its lowest value (0) to its highest (1), on the scale on which it is uniform. Blue: the middle 90% and "
        f"50% of the draws that are left, and their median. Source: Shakeout, calibration of {done.scenario.name} to "
        f"facts to {done.until}, n = {done.waves['worlds'].sum():,} worlds, seed {done.scenario.seed}."
    )
    names = [
        style.words(
            plotly_text(name_of(row["path"], done.scenario, POSTERIOR_LABEL), 90), 11, style.INK,
            x=0, xref="x domain", xanchor="left", y=place + NAME_ABOVE, yref="y", yanchor="middle",
        ) | {"bgcolor": "rgba(255,255,255,0.7)"}
        for place, row in enumerate(rows)
    ]  # fmt: skip
    layout = style.layout(
        margin={"l": 14, "r": 14, "t": 10, "b": 44},
        xaxis=style.axis(range=[-0.02, 1.02]),
        yaxis=style.axis(range=[len(rows) - 0.5, -0.7], showticklabels=False, ticks="", showgrid=False),
        annotations=names,
    )
    keys = (
        Key("prior", PRIOR_GREY, "line"),
        Key("what the facts leave", style.ACCENT, "line"),
        Key("what the scenario states", STATED_COLOUR, "marker", marker="diamond"),
    )
    return Picture(
        "posteriors", title, caption, "place in the prior, from its lowest value to its highest", "",
        (Panel(data, layout),), keys, height=60 + POSTERIOR_ROW * len(rows),
    )  # fmt: skip


def _of_row(done: Calibration, row: dict[Any, Any], place: int) -> list[dict[str, Any]]:
    """The prior, the draws and what the scenario states of one assumption."""
    prior, label = done.priors[row["path"]], name_of(row["path"], done.scenario, POSTERIOR_LABEL)
    low, first, middle, third, high, stated = (
        float(prior.place(row[key])) for key in ("p05", "p25", "p50", "p75", "p95", "stated")
    )
    said = (
        f"{plotly_text(label)}<br>prior {significant(row['low'])} to {significant(row['high'])}<br>left "
        f"{significant(row['p50'])} ({significant(row['p05'])} to {significant(row['p95'])})"
    )
    more = [[key, numbers([row[key]])] for key in ("low", "high", "stated", "p05", "p25", "p50", "p75", "p95")]
    meta = {"y": ["assumption", [plotly_text(label)], ""], "more": more}
    look = {"color": style.ACCENT, "size": 9, "line": {"color": "#ffffff", "width": 1}}
    own = {"color": STATED_COLOUR, "size": 8, "symbol": "diamond-open"}
    return [
        plain([0, 1], [place, place], PRIOR_GREY, 5),
        plain([low, high], [place, place], style.ACCENT, 2),
        plain([first, third], [place, place], style.ACCENT, 5),
        marks([stated], [place], marker=own, hoverinfo="skip"),
        marks([middle], [place], marker=look, text=[said], meta=meta, **TOLD),
    ]
