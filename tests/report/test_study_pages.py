"""Pages and figures of what-ifs and comparisons: whole, offline, escaped, readable on a phone, never empty-handed."""

from __future__ import annotations

import functools
import re
import sys
from pathlib import Path

import pytest

import sim
from sim.foundation.errors import InputError
from sim.outcomes.year_end_differences import YEAR_END_QUANTITIES as YEAR_END
from sim.report import study_figures
from sim.report.html.write import write
from sim.scenario.load import with_sets
from sim.words.estimates import estimate, signed

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "study"))
from small_industry import small

NASTY = "</script><img src=x onerror=alert(1)>%{x}'\"andnospaces"


@functools.cache
def changed() -> sim.study.what_if.WhatIf:
    return sim.what_if(small(400), ["firms.beta.cash=60"], variants={NASTY: {"firms.alpha.cash": 900}}, jobs=1)


@functools.cache
def beside() -> sim.study.compare.Comparison:
    return sim.compare(small(400), with_sets(small(400), ["firms.beta.cash=60"]), small(300, seed=9), jobs=1)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    write(changed(), folder)
    write(beside(), folder)
    return {"whatif": folder / "whatif.html", "compare": folder / "compare.html"}


def test_the_page_of_a_comparison_has_a_column_of_differences(pages):
    """For every run against the first, the numbers of the summary that the terminal shows."""
    page = pages["compare"].read_text(encoding="utf-8")
    names = [run["name"] for run in beside().manifest["runs"]][1:]
    for index, label in enumerate(names, start=1):
        table = page.split(f'id="table-side-by-side-{index}"', 1)[1].split("</table>", 1)[0]
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", table))
        mine = [row for row in beside().summary() if row["variant"] == label]
        rows = [row for row in mine if row["quantity"] not in YEAR_END]
        assert f'id="table-year-ends-{index}"' in page and len(rows) < len(mine)
        assert "Difference" in text and len(rows) == table.count("<tr") - 1
        row = next(row for row in rows if (row["firm"], row["quantity"]) == ("beta", "survival"))
        shown = estimate(*(100 * row[part] for part in ("difference", "low", "high")), say=signed)
        assert f"{100 * row['base']:.1f} {100 * row['variant_value']:.1f} {shown}" in text


@pytest.mark.parametrize("name", ["whatif", "compare"])
def test_a_page_is_whole_offline_and_escaped(pages, name):
    page = pages[name].read_text(encoding="utf-8")
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "<img src=x" not in own and "<script>月" not in own
    assert "default-src &#39;none&#39;" in own
    loaded = re.sub(r'<a href="https?://[^"]+" target="_blank" rel="noopener">', "", own)  # sources: only on a click
    assert not re.search(r"(src|href)=\"(https?:)?//", loaded)
    assert 'data-form="html"' in own and 'href="plots/' not in own
    ids = re.findall(r' id="([^"]+)"', own)
    assert len(ids) == len(set(ids))


def test_the_page_of_a_what_if_tells_all_it_promises(pages):
    page = pages["whatif"].read_text(encoding="utf-8")
    places = [page.index(mark) for mark in ('id="differences-1"', 'id="differences-2"', 'id="curves"', 'id="flows-1"')]
    assert places == sorted(places)
    forest, folded = page.index('id="figure-difference-survival-1"'), page.index('id="figure-survival-independent"')
    assert forest < folded and page.rfind("<details>", 0, folded) > page.rfind("</details>", 0, folded)
    for heading in ("Base and variant", "What it does", "Whose fate turns", "One world told twice", "What is changed"):
        assert heading in page
    assert changed().headline[0].replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in page
    assert "They part " in page and "The first thing that happens in one and not in the other" in page
    assert "Cash at entry" in page and "firms.beta.cash" in page


@pytest.mark.parametrize("width", [1400, 420])
@pytest.mark.parametrize("name", ["whatif", "compare"])
def test_a_page_draws_in_a_real_browser_and_fits(pages, chromium, name, width):
    seen = chromium.look(pages[name], width, "document.documentElement.scrollWidth")
    assert seen.state == "drawn"
    assert seen.complaints == []
    assert seen.answer <= width
    assert all(url.startswith(("file:", "data:", "about:", "blob:")) for url in seen.requests)


def test_equal_studies_give_equal_pages(tmp_path, pages):
    again = sim.what_if(
        small(400), ["firms.beta.cash=60"], variants={NASTY: {"firms.alpha.cash": 900}}, jobs=1, out=tmp_path / "out"
    )
    write(again, tmp_path)
    assert (tmp_path / "whatif.html").read_bytes() == pages["whatif"].read_bytes()


def test_a_change_that_changes_nothing_has_a_page_that_says_so(tmp_path):
    done = sim.what_if(small(200), ["firms.beta.cash=200"], jobs=1, out=tmp_path)
    page = (done.folder / "whatif.html").read_text(encoding="utf-8")
    assert "changes nothing: both histories are the same in every world" in page
    assert "no curve moves" in page
    assert "No fate of a startup turns in any world" in page
    assert "there is no world to tell twice" in page
    assert "no difference in any world" in page


def test_figures_for_notebooks():
    import plotly.graph_objects as go

    made = [
        study_figures.survival(changed()),
        study_figures.survival(beside(), "general"),
        study_figures.startups_left(beside()),
        study_figures.endgame(changed()),
        study_figures.differences(changed()),
        study_figures.differences(beside(), "closed", 2),
        study_figures.differences(changed(), "final_valuation", 2),
        study_figures.fates_turned(changed()),
        study_figures.told_twice(changed(), 1),
    ]
    for figure in made:
        assert isinstance(figure, go.Figure)
        assert len(figure.data) > 2
        assert figure.layout.title.text
        assert any("Shakeout" in note.text for note in figure.layout.annotations)


def test_a_figure_of_nothing_is_refused():
    with pytest.raises(InputError, match="nearest: survival"):
        study_figures.differences(changed(), "survivle")
    same = sim.what_if(small(50), ["firms.beta.cash=200"], jobs=1)
    with pytest.raises(InputError, match="no world to tell twice"):
        study_figures.told_twice(same)


def test_dots_are_sorted_and_carry_their_intervals():
    figure = study_figures.differences(changed(), "closed")
    marks = next(trace for trace in figure.data if trace.mode == "markers" and trace.text is not None)
    assert list(marks.x) == sorted(marks.x, reverse=True)
    lines = next(
        trace for trace in figure.data if trace.mode == "lines" and None in (trace.x or ()) and len(trace.x) > 1
    )
    rows = changed().differences
    row = rows[
        (rows["variant"] == "firms.beta.cash=60") & (rows["firm"] == "beta") & (rows["quantity"] == "closed")
    ].iloc[-1]
    at = next(i for i, x in enumerate(marks.x) if x == pytest.approx(100 * row["difference"], rel=1e-4))
    assert lines.x[3 * at] == pytest.approx(100 * row["low"], rel=1e-4)
    assert lines.x[3 * at + 1] == pytest.approx(100 * row["high"], rel=1e-4)
