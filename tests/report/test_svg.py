"""Pictures drawn as SVG: whole, valid, small, and every number where the tables say."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import made_up
import pytest
from pytest import approx

from sim.foundation.states import State
from sim.report.html import style
from sim.report.html.write import document_of
from sim.report.pictures import difference_dots, fates, survival, sweep_heatmaps
from sim.report.pictures.fates import FATE_PARTS, parts_of
from sim.report.pictures.picture import Key, Panel, Picture
from sim.report.pictures.schedule import schedule
from sim.report.pictures.swept import Swept
from sim.report.pictures.traces import band, line, steps
from sim.report.run_reader import reader_of
from sim.report.several_runs import runs_of
from sim.report.svg.drawing import MOST_SVG_BYTES, svg_of
from sim.report.svg.marks import between
from sim.report.svg.scales import scale_of, written

SVG = "{http://www.w3.org/2000/svg}"
TENTH = 0.11  # pixels: coordinates are written to a tenth, numbers to four digits


class Seen:
    """A drawing read back: its elements, and the drawing area of its first panel."""

    def __init__(self, picture: Picture) -> None:
        self.text = svg_of(picture)
        self.root = ElementTree.fromstring(self.text)
        self.words = " ".join("".join(one.itertext()) for one in self.all("text"))
        areas = [area.find(f"{SVG}rect") for area in self.all("clipPath")]
        self.boxes = [{name: float(area.get(name)) for name in ("x", "y", "width", "height")} for area in areas]

    def all(self, name: str, **attributes: str) -> list[Any]:
        found = self.root.iter(f"{SVG}{name}")
        return [one for one in found if all(one.get(key) == value for key, value in attributes.items())]

    def x(self, share: float) -> float:
        """The pixel at a share of the first panel's width."""
        return self.boxes[0]["x"] + share * self.boxes[0]["width"]

    def y(self, share: float) -> float:
        """The pixel at a share of its height, from below."""
        return self.boxes[0]["y"] + (1 - share) * self.boxes[0]["height"]


def points_of(path: str) -> list[tuple[float, float]]:
    """The corners of a path of M, L, H and V."""
    points: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([MLHV])([-\d. ]+)", path):
        at = [float(number) for number in numbers.split()]
        x, y = points[-1] if points else (0.0, 0.0)
        points.append({"H": (at[0], y), "V": (x, at[0])}.get(letter) or (at[0], at[1]))
    return points


def level_at(points: list[tuple[float, float]], x: float) -> float:
    """How high a line of steps is just right of ``x``."""
    return [y for across, y in points if across <= x + TENTH][-1]


def one_panel(data: list[dict[str, Any]], keys: tuple[Key, ...] = (), **words: str) -> Picture:
    """A picture of ``data`` over 0 to 1 either way."""
    layout = style.layout(xaxis=style.axis(range=[0, 1]), yaxis=style.axis(range=[0, 1]))
    said = {"title": "t", "caption": "c", "x_title": "x", "y_title": "y", **words}
    return Picture("one", panels=(Panel(data, layout),), keys=keys, **said)


def test_survival_curves_and_bands_lie_where_the_table_says(run):
    view = reader_of(run)
    seen = Seen(survival.survival_curves(view))
    axis = view.date_axis()
    left, right = seen.boxes[0]["x"], seen.boxes[0]["x"] + seen.boxes[0]["width"]
    months = scale_of(axis, [], left, right)
    for firm in made_up.STARTUPS:
        rows, colour = view.survival(firm, State.INDEPENDENT), view.style(firm).colour
        (curve,) = [one for one in seen.all("path", stroke=colour) if one.get("stroke-width") == "2.2"]
        points = points_of(curve.get("d"))
        for month, share in zip(rows["month"], rows["survival"], strict=True):
            assert level_at(points, months.at(view.days[month])) == approx(seen.y(share / 1.01), abs=TENTH)
        areas = [points_of(area.get("d")) for area in seen.all("path", fill=colour)]
        ends = {place for area in areas for place in area}
        for row in rows.to_dict("records"):
            for bound in ("low", "high"):
                place = months.at(view.days[row["month"]]), seen.y(row[bound] / 1.01)
                assert any(place == approx(end, abs=TENTH) for end in ends), (firm, row["month"], bound)


