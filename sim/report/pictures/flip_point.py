"""A flip point: the probability of a claim over the values of an assumption, and where it crosses the level."""

from __future__ import annotations

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.traces import upright
from sim.report.pictures.value_axis import VALUE, ValueAxis, source, title_of
from sim.study.flip import Flip
from sim.words.numbers import percent, significant
from sim.words.propositions import claim_named
from sim.words.text import capital, shorten


def probability(done: Flip) -> Picture:
    """The share of worlds in which the claim comes true, by value, with the level and the crossings."""
    axis, claim, level = done.axis, done.condition.claim, done.condition.level
    frame = done.evaluations.rename(columns={"probability": "estimate"})
    across = ValueAxis(axis, done.scenario)
    layout = style.layout(
        hovermode="x unified",
        margin={"l": 52, "r": 20, "t": 14, "b": 44},
        xaxis=across.x_axis(),
        yaxis=style.axis(range=[-0.01, 1.01], tickformat=".0%", dtick=0.2),
        **across.marks(),
    )
    place = {"xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": level, "y1": level}
    layout.setdefault("shapes", []).append({"type": "line", **place, "line": {"color": style.INK, "width": 1}})
    for crossing in done.crossings:
        ends = {"x0": crossing.low, "x1": crossing.high, "y0": 0, "y1": 1}
        band = {"type": "rect", "xref": "x", "yref": "y domain", **ends}
        fill = {"layer": "below", "fillcolor": style.clear(VALUE, 0.25), "line": {"width": 0}}
        layout["shapes"] += [{**band, **fill}, upright(crossing.estimate, VALUE, 2, "")]
    data = across.curve(frame, style.ACCENT, plotly_text(claim.id))
    keys = [Key("share of worlds in which it comes true", style.ACCENT, "line")]
    if done.crossings:
        keys.append(Key("95% interval of the crossing", style.tint(VALUE, 0.35), "band"))
    caption = (
        f"Share of the worlds that meet the condition, if there is one, in which the claim comes true; the band is "
        f"its 95% interval at each value. Thin line: {percent(level)}. {''.join(across.notes())} "
        f"{source(done.scenario, 'flip point', ' at every value')}"
    )
    first, last = (percent(float(frame["estimate"].iloc[i])) for i in (0, -1))
    low, high = significant(axis.low), significant(axis.high)
    title = (
        f"{capital(claim_named(done.scenario, claim))} comes true in {first} of worlds at {low}, in {last} at {high}"
    )
    return Picture(
        "flip", title, caption, title_of(axis, done.scenario), "share of worlds in which it comes true",
        (Panel(data, layout),), tuple(keys), height=440, alt=shorten(done.headline, 300),
    )  # fmt: skip
