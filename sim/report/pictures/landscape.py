"""The landscape: how many startups are left, how concentrated the market is, who leads, how it ends."""

from __future__ import annotations

import numpy as np

from sim.report.html import style
from sim.report.html.plotly_values import plotly_text, year_step
from sim.report.pictures import fans
from sim.report.pictures.fates import small_dates
from sim.report.pictures.picture import Key, Panel, Picture, numbers
from sim.report.pictures.survival import MONTH, context, keys_of_lines, panel_of_lines
from sim.report.pictures.traces import bars, line, spread_out
from sim.report.run_reader import MOST_PANELS, RunReader
from sim.study.focus import first, itself
from sim.words.headlines import left_of
from sim.words.numbers import between, how_many, percent, significant
from sim.words.text import listed

MOST_YEAR_BARS = 16  # of the years in which the endgame begins
INDEPENDENTS, RACE, HHI = "#0b5c8a", "#0b7d6e", "#7a4b8c"


def independents_left(run: RunReader) -> Picture:
    """Two fans: startups still independent, and startups still in the general race."""
    if not run.startups:
        return Picture("independents", "The scenario has no startup", run.source)
    told, panels = [], []
    for quantity, heading, colour in (
        ("independents", "Independent startups", INDEPENDENTS),
        ("general", "Startups in the general race", RACE),
    ):
        rows = run.landscape(quantity)
        if rows.empty:
            continue
        days = [run.days[month] for month in rows["month"]]
        top = max(1.0, float(rows["p95"].max()))
        layout = style.layout(
            margin={"l": 40, "r": 10, "t": 8, "b": 30},
            xaxis=run.date_axis(**small_dates(run)),
            yaxis=style.axis(range=[0, top * 1.06], **({"dtick": 1} if top <= 10 else {"nticks": 6}), tickformat=",d"),
        )
        last = rows.iloc[-1]
        note = f"{significant(last['median'])} in {run.horizon}{fans.around(last)}"
        data = fans.fan(days, rows, colour, "median", unit="startups", steps=True)
        panels.append(Panel(data, layout, heading, note, colour))
        told.append(last)
    if not panels:
        return Picture("independents", "Nothing was recorded of the landscape", run.source)
    left = left_of(round(told[0]["median"]), run.startup_count)
    title = f"In the median world {left} still independent in {run.horizon}"
    if len(told) > 1:
        title += f", {how_many(round(told[1]['median']))} in the general race"
    caption = run.caption(
        "Startups counted at the end of each month: median world, middle half, and 5% to 95%. The interval of a median "
        "is from the ranks of the worlds."
    )
    return Picture(
        "independents", title, caption, "calendar month", "startups", tuple(panels), fans.keys(), height=280, columns=2
    )  # fmt: skip


def concentration(run: RunReader) -> Picture:
    """A fan of the Herfindahl-Hirschman index of revenue over all firms."""
    rows = run.landscape("concentration")
    rows = rows[rows["month"] > 0]  # at the opening nobody has sold anything yet
    name = "concentration"
    if rows.empty:
        return Picture(name, run.nothing("No firm has revenue in any world"), run.source)
    days = [run.days[month] for month in rows["month"]]
    top = float(rows["p95"].max())
    layout = style.layout(
        margin={"l": 52, "r": 14, "t": 8, "b": 44},
        xaxis=run.date_axis(),
        yaxis=style.axis(range=[0, min(1.0, top * 1.1 + 0.02)], nticks=6),
    )
    last, early = rows.iloc[-1], rows[rows["month"] <= 12].iloc[-1]
    index = significant(last["median"], 2)
    title = f"Concentration of revenue is at an HHI of {index} in {run.horizon} in the median world"
    if last["month"] > 12:
        title += f", after {significant(early['median'], 2)} in {run.month(int(early['month']), long=True)}"
    caption = run.caption(
        "HHI: the sum of squared revenue shares of all firms, giants included; 1 is a monopoly, 0.1 is ten equal firms."
    )
    panels, up = (Panel(fans.fan(days, rows, HHI, "median"), layout),), "HHI of revenue (0 to 1)"
    return Picture(name, title, caption, "calendar month", up, panels, fans.keys(HHI), height=300)