def test_bars_are_as_long_as_their_shares(run):
    view = reader_of(run)
    seen = Seen(fates.fates_at_horizon(view))
    bars = [bar for group in seen.all("g") for bar in group.iter(f"{SVG}rect")]
    wide = [float(bar.get("width")) / seen.boxes[0]["width"] for bar in bars]
    shares = [float(share[-1]) for firm in made_up.STARTUPS for share in parts_of(view, firm).values()]
    assert len(FATE_PARTS) * len(made_up.STARTUPS) >= len(wide) > len(made_up.STARTUPS)
    assert sorted(wide)[-20:] == approx(sorted(shares)[-20:], abs=0.0005)
    assert sum(wide) == approx(len(made_up.STARTUPS), abs=0.005)


def test_dots_and_intervals_of_differences(answers):
    done = answers["what-if"]
    runs, names = runs_of(done), list(dict.fromkeys(done.differences["variant"]))
    rows = difference_dots.rows_about(done.differences, names[0])
    picture = difference_dots.dots(runs, rows, difference_dots.IN_SHARES[0], 1)
    seen, (low, high) = Seen(picture), picture.panels[0].layout["xaxis"]["range"]
    told = [row for row in difference_dots.at_the_end(rows, "survival") if row["firm"] in runs.told]
    places = sorted(float(dot.get("cx")) for dot in seen.all("circle"))[-len(told) :]
    assert len(told) == 3
    for row in told:
        assert seen.x((100 * row["difference"] - low) / (high - low)) == approx(min(
            places, key=lambda place: abs(place - seen.x((100 * row["difference"] - low) / (high - low)))
        ), abs=TENTH)  # fmt: skip
        ends = [seen.x((100 * row[bound] - low) / (high - low)) for bound in ("low", "high")]
        found = [[x for x, _ in points_of(one.get("d"))] for one in seen.all("path", stroke=style.MUTED)]
        assert any(ends == approx(pair, abs=TENTH) for pair in found if len(pair) == 2)


def test_the_cells_of_a_heatmap_fill_it_with_the_colours_of_their_numbers(answers):
    done = answers["heatmaps"]
    swept = Swept(done)
    picture = sweep_heatmaps.industry(swept, "independents_left")
    seen, estimates = Seen(picture), swept.rows("independents_left")["estimate"].tolist()
    cells = [cell for group in seen.all("g") for cell in group.iter(f"{SVG}rect")]
    area = sum((float(cell.get("width")) + 1) * (float(cell.get("height")) + 1) for cell in cells)
    assert len(cells) == len(estimates) == 6
    assert area == approx(seen.boxes[0]["width"] * seen.boxes[0]["height"], rel=0.001)
    low, high = min(estimates), max(max(estimates), min(estimates) + sweep_heatmaps.LEAST_SPAN)
    colours = [between(sweep_heatmaps.COLOURS, (estimate - low) / (high - low)) for estimate in estimates]
    assert sorted(cell.get("fill") for cell in cells) == sorted(colours)
    first = min(cells, key=lambda cell: (float(cell.get("x")), -float(cell.get("y"))))
    assert first.get("fill") == colours[0], "the lowest of both is left and below"


def test_title_axes_units_legend_and_source_are_there(answers):
    for name in ("curves", "flip", "sensitivity", "hindcast", "calibrate", "what-if", "run"):
        picture = next(one for one in document_of(answers[name]).pictures if one.panels)
        seen = Seen(picture)
        said = re.sub(r"\s+", "", seen.words)
        for text in (
            picture.title,
            picture.x_title,
            picture.y_title,
            picture.caption,
            *(k.label for k in picture.keys),
        ):
            assert re.sub(r"\s+", "", text) in said, (name, text)
        assert "Source: Shakeout" in picture.caption and picture.x_title


def test_events_are_as_long_as_they_are_in_force():
    made = made_up.scenario()
    seen = Seen(schedule(made))
    axis = schedule(made).panels[0].layout["xaxis"]
    months = scale_of(axis, [], seen.x(0), seen.x(1))
    bars = [points_of(one.get("d")) for one in seen.all("path", stroke=style.ACCENT)]
    wanted = [(change.first, min(change.last or made.end, made.end) + 1) for change in made.changes]
    for first, last in wanted:
        ends = [months.along((month - months.low) / (months.high - months.low)) for month in (first, last)]
        assert any([x for x, _ in bar] == approx(ends, abs=TENTH) for bar in bars)


