"""The page of a run: complete, in order, the same bytes twice, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import inspect
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import made_up
import pytest
from reading import Element, drawn, having, read

from sim.report import figures
from sim.report.html import write
from sim.report.html.document import pictures_in
from sim.report.pages import report as run_page
from sim.report.pictures.fates import parts_of
from sim.report.run_reader import reader_of

SECTIONS = (
    "fates",
    "survival",
    "ended",
    "landscape",
    "money",
    "endgame",
    "claims",
    "worlds",
    "assumptions",
    "evidence",
    "reading",
    "provenance",
)
PICTURES = {
    *(
        "survival-independent",
        "survival-general",
        "survival-after",
        "fates",
        "ended-by-firm",
        "ended-by-year",
        "independents",
        "leaders",
        "concentration",
    ),
    *("cash", "runway", "valuation", "venture", "endgame", "world-1", "world-2", "world-3"),
}


@pytest.fixture(scope="module")
def html(written: Path) -> str:
    return (written / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def elements(html: str) -> list[Element]:
    return read(html)


def pictures(run: Any) -> list[Any]:
    return write.document_of(run).pictures


def test_sections_come_in_order(elements: list[Element]):
    assert tuple(section.attributes["id"] for section in having(elements, "section")) == SECTIONS


def test_every_picture_is_there_once(elements: list[Element]):
    assert set(drawn(elements)) == PICTURES
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for name, panels in drawn(elements).items():
        for number in range(1, len(panels) + 1):
            assert f"plot-{name}-{number}" in ids


def test_nothing_is_loaded_from_elsewhere(written: Path):
    for file in (written / "report.html", *sorted((written / "plots").glob("*.html"))):
        text = file.read_text(encoding="utf-8")
        for element in read(text):
            for name in ("src", "href", "data", "action", "poster", "srcset"):
                address = element.attributes.get(name, "#")
                if name == "href" and element.attributes.get("rel") == "noopener":
                    continue  # the page of a source, which is opened and not loaded
                assert address.startswith(("#", "data:,", "plots/")) or address == "plotly.min.js", (file.name, address)
        style = "".join(element.text for element in having(read(text), "style"))
        assert style and "url(" not in style and "@import" not in style


def test_policy_allows_exactly_the_scripts_of_the_page(html: str):
    policy = having(read(html), "meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    assert "default-src 'none'" in policy
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    assert {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts} == allowed
    assert len(scripts) == 2


def test_plots_share_one_plotly(written: Path):
    plots = written / "plots"
    assert {file.stem for file in plots.glob("*.html")} == PICTURES | {"fates-at-horizon", "claims", "facts"}
    assert all(file.stat().st_size < 1_000_000 for file in plots.glob("*.html"))
    assert (plots / "plotly.min.js").stat().st_size > 1_000_000


def test_a_page_mailed_alone_has_no_link_to_a_file_that_stays_behind(elements: list[Element]):
    links = [link.attributes["href"] for link in having(elements, "a") if "rel" not in link.attributes]
    assert links and all(link.startswith("#") for link in links)
    forms = [button.attributes["data-form"] for button in having(elements, "button", class_="take")]
    assert forms == ["csv", "png", "svg", "html"] * len(PICTURES)


def test_same_run_gives_same_bytes_whatever_the_clock_and_the_command(run: Any, written: Path, tmp_path: Path):
    other = {**run.manifest, "timings": {"simulate_seconds": 99.0}, "command": "shakeout run x --jobs 64"}
    write.write(SimpleNamespace(**{**vars(run), "manifest": other}), tmp_path)
    for file in (Path("report.html"), Path("plots/fates.html"), Path("plots/cash.html")):
        assert (tmp_path / file).read_bytes() == (written / file).read_bytes()


def test_no_clock_and_no_path_of_the_command(html: str):
    assert "secret-folder" not in html
    assert "2026-04-03T10:00:00Z" not in html


def test_small_and_quick(run: Any, written: Path, tmp_path: Path):
    assert (written / "report.html").stat().st_size < 8_000_000
    started = time.perf_counter()
    write.write(run, tmp_path)
    assert time.perf_counter() - started < 4


def test_every_picture_has_title_axes_caption_with_n_and_alternative_text(run: Any):
    for picture in pictures(run):
        assert picture.title and picture.x_title and picture.y_title, picture.name
        assert "n = 2,000 worlds, seed 7" in picture.caption, picture.name
        assert "six-dragons" in picture.caption


def test_titles_captions_and_axes_are_in_the_page(run: Any, elements: list[Element]):
    headings = {heading.text.strip() for heading in having(elements, "h3")}
    captions = " ".join(caption.text for caption in having(elements, "figcaption"))
    axes = " ".join(line.text for line in having(elements, "p", class_="axes"))
    layouts = drawn(elements)
    labels = {div.attributes.get("aria-label") for div in having(elements, "div", role="img")}
    for section in run_page.document_of(run).sections:
        for picture in pictures_in(section.blocks):
            assert picture.title in headings
            assert picture.caption in captions
            assert (picture.alt or picture.title) in labels
            if picture.grid:
                assert f"Up: {picture.y_title}" in axes and f"Across: {picture.x_title}" in axes
            else:
                layout = layouts[picture.name][0]["layout"]
                assert layout["xaxis"]["title"]["text"] == picture.x_title
                assert layout["yaxis"]["title"]["text"] == picture.y_title


def test_headline_and_titles_use_the_run_s_own_numbers(run: Any, html: str):
    rows = run.outcomes.headline.set_index("firm").loc[list(made_up.STARTUPS)]
    best, worst = rows["independent"].idxmax(), rows["independent"].idxmin()
    said = reader_of(run).headline
    assert f"{made_up.STARTUPS[best]} is still independent in {100 * rows['independent'][best]:.0f}% of worlds" in said
    assert f"{made_up.STARTUPS[worst]} in {100 * rows['independent'][worst]:.0f}%" in said
    left = run.outcomes.landscape.query("quantity == 'independents'").iloc[-1]
    words = ("no", "one", "two", "three", "four", "five", "six", "seven")
    assert said.startswith(f"{words[round(left['median'])].capitalize()} of seven startups")
    assert said in html


def test_table_of_fates_has_headers_and_every_startup_with_its_interval(run: Any, elements: list[Element]):
    assert all(cell.attributes.get("scope") in ("col", "row") for cell in having(elements, "th"))
    rows = {cell.text.strip() for cell in having(elements, "th", scope="row")}
    assert rows >= set(made_up.STARTUPS.values())
    zhipu = run.outcomes.headline.set_index("firm").loc["zhipu"]
    cells = [cell.text for cell in having(elements, "td") if cell.attributes.get("data-label") == "Independent"]
    half = 50 * (zhipu["independent_high"] - zhipu["independent_low"])
    shown = f"{100 * zhipu['independent']:.0f}% ±{half:.1f}"
    assert shown in cells


def test_parts_of_a_fate_sum_to_one_every_month(run: Any):
    view = reader_of(run)
    for firm in view.startups:
        total = sum(parts_of(view, firm).values())
        assert total.shape == (91,)
        assert abs(total - 1).max() < 1e-9


def test_general_race_in_the_panels_agrees_with_the_table(run: Any):
    view = reader_of(run)
    table = run.outcomes.headline.set_index("firm")["general"]
    for firm in view.startups:
        assert view.incidence(firm, "general")[-1] == pytest.approx(table[firm], abs=1e-9)


def test_assumptions_stated_come_first_and_uncertain_ones_say_so(run: Any, elements: list[Element]):
    tables = [div.attributes["id"] for div in having(elements, "div", class_="table")]
    assert tables.index("table-assumptions") < tables.index("table-defaults")
    sections = {div.attributes["id"]: div.text for div in having(elements, "div", class_="table")}
    stated = {path for path, value in run.scenario.assumptions.items() if value.uncertain or path in run.scenario.given}
    for path in run.scenario.assumptions:
        assert (path in sections["table-assumptions"]) == (path in stated)
        assert (path in sections["table-defaults"]) == (path not in stated)
    uncertain = sum(value.uncertain for value in run.scenario.assumptions.values())
    assert sections["table-assumptions"].count("uncertain: drawn once per world") == uncertain == 4
    assert "a note on where this comes from" in sections["table-assumptions"]


def test_provenance_says_how_to_run_it_again(elements: list[Element]):
    text = next(section.text for section in having(elements, "section", id="provenance"))
    assert "shakeout run scenario.yaml --worlds 2000 --seed 7" in text
    assert "0123456789abcdef" in text and "numpy 2.2.0" in text


def test_every_function_for_notebooks_gives_a_figure(run: Any):
    import plotly.graph_objects as go

    public = [getattr(figures, name) for name in dir(figures)]
    own = [call for call in public if inspect.isfunction(call) and call.__module__ == figures.__name__]
    calls = [call for call in own if next(iter(inspect.signature(call).parameters)) == "run"]
    assert len(calls) == 16 and len(own) > len(calls)
    for call in calls:
        figure = call(run)
        assert isinstance(figure, go.Figure) and len(figure.data) > 0, call.__name__
        assert figure.layout.title.text, call.__name__
        assert "n = 2,000 worlds" in figure.layout.annotations[0].text.replace("<br>", " "), call.__name__
        assert figure.layout.yaxis.title.text, call.__name__


def test_a_figure_takes_its_parameters_by_place_or_name(run: Any):
    placed, named = figures.survival_curves(run, "general"), figures.survival_curves(run=run, endpoint="general")
    assert placed == named and placed != figures.survival_curves(run)
    assert figures.cash.__doc__ == "Fans of cash, a panel per startup."
    assert figures.timeline(run, 1).layout.title.text != figures.timeline(run=run).layout.title.text


def test_panels_of_a_combined_figure_do_not_overlap(run: Any):
    figure = figures.fates_over_time(run)
    across = [tuple(figure.layout[f"xaxis{n}"].domain) for n in ("", *range(2, 8))]
    up = [tuple(figure.layout[f"yaxis{n}"].domain) for n in ("", *range(2, 8))]
    boxes = list(zip(across, up, strict=True))
    assert len(set(boxes)) == 7
    for i, ((left, right), (low, high)) in enumerate(boxes):
        assert 0 <= left < right <= 1.000001 and 0 <= low < high <= 1.000001
        for (l2, r2), (b2, t2) in boxes[:i]:
            assert right <= l2 or r2 <= left or high <= b2 or t2 <= low