def leaders(run: RunReader) -> Picture:
    """Who leads the general race among the startups: share of worlds by month."""
    frame = run.outcomes.leaders
    frame = frame[frame["month"] > 0]  # at the opening the race has not begun
    shares = {
        firm: rows["share"].to_numpy(float)
        for firm, rows in frame.groupby("series", sort=False)
        if firm in run.styles and rows["share"].any()
    }
    name = "leaders"
    if not shares:
        return Picture(name, run.nothing("No startup leads the general race in any world"), run.source)
    order = first(sorted(shares, key=lambda firm: (-shares[firm][-1], firm)), run.focus, itself)
    chosen, others = order[:MOST_PANELS], order[MOST_PANELS:]
    data = [context(run, firm, run.days[1:], shares[firm]) for firm in others]
    data += [
        line(
            run.days[1:], numbers(shares[firm]), name=plotly_text(run.name(firm), 30), legendgroup=firm,
            line={"color": run.style(firm).colour, "dash": run.style(firm).dash, "width": 2.2, "shape": "hv"},
            hovertemplate=f"{MONTH if others else ''}%{{y:.0%}}",
        )
        for firm in chosen
    ]  # fmt: skip
    top = max(float(share.max()) for share in shares.values())
    upwards = sorted(chosen, key=lambda firm: (-shares[firm][-1], firm))[::-1]
    places = spread_out([float(shares[firm][-1]) for firm in upwards], 0.05 * top, 0, max(top, 0.01))
    names = {firm: round(place, 4) for firm, place in zip(upwards, places, strict=True)}
    yaxis = style.axis(range=[0, min(1.01, top * 1.08 + 0.01)], tickformat=".0%", nticks=6)
    panel = panel_of_lines(run, data, names, yaxis, bool(others))
    nobody = 1 - sum(float(share[-1]) for share in shares.values())
    best = chosen[0]
    lead = f"{run.name(best)} is" if run.whole(best) == "of worlds" else f"A firm of {run.name(best)} is"
    title = f"{lead} the leading startup in {run.horizon} in {percent(shares[best][-1])} of worlds"
    if len(chosen) > 1:
        title += f", {run.name(chosen[1])} in {percent(shares[chosen[1]][-1])}"
    note = f"In {percent(nobody)} of worlds no startup is left in the race at the end." if nobody > 0.0005 else ""
    if others:
        note += (
            f" In colour: the {len(chosen)} startups that lead most often at the end, of {len(shares)} that ever lead; "
            "the others are thin grey lines, named on hover."
        )
    caption = run.caption(
        "The leader is the startup in the general race nearest to the frontier; of those equally near, lots decide.",
        note.strip(),
    )
    return Picture(
        name, title, caption, "calendar month", "share of worlds in which it leads", (panel,),
        keys_of_lines(run, chosen, len(others)), height=380,
    )  # fmt: skip


def endgame(run: RunReader) -> Picture:
    """In which year the endgame begins, as shares of worlds; then the worlds that do not get there."""
    rows = run.outcomes.endgame
    name = "endgame"
    if rows.empty:
        return Picture(name, "The endgame was not recorded", run.source)
    share = rows["share"].to_numpy(float)
    months = np.array([run.calendar(int(month)) for month in rows["month"]])
    first, final = run.calendar(1) // 12, run.scenario.end // 12
    step = year_step(final - first + 1, MOST_YEAR_BARS)
    years = range(first, final + 1, step)
    by_year = [float(share[months < (year + step) * 12][-1]) for year in years]
    begun = np.diff([0.0, *by_year])
    extinct = float(run.outcomes.extinct.share)
    spans = [f"{year:04d}" if step == 1 else f"{year:04d} to {min(year + step - 1, final):04d}" for year in years]
    labels = [*spans, f"not by {run.month(run.ticks[-1])}", "no startup left"]
    ticks = [*(f"{year:04d}" for year in years), "not<br>yet", "none<br>left"]
    values = [*begun, max(0.0, 1 - by_year[-1] - extinct), extinct]
    colours = [style.ACCENT] * len(years) + [style.ACQUIRED_GREY, style.CLOSED_GREY]
    drawn = bars(
        list(range(len(values))), numbers(values), text=[percent(value) for value in values], textposition="outside",
        cliponaxis=False, marker={"color": colours}, customdata=labels,
        meta={"x": ["year in which the endgame begins", "customdata", ""]},
        hovertemplate="%{customdata}: %{y:.1%} of worlds<extra></extra>", name="share of worlds",
    )  # fmt: skip
    layout = style.layout(
        bargap=0.28,
        margin={"l": 52, "r": 14, "t": 16, "b": 60},
        xaxis=style.axis(
            tickvals=list(range(len(values))), ticktext=ticks,
            range=[-0.6, len(values) - 0.4], ticks="", tickangle=0,
        ),
        yaxis=style.axis(range=[0, min(1.0, max(values) * 1.15) + 0.01], tickformat=".0%", nticks=6),
    )  # fmt: skip
    title, last = f"The endgame is not reached by {run.horizon} in any world", rows.iloc[-1]
    if last["share"] > 0:
        interval = f"95% interval {between(last['low'], last['high'])}"
        title = f"The endgame has begun by {run.horizon} in {percent(last['share'])} of worlds ({interval})"
    caption = run.caption(
        "The endgame: the first June or December in which the roadmap has set, each of the three leading startups has "
        "paid for itself for a year, and the same three led a year ago. A world counts once, by what comes first."
    )
    begins = "in that year" if step == 1 else f"in the {step} years from then on"
    keys = (
        Key(f"endgame begins {begins}", style.ACCENT),
        Key("neither by the horizon", style.ACQUIRED_GREY),
        Key("every startup gone before", style.CLOSED_GREY),
    )
    alt = title + ". " + listed([f"{label} {percent(value)}" for label, value in zip(labels, values, strict=True)])
    return Picture(
        name, title, caption, "year in which the endgame begins", "share of worlds", (Panel([drawn], layout),), keys,
        height=340, alt=alt,
    )  # fmt: skip