def test_whatever_is_written_is_escaped():
    evil = "<b>&\"'</svg>\x00\ud800]]>月"
    seen = Seen(one_panel([], (Key(evil, "#112233", "line"),), title=evil, caption=evil, x_title=evil, y_title=evil))
    assert seen.words.count("<b>&\"'</svg>") == 5 and "<b>" not in seen.text
    assert seen.root.find(f"{SVG}title").text.startswith("<b>&")
    own = ("svg", "title", "rect", "text", "tspan", "path", "g", "clipPath")
    assert {one.tag.removeprefix(SVG) for one in seen.root.iter()} <= set(own)


def test_a_drawing_is_small_however_much_there_is_to_draw():
    x = [place / 4000 for place in range(4001)]
    curves = []
    for number in range(40):
        y = [0.5 + 0.4 * (-1) ** place * ((place * 7919 + number) % 101) / 101 for place in range(4001)]
        curves += [
            band(x, y, [min(one + 0.05, 1) for one in y], "rgba(1,2,3,0.2)", ""),
            line(x, y, line=steps("#112233", 1)),
        ]
    seen = Seen(one_panel(curves))
    assert len(seen.text.encode()) <= MOST_SVG_BYTES
    (first, *_), (*_, last) = (points_of(seen.all("path", stroke="#112233")[0].get("d")),) * 2
    assert (first[0], last[0]) == approx((seen.x(0), seen.x(1)), abs=TENTH)


def test_a_line_breaks_off_where_there_is_no_number():
    seen = Seen(one_panel([line([0, 0.25, 0.5, 0.75, 1], [0, 1, None, 0.5, 0], line={"color": "#112233"})]))
    stretches = [points_of(one.get("d")) for one in seen.all("path", stroke="#112233")]
    wanted = [[(0, 0), (0.25, 1)], [(0.75, 0.5), (1, 0)]]
    for stretch, places in zip(stretches, wanted, strict=True):
        for point, (x, y) in zip(stretch, places, strict=True):
            assert point == approx((seen.x(x), seen.y(y)), abs=TENTH)


def test_a_picture_of_nothing_says_why():
    seen = Seen(Picture("none", "Nobody enters", "Source: a test."))
    assert "Nobody enters" in seen.words and "Source: a test." in seen.words and not seen.all("path")


def test_no_panel_overlaps_another(answers):
    seen = Seen(next(one for one in document_of(answers["compare"]).pictures if one.grid))
    assert len(seen.boxes) > 1
    for i, one in enumerate(seen.boxes):
        assert one["x"] + one["width"] <= 860 and one["width"] > 100
        for other in seen.boxes[i + 1 :]:
            beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert beside or one["y"] + one["height"] <= other["y"]


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ({"range": [0, 1], "tickformat": ".0%", "dtick": 0.25}, ["0%", "25%", "50%", "75%", "100%"]),
        ({"range": [-3, 4]}, ["−2", "0", "2", "4"]),
        ({"range": [0, 2], "nticks": 5}, ["0", "0.5", "1", "1.5", "2"]),
        ({"type": "date", "range": ["2023-06-01", "2026-02-01"], "dtick": "M12", "tickformat": "%Y"},
         ["2024", "2025", "2026"]),
        ({"type": "date", "range": ["2024-02-01", "2025-05-28"], "tickformat": "%b %Y", "nticks": 4},
         ["Jul 2024", "Jan 2025"]),
        ({"range": [1.5, -0.5], "tickvals": [0, 1], "ticktext": ["a &lt;b&gt;", "c<br>d"]}, ["a <b>", "c d"]),
        ({"range": [0, 9], "showticklabels": False}, []),
    ],
)  # fmt: skip
def test_ticks(axis, said):
    assert [" ".join(tick.lines) for tick in scale_of(axis, [], 0, 100).shown()] == said


def test_an_axis_goes_by_its_data_where_it_says_no_range():
    scale = scale_of({"rangemode": "tozero"}, [2.0, None, 10.0], 0, 105)
    assert (scale.at(0), scale.at(10)) == (0, approx(100))
    scale = scale_of({}, [2.0, 12.0], 0, 110)
    assert (scale.at(2), scale.at(12)) == (approx(5), approx(105))


def test_numbers_as_axes_write_them():
    assert [written(number, ".0%", False) for number in (0.5, -0.25, -0.0)] == ["50%", "−25%", "0%"]
    assert [written(number, "", False) for number in (12000, -0.5)] == ["12,000", "−0.5"]
