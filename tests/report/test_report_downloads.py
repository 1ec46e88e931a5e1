"""What can be taken from a page in a real browser: numbers, pictures, a figure alone; and tables that sort."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import Any

import made_up
import pytest
from browser import Chromium

from sim.report.html.document import Cell, Column, Document, Section, Table, render
from sim.report.html.write import document_of, write
from sim.report.run_reader import reader_of

TAKE = """
(async () => {
  const figure = document.getElementById('figure-%s');
  const blob = await window.Shakeout.make(figure, '%s');
  const text = blob.type === 'image/png' ? '' : await blob.text();
  const head = [...new Uint8Array(await blob.slice(0, 4).arrayBuffer())];
  return {text, size: blob.size, head};
})()
"""


def taken(file: Path, name: str, form: str, chromium: Chromium) -> dict[str, Any]:
    seen = chromium.look(file, 1200, TAKE % (name, form))
    assert seen.state == "drawn" and seen.complaints == []
    return dict(seen.answer)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_numbers_of_curves_are_those_drawn(run: Any, written: Path, chromium: Chromium):
    rows = rows_of(taken(written / "report.html", "survival-independent", "csv", chromium)["text"])
    unit = "share of worlds still independent"
    assert list(rows[0]) == ["series", "calendar month", unit, f"low ({unit})", f"high ({unit})"]
    view = reader_of(run)
    mine = [row for row in rows if row["series"] == "MiniMax"]
    curve = view.survival("minimax", "independent")
    assert [row["calendar month"] for row in mine] == [view.days[month] for month in curve["month"]]
    for row, known in zip(mine, curve.to_dict("records"), strict=True):
        found = [float(row[name] or "nan") for name in list(row)[2:]]
        assert found == pytest.approx([known["survival"], known["low"], known["high"]], rel=1e-3, nan_ok=True)
    assert {row["series"] for row in rows} == {view.name(firm) for firm in view.startups}


def test_numbers_on_a_scale_of_its_own_are_amounts(run: Any, written: Path, chromium: Chromium):
    """Fans of cash are drawn at arcsinh(amount / knee); what is taken away is the amount, with its unit."""
    rows = rows_of(taken(written / "report.html", "cash", "csv", chromium)["text"])
    assert list(rows[0])[:5] == ["panel", "series", "calendar month", "median (RMB billion)", "p05 (RMB billion)"]
    last = [row for row in rows if row["panel"] == "Zhipu"][-1]
    known = (
        reader_of(run).path("zhipu", "cash").set_index("month").loc[len([r for r in rows if r["panel"] == "Zhipu"]) - 1]
    )
    assert float(last["median (RMB billion)"]) == pytest.approx(known["p50"] / 1000, rel=1e-3)
    assert float(last["p95 (RMB billion)"]) == pytest.approx(known["p95"] / 1000, rel=1e-3)


def test_bars_have_their_names(run: Any, written: Path, chromium: Chromium):
    view = reader_of(run)
    rows = rows_of(taken(written / "plots" / "fates-at-horizon.html", "fates-at-horizon", "csv", chromium)["text"])
    assert list(rows[0]) == ["series", "startup", f"share of worlds in {view.horizon}"]
    shares = {(row["startup"], row["series"]): float(row[f"share of worlds in {view.horizon}"]) for row in rows}
    assert shares["Moonshot", "closed"] == pytest.approx(view.at_horizon("moonshot", "closed")[0], rel=1e-3)
    lanes = rows_of(taken(written / "report.html", "world-1", "csv", chromium)["text"])
    assert "Zhipu" in {row["startup"] for row in lanes}  # without the square of its colour
    causes = rows_of(taken(written / "report.html", "ended-by-firm", "csv", chromium)["text"])
    by = f"share gone by {view.horizon}"
    assert list(causes[0]) == ["series", "firm or group", by, f"low ({by})", f"high ({by})"]
    mine = [row for row in causes if row["firm or group"] == "Moonshot"]
    gone = sum(view.at_horizon("moonshot", fate)[0] for fate in ("acquired", "closed"))
    assert len(mine) == 4 and sum(float(row[by]) for row in mine) == pytest.approx(gone, rel=1e-3)
    assert all(float(row[f"low ({by})"]) < float(row[by]) < float(row[f"high ({by})"]) for row in mine)
    years = rows_of(taken(written / "report.html", "endgame", "csv", chromium)["text"])
    assert [row["year in which the endgame begins"] for row in years][:2] == ["2023", "2024"]


def test_a_picture_has_title_legend_and_source(run: Any, written: Path, chromium: Chromium):
    for name, legend in (("survival-independent", "MiniMax"), ("fates", "acquired")):
        svg = taken(written / "report.html", name, "svg", chromium)["text"]
        said = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
        picture = next(p for p in document_of(run).pictures if p.name == name)
        assert picture.title in said and "Source: Shakeout, scenario six-dragons, n = 2,000 worlds, seed 7." in said
        assert legend in said and svg.count("<svg") > len(picture.panels)
    png = taken(written / "report.html", "fates", "png", chromium)
    assert png["head"] == [0x89, 0x50, 0x4E, 0x47] and png["size"] > 20_000


@pytest.mark.parametrize("name", ["fates", "leaders"])
def test_a_figure_mailed_alone_carries_what_it_needs(written: Path, tmp_path: Path, chromium: Chromium, name: str):
    alone = tmp_path / "mailed.html"
    alone.write_text(taken(written / "report.html", name, "html", chromium)["text"], encoding="utf-8")
    count = "document.querySelectorAll('.plot svg.main-svg').length"
    seen = chromium.look(alone, 1000, f"[{count}, document.querySelectorAll('.picture').length]")
    assert seen.state == "drawn" and seen.complaints == []
    assert seen.answer[0] >= 1 and seen.answer[1] == 1
    assert [url for url in seen.requests if not url.startswith("data:")] == [alone.resolve().as_uri()]


def test_a_plot_without_plotly_beside_it_says_so_and_shows_its_numbers(
    written: Path, tmp_path: Path, chromium: Chromium
):
    shutil.copy(written / "plots" / "fates.html", tmp_path)
    ask = """({
      missing: !document.getElementById('missing').hidden, trouble: !document.getElementById('trouble').hidden,
      said: document.getElementById('missing').textContent,
      head: [...document.querySelectorAll('.numbers thead th')].map(cell => cell.textContent),
      rows: document.querySelectorAll('.numbers tbody tr').length,
      title: document.querySelector('.called').textContent,
    })"""
    seen = chromium.look(tmp_path / "fates.html", 1000, ask)
    assert seen.state == "missing"
    assert seen.answer["missing"] and not seen.answer["trouble"] and "plotly.min.js" in seen.answer["said"]
    assert seen.answer["head"] == ["panel", "series", "calendar month", "share of worlds"]
    assert seen.answer["rows"] >= 7 * 4 * 91 and seen.answer["title"]


SORT = """
(() => {
  const table = document.querySelector('#table-made table');
  const heads = [...table.querySelectorAll('thead th')];
  const column = at => [...table.tBodies[0].rows].map(row => row.cells[at].textContent.trim());
  const press = at => {
    heads[at].querySelector('button').click();
    return [heads[at].getAttribute('aria-sort'), column(0)];
  };
  return {
    up: press(1), down: press(1), back: press(1), words: press(0), months: press(2),
    first: heads[1].getAttribute('aria-sort'), amounts: press(3),
    focus: heads.map(head => (head.querySelector('button') || {}).tabIndex),
  };
})()
"""


def test_a_click_on_a_head_sorts(tmp_path: Path, chromium: Chromium):
    """Shares, months and amounts by what they are worth, not by their letters; what is missing comes last."""
    given = (
        ("b", "9% ±1.2", "Mar 2027", "RMB 2.4 billion"),
        ("a", "74% ±0.9", "Dec 2026", "RMB 980 million"),
        ("d", "–", "–", "–"),
        ("c", "<1%", "after Dec 2030", "−3"),
    )
    columns = tuple(Column(label) for label in ("Firm", "Share", "When", "Cash"))
    rows = tuple(tuple(Cell(text) for text in row) for row in given)
    document = Document("t", "t", (Section("s", "s", (Table("made", "t", columns, rows),)),))
    file = tmp_path / "sorted.html"
    file.write_text(render(document), encoding="utf-8")
    seen = chromium.look(file, 1000, SORT)
    assert seen.complaints == []
    assert seen.answer["up"] == ["ascending", ["c", "b", "a", "d"]]
    assert seen.answer["down"] == ["descending", ["a", "b", "c", "d"]]
    assert seen.answer["back"] == ["none", ["b", "a", "d", "c"]]
    assert seen.answer["words"] == ["ascending", ["a", "b", "c", "d"]]
    assert seen.answer["months"] == ["ascending", ["a", "b", "c", "d"]]
    assert seen.answer["amounts"] == ["ascending", ["c", "a", "b", "d"]]
    assert seen.answer["first"] == "none" and seen.answer["focus"] == [0, 0, 0, 0]


def test_texts_that_look_like_formulas_are_quoted(tmp_path: Path, chromium: Chromium):
    firms = (made_up.firm("sum", '=SUM(A1), "x"'), made_up.firm("b", "Beta"))
    write(made_up.run(made_up.scenario(firms, ticks=24, claims=()), worlds=100), tmp_path)
    text = taken(tmp_path / "report.html", "fates", "csv", chromium)["text"]
    assert {row["panel"] for row in rows_of(text)} == {'\'=SUM(A1), "x"', "Beta"}
