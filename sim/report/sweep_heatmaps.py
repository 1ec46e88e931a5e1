"""Two assumptions swept: heatmaps over the grid."""

from __future__ import annotations

from typing import Any

from sim.outcomes.horizon import CLAIM
from sim.report import style
from sim.report.picture import Key, Panel, Picture
from sim.report.sweep_curves import LEFT, _chosen
from sim.report.sweep_grid import INDUSTRY, STATES, Swept
from sim.report.varied import title_of
from sim.report.words import capital, number, percent, plotly_text, shorten

SCALE = ((0.0, "#f4f7f9"), (0.25, "#c6dbe8"), (0.5, "#7fb0cd"), (0.75, "#2f7cab"), (1.0, "#083a5c"))
MOST_CELLS = 49  # with more of them there is no room for numbers
NOTE = "The intervals are in grid.csv."


def industry(swept: Swept, quantity: str) -> Picture:
    """The mean number of startups left, or the share of worlds that reached the endgame, at every point."""
    counts = quantity in {name for name, *_ in LEFT}
    name, label = f"sweep-{quantity.replace('_', '-')}", INDUSTRY[quantity]
    rows = swept.rows(quantity)
    if rows.empty:
        return Picture(name, "There is no startup to count", swept.caption(), "", "", "", ())
    total = sum(max(firm.copies, 1) for firm in swept.done.scenario.firms if firm.kind == "startup")
    most = float(total) if counts else 1.0
    lowest, highest = float(rows["estimate"].min()), float(rows["estimate"].max())
    said = (number(lowest, 2), number(highest, 2)) if counts else (percent(lowest), percent(highest))
    title = f"{label} in {swept.view.horizon}: {said[0]} to {said[1]}" + (" on average" if counts else " of worlds")
    what = "Mean number of startups" if counts else "Share of worlds"
    return _picture(swept, name, title, f"{what} in {swept.view.horizon}. {NOTE}", [(quantity, "all", "", "")], most)


def by_state(swept: Swept, state: str) -> Picture:
    """Share of worlds in which each startup is in ``state`` at the horizon, a heatmap each."""
    name, label = f"sweep-{state}", STATES[state].lower()
    if not swept.firms:
        return Picture(name, "There is no startup to draw", swept.caption(), "", "", "", ())
    shown = [(state, firm, swept.view.name(firm), swept.view.style(firm).colour) for firm in swept.firms]
    most = max(swept.firms, key=lambda firm: swept.spread(state, firm))
    estimates = swept.rows(state, most)["estimate"]
    title = (
        f"{capital(label)} in {swept.view.horizon}: {swept.view.name(most)} moves most, between "
        f"{percent(float(estimates.min()))} and {percent(float(estimates.max()))} of worlds"
    )
    what = f"Share of worlds in which a startup is {label} in {swept.view.horizon}. {NOTE} {_chosen(swept)}".strip()
    return _picture(swept, name, title, what, shown, 1.0)


def claims(swept: Swept) -> Picture:
    """Probability of every forecast, a heatmap each."""
    if not swept.claims:
        return Picture("sweep-claims", "The scenario states no claims", swept.caption(), "", "", "", ())
    shown = [(f"{CLAIM}{claim}", "all", shorten(swept.says(claim), 90), "") for claim in swept.claims]
    moved = max(swept.claims, key=lambda claim: swept.spread(f"{CLAIM}{claim}"))
    estimates = swept.rows(f"{CLAIM}{moved}")["estimate"]
    low, high = percent(float(estimates.min())), percent(float(estimates.max()))
    title = f"Of the forecasts, {moved} moves most: between {low} and {high}"
    what = f"Share of the worlds that meet the condition, if there is one, in which a forecast comes true. {NOTE}"
    return _picture(swept, "sweep-claims", title, what, shown, 1.0)


Shown = tuple[str, str, str, str]  # quantity, firm, heading, colour


def _picture(swept: Swept, name: str, title: str, what: str, shown: list[Shown], most: float) -> Picture:
    across, up = swept.axes
    scenario = swept.done.scenario
    panels = tuple(_panel(swept, *one, most, len(shown) > 1) for one in shown)
    step = most / (len(SCALE) - 1)
    said = [percent(at) if most == 1 else number(at * most, 2) for at, _ in SCALE]
    keys = tuple(Key(text, colour, "area") for text, (_, colour) in zip(said, SCALE, strict=True)) if step else ()
    return Picture(
        name, title, swept.caption(what), title, title_of(across, scenario), title_of(up, scenario), panels, keys,
        height=250 if len(shown) > 1 else 420, columns=3,
    )  # fmt: skip


def _panel(swept: Swept, quantity: str, firm: str, heading: str, colour: str, most: float, small: bool) -> Panel:
    across, up = swept.axes
    rows = swept.rows(quantity, firm)
    columns, lines = across.points, up.points
    estimates = rows["estimate"].to_numpy(float).reshape(columns, lines).T
    low, high = (rows[side].to_numpy(float).reshape(columns, lines).T for side in ("low", "high"))

    def text(value: float) -> str:
        return "–" if value != value else percent(value) if most == 1 else number(value, 2)

    x, y = [number(value, 4) for value in across.values()], [number(value, 4) for value in up.values()]
    heatmap: dict[str, Any] = {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": [[None if v != v else round(float(v), 4) for v in line] for line in estimates],
        "zmin": 0,
        "zmax": most,
        "colorscale": [list(step) for step in SCALE],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "customdata": [
            [f"{text(v)} ({text(a)} to {text(b)})" for v, a, b in zip(*three, strict=True)]
            for three in zip(estimates, low, high, strict=True)
        ],
        "hovertemplate": f"{plotly_text(across.name, 60)} %{{x}}<br>{plotly_text(up.name, 60)} %{{y}}<br>"
        "%{customdata}<extra></extra>",
    }
    if columns * lines <= MOST_CELLS:
        heatmap |= {
            "text": [[text(v) for v in line] for line in estimates],
            "texttemplate": "%{text}",
            "textfont": {"size": 10 if small else 13},
        }
    layout = style.layout(
        margin={"l": 52, "r": 10, "t": 8, "b": 34 if small else 44},
        xaxis=style.axis(type="category", showgrid=False, ticks=""),
        yaxis=style.axis(type="category", showgrid=False, ticks=""),
    )
    return Panel([heatmap], layout, heading, "", colour)
