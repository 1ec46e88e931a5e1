"""One colour per firm everywhere, told apart by colour-blind readers too."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import made_up
import numpy as np
import pytest

from sim.report.html import style
from sim.report.pictures import fates, landscape, money, survival, timelines
from sim.report.pictures.sweep_heatmaps import COLOURS, ink
from sim.report.run_reader import reader_of
from sim.report.several_runs import Runs

LEAST_DISTANCE = 10.0  # OKLab x 100; the seven darkest of Okabe and Ito's eight reach 7.6
LEAST_CONTRAST = 2.6  # of a line against the white page
READABLE = 4.5  # contrast of letters (WCAG 2, level AA)

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
VISION = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    return np.asarray(100 * TO_OKLAB @ np.cbrt(TO_CONE @ rgb))


def nearest(colours: list[str], vision: np.ndarray) -> float:
    seen = [oklab(np.clip(vision @ linear(colour), 0, 1)) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))


@pytest.mark.parametrize("vision", VISION)
def test_seven_startups_are_told_apart(vision: str):
    colours = [firm.colour for firm in style.FLAGSHIP_STYLES.values()]
    assert len(colours) == 7
    assert nearest(colours, VISION[vision]) >= LEAST_DISTANCE


@pytest.mark.parametrize("vision", VISION)
def test_causes_of_exit_are_told_apart(vision: str):
    """Four causes of one fate and three of the other: as many as the rules know."""
    bought, closed = (style.ramp(style.ENDED[f][1:], steps) for f, steps in (("acquired", 4), ("closed", 3)))
    assert nearest([*bought, *closed], VISION[vision]) >= LEAST_DISTANCE
    for hue in style.ENDED.values():
        assert style.ramp(hue[1:], 1) == [hue.dark] and style.ramp(hue[1:], 2) == [hue.dark, hue.pale]


def test_the_measure_finds_red_and_green_alike():
    assert nearest(["#c00000", "#008000"], VISION["normal"]) > 25
    assert nearest(["#b05000", "#6f7000"], VISION["deuteranopia"]) < LEAST_DISTANCE


def test_lines_stand_out_from_the_page():
    for firm, look in style.FLAGSHIP_STYLES.items():
        luminance = float(np.array([0.2126, 0.7152, 0.0722]) @ linear(look.colour))
        assert 1.05 / (luminance + 0.05) >= LEAST_CONTRAST, firm


def test_the_numbers_of_heatmaps_can_be_read_on_every_colour():
    places, colours = zip(*COLOURS, strict=True)
    stops = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours])
    for place in np.linspace(0, 1, 401):
        cell = np.array([np.interp(place, places, stops[:, part]) for part in range(3)])
        lights = sorted(luminance_of(colour) for colour in (cell, np.full(3, float(ink(place) == style.WHITE))))
        assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, place
    assert ink(float("nan")) == style.BLACK


def test_what_stands_upon_a_colour_can_be_read():
    """Upon every grey, where black and white are hardest to choose between, and every colour of a firm or a fate."""
    greys = [style.mixed(style.BLACK, style.WHITE, share) for share in np.linspace(0, 1, 256)]
    hues = [shade for hue in style.ENDED.values() for shade in style.ramp(hue[1:], 5)]
    firms = [*(look.colour for look in style.FLAGSHIP_STYLES.values()), *style.OTHER_STARTUPS, *style.GIANTS]
    for colour in (*greys, *hues, *firms, *(style.tint(colour, 0.4) for colour in firms)):
        assert style.contrast(style.upon(colour), colour) >= READABLE, colour
    assert style.contrast(style.BLACK, style.WHITE) == pytest.approx(21)
    assert style.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # known to fail by a hair


def test_colours_of_letters_are_dark_enough_for_paper():
    from sim.report.pictures.claims import FORECAST, HELD, NOT_HELD
    from sim.report.tables.differences import FALLS, RISES

    for colour in (style.INK, style.MUTED, style.ACCENT, FORECAST, HELD, NOT_HELD, FALLS, RISES):
        assert style.contrast(colour, style.WHITE) >= READABLE, colour


def luminance_of(colour: np.ndarray) -> float:
    """Relative luminance (WCAG) of red, green and blue from 0 to 1."""
    light = np.where(colour <= 0.03928, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(np.array([0.2126, 0.7152, 0.0722]) @ light)


def test_a_second_cue_tells_near_colours_apart():
    looks = list(style.FLAGSHIP_STYLES.values())
    assert len({look.dash for look in looks}) == 6  # plotly has six
    assert len(set(looks)) == 7


def test_one_colour_per_firm_in_every_picture(run: Any):
    view = reader_of(run)
    for firm, look in style.FLAGSHIP_STYLES.items():
        place = view.startups.index(firm)
        name = view.name(firm)
        for endpoint in survival.ENDPOINTS:
            lines = survival.survival_curves(view, endpoint).panels[0].data
            assert {t["line"]["color"] for t in lines if t.get("name") == name} == {look.colour}
        assert {t["line"]["color"] for t in landscape.leaders(view).panels[0].data if t["name"] == name} == {
            look.colour
        }
        assert fates.fates_over_time(view).panels[place].data[0]["fillcolor"] == look.colour
        for purse in money.PURSES:
            assert money.purse_fans(view, purse).panels[place].data[-1]["line"]["color"] == look.colour
        bars = fates.fates_at_horizon(view)
        row = bars.panels[0].layout["yaxis"]["ticktext"].index(name)
        assert bars.panels[0].data[0]["marker"]["color"][row] == look.colour
        lane = timelines.timeline(view, run.stories[0]).panels[0].layout["yaxis"]["ticktext"][place]
        assert look.colour in lane and name in lane


def test_colours_do_not_depend_on_the_other_firms_of_the_flagship_or_on_order():
    every = style.firm_styles([(firm, "startup") for firm in made_up.STARTUPS])
    few = style.firm_styles([("moonshot", "startup"), ("alibaba", "giant"), ("zhipu", "startup")])
    assert few["moonshot"] == every["moonshot"] and few["zhipu"] == every["zhipu"]


def test_other_firms_have_distinct_colours_by_id_alone():
    pairs = [(f"firm-{n}", "startup") for n in range(len(style.OTHER_STARTUPS))]
    looks = style.firm_styles(pairs)
    assert style.firm_styles(pairs[::-1]) == looks
    assert len({look.colour for look in looks.values()}) == len(style.OTHER_STARTUPS)
    flagship = {look.colour for look in style.FLAGSHIP_STYLES.values()}
    assert not flagship & {look.colour for look in looks.values()}


def test_giants_are_muted():
    looks = style.firm_styles([(giant, "giant") for giant in made_up.GIANTS])
    for look in looks.values():
        assert look.colour in style.GIANTS and look.dash == "dot"
        parts = [int(look.colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert max(parts) - min(parts) < 48


def test_more_firms_than_colours_still_get_one():
    looks = style.firm_styles([(f"s{n}", "startup") for n in range(60)])
    assert len(looks) == 60 and set(style.OTHER_STARTUPS) == {look.colour for look in looks.values()}


def test_no_two_of_ninety_six_startups_look_alike_and_those_in_focus_differ_in_colour():
    pairs = [(f"g-{n}", "startup") for n in range(96)] + [(f"giant-{n}", "giant") for n in range(48)]
    first = [f"g-{n}" for n in range(40, 52)]
    looks = style.firm_styles(pairs, first)
    assert len(set(looks.values())) == 96 + 48
    assert len({looks[firm].colour for firm in first}) == 12
    assert style.firm_styles(pairs[::-1], first[::-1]) == looks


def test_no_two_of_thirty_runs_look_alike(run: Any):
    runs = Runs(tuple(f"run {n}" for n in range(31)), (reader_of(run),) * 31, "comparison", ())
    assert len({runs.style(index) for index in range(31)}) == 31
