"""What a notebook shows: a line or a few, or a small table and a figure; nobody's text is HTML."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from dataclasses import replace
from html import escape
from typing import Any
from xml.etree import ElementTree

import made_up
import pytest
from markupsafe import escape as shown
from small_studies import KINDS, duel
from test_pages_by_kind import answers_below

from sim.report import notebook
from sim.report.html.document import Cell, Column, Details, Document, Section, Table
from sim.report.html.write import document_of
from sim.report.svg.drawing import MOST_SVG_BYTES
from sim.study.study import Answer
from sim.words.numbers import percent

LONGEST_TEXT = 2_500  # characters; a run's was 440,030
LARGEST_HTML = 300_000
OWN_ELEMENTS = {"div", "p", "b", "table", "thead", "tr", "th", "tbody", "td", "small", "br", "code", "img"}


@pytest.fixture(scope="module")
def html(answers) -> dict[str, str]:
    """What a notebook shows of each."""
    return {name: answers[name]._repr_html_() for name in KINDS} | {"scenario": duel()._repr_html_()}


def whole(page: str) -> ElementTree.Element:
    """``page`` as a tree, in which every element is closed."""
    return ElementTree.fromstring(re.sub(r"(<img [^>]*|<br)>", r"\1/>", page))


def image_in(page: str) -> ElementTree.Element:
    """The one image of ``page``."""
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    svg = base64.b64decode(data)
    assert len(svg) <= MOST_SVG_BYTES
    return ElementTree.fromstring(svg)


@pytest.mark.parametrize("name", [*KINDS, "scenario"])
def test_a_small_table_and_a_figure_without_scripts(html, name):
    page = html[name]
    rows = page.split("<tbody>")[1].split("</tbody>")[0].count("<tr>")
    heads = page.split("<thead>")[1].split("</thead>")[0].count("<th ")
    assert 1 <= rows <= notebook.MOST_TABLE_ROWS and 1 <= heads <= notebook.MOST_TABLE_COLUMNS
    assert len(page) <= LARGEST_HTML
    assert "<script" not in page and "<svg" not in page and "<style" not in page and "http" not in page
    if name == "discover":
        return  # nothing is found in so small an industry, so its page has no figure
    assert "".join(image_in(page).itertext()).strip()
    (image,) = whole(page).iter("img")
    assert image.get("alt") and image.get("width") == "860"


@pytest.mark.parametrize("name", KINDS)
def test_the_sentences_to_quote_stand_first_and_in_the_text(html, answers, name):
    done = answers[name]
    for sentence in done.sentences:
        short = notebook.shorten(f"{sentence}.", notebook.LONGEST_SENTENCE)
        assert f"{shown(short)}</" in html[name].split("<table>")[0]
        assert short in repr(done)
    first, *_ = repr(done).splitlines()
    assert first == f"<{type(done).__name__} of duel: worlds={done.scenario.worlds}, seed=3>"
    assert len(repr(done)) <= LONGEST_TEXT
    assert (str(done.folder) in repr(done)) is (done.folder is not None)


@pytest.mark.parametrize("name", [*KINDS, "scenario"])
def test_what_has_all_numbers_is_there(html, answers, name):
    done = duel() if name == "scenario" else answers[name]
    named = re.findall(r"<code>([a-z_]+)(\(\))?</code>", html[name])
    assert named
    for attribute, called in named:
        found = getattr(done, attribute)
        assert len(found()) if called else found is not None


@pytest.mark.parametrize("name", [*KINDS, "scenario"])
def test_names_are_text(html, name):
    """The only elements are ours, and what is bold has no others in it."""
    page = whole(html[name])
    assert {one.tag for one in page.iter()} <= OWN_ELEMENTS
    assert len(page.findall(".//img")) <= 1 and all(len(bold) == 0 for bold in page.iter("b"))
    for image in page.iter("img"):
        assert set(image.keys()) == {"alt", "width", "style", "src"}


def test_names_are_there_as_they_are_written(html):
    for name in ("run", "what-if", "compare", "scenario"):
        assert str(shown("<img src=x onerror=alert(1)>")) in html[name] and "月之暗面 🐉 &lt;b&gt;&amp;" in html[name]


def test_the_table_of_a_run_says_what_its_summary_says(html, answers):
    table = html["run"].split("<tbody>")[1]
    for row in answers["run"].summary():
        if row["kind"] == "startup":
            mine = table.split(f"<b>{shown(row['name'])}</b>")[1].split("</tr>")[0]
            assert f">{escape(percent(row['independent']))}" in mine.split("</td>")[1]


def test_what_is_not_shown_is_counted_and_named(answers):
    cells = tuple(tuple(Cell(f"{row}-{column}") for column in range(11)) for row in range(15))
    table = Table("t", "", tuple(Column(f"head {column}") for column in range(11)), cells)
    page = notebook.rendered(notebook.Brief(["Said"], table, None, ["grid", "survival"]))
    assert (
        "Three more rows and two more columns not shown. All numbers: <code>grid</code>, <code>survival</code>." in page
    )
    assert "<b>11-0</b>" in page and "12-0" not in page
    assert "head 7" in page and "head 8" not in page and "head 10" in page, "the last column may be the horizon"
    assert "<img" not in page


def test_captions_are_whole_and_what_they_call_bold_is(html, answers):
    for name in ("run", "given", "what-if"):
        assert "seed 3." in re.findall(r"<p><small>(.*?)</small>", html[name])[0]
    row = next(row for row in html["what-if"].split("<tr>")[1:] if "月之暗面" in row.split("</tr>")[0])
    assert row.count("<b>") > 1, "its interval excludes zero"


def test_columns_that_are_drawn_alone_are_left_out(html):
    assert "How its worlds end" not in html["run"] and "Independent" in html["run"]


def test_the_first_table_stands_beside_the_figure_or_is_the_first_with_rows():
    row = ((Cell("a"),),)
    empty, first, folded = (Table(name, "", (Column("c"),), rows) for name, rows in (("e", ()), ("f", row), ("g", row)))
    steps = Table(notebook.STEPS, "", (Column("c"),), row)

    def found(*blocks: Any) -> Table | None:
        return notebook.first_table(Document("", "", (Section("s", "", blocks),)))

    assert found(empty, steps, Details("", (folded,)), first) is first
    assert found(empty, Details("", (folded,))) is folded
    assert found(empty) is None


def test_given_shows_those_worlds_beside_all(html, answers):
    row = next(row for row in answers["given"].summary() if row["firm"] == "beta")
    assert percent(row["independent"]) in html["given"] and percent(row["all_independent"]) in html["given"]


def test_every_answer_shows_itself_as_every_other():
    for answer in answers_below(Answer):
        assert answer.__repr__ is Answer.__repr__, f"{answer.__name__} needs repr=False"


def test_a_scenario_is_one_line():
    made = made_up.scenario()
    assert repr(made) == "<Scenario six-dragons: 7 startups, 6 giants, 2023-07 to 2030-12, worlds=2000, seed=7>"
    page = made._repr_html_()
    assert "Seven startups and six giants, July 2023 to December 2030; six forecasts and three facts" in page
    assert "One more row not shown." in page
    quiet = replace(made, changes=())
    assert "The scenario has no dated events" in "".join(image_in(quiet._repr_html_()).itertext())


def test_the_headline_of_a_run_is_that_of_its_page(answers):
    assert answers["run"].headline == document_of(answers["run"]).headline


def test_text_needs_no_report():
    """And HTML no plotly: the figure is drawn here."""
    program = (
        "import sys, sim; shown = sim.load('six-dragons'); repr(shown); "
        "assert not {'jinja2', 'pandas', 'plotly'} & set(sys.modules); "
        "shown._repr_html_(); assert 'jinja2' in sys.modules and 'plotly' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
