"""Ids of the evidence on a page lead to their rows on the same page, and the rows to the public pages they are from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser import Chromium
from reading import Element, having, read

import sim
from sim.report.html import document
from sim.report.html.document import Cell, Column, Document, Prose, Section, Table, render
from sim.report.pages import chapters
from sim.scenario import evidence
from sim.scenario.load import load_text, with_sets

TEXT = """
name: cites
title: As S000-01 has it
start: 2024-01
end: 2024-06
worlds: 128
seed: 3
firms:
  alpha:
    name: Alpha
    cash: {value: {uniform: [50, 600]}, source: "P-ZP-02 and S999-99, a paper", note: "see S000-04, not XS000-05"}
  beta: {name: Beta, cash: 300}
claims:
  goes: {says: "Alpha may close (S001-27)", source: S001-20, when: {firm: alpha, fate: closed, by: 2024-06}}
facts:
  gone: {says: Gone, source: S000-02, happened: true, when: {firm: beta, fate: closed, by: 2024-06}}
events:
  dear: {date: 2024-03, set: {assumptions.listing.strength: 0.5}, source: S000-03}
"""
CITED = {"S000-01", "S000-02", "S000-03", "S000-04", "S001-20", "S001-27", "P-ZP-02"}
VARIANT = "firms.beta.cash={value: 60, source: P-MM-01}"
HAZARD = "assumptions.closure.hazard_month"


def scenario() -> Any:
    return load_text(TEXT)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of every kind by its name."""
    asked, how = scenario(), {"jobs": 1, "out": tmp_path_factory.mktemp("cites")}
    made = [
        sim.run(asked, **how),
        sim.what_if(asked, [VARIANT], **how),
        sim.compare(asked, with_sets(asked, [VARIANT]), **how),
        sim.sweep(asked, {HAZARD: (0, 0.1, 2)}, **how),
        sim.flip(asked, {HAZARD: (0, 0.2)}, "goes >= 0.5", **how),
        sim.sensitivity(asked, "goes", **how),
    ]
    found = [file for done in made for file in done.folder.glob("*.html")]
    return {file.name.removesuffix(".html"): file for file in found}


KINDS = ["report", "whatif", "compare", "sweep", "flip", "sensitivity"]


def parts(page: Path) -> tuple[str, list[Element]]:
    html = re.sub(r"<script>.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return html, read(html)


def anchors(elements: list[Element]) -> list[str]:
    return [e.attributes["id"].removeprefix("evidence-") for e in having(elements, "th") if "id" in e.attributes]


@pytest.mark.parametrize("kind", KINDS)
def test_every_id_on_a_page_leads_to_its_row(pages, kind):
    """Each id that the evidence holds is a link or the place of its row; each link has its place; others are text."""
    html, elements = parts(pages[kind])
    rows = anchors(elements)
    links = having(elements, "a", class_="cite")
    assert links and all(link.attributes["href"] == f"#evidence-{link.text}" for link in links)
    assert len(rows) == len(set(rows)) and {link.text for link in links} <= set(rows) and set(rows) >= CITED
    bare = re.sub(r'<title>.*?</title>|<a class="cite".*?</a>|<[^>]*>', "|", html)
    left = [id for id in evidence.ID.findall(bare) if id in evidence.known()]
    assert sorted(left) == sorted(rows)
    table = evidence_csv(pages[kind])
    assert rows == table["id"].to_list()


def evidence_csv(page: Path) -> Any:
    import pandas as pd

    return pd.read_csv(page.parent / evidence.FILE, dtype=str, keep_default_na=False)


@pytest.mark.parametrize("kind", ["report", "whatif", "compare"])
def test_what_only_a_variant_cites_counts_for_its_study(pages, kind):
    _, elements = parts(pages[kind])
    assert ("P-MM-01" in anchors(elements)) == (kind != "report")
    assert ("P-MM-01" in set(evidence_csv(pages[kind])["id"])) == (kind != "report")


def test_ids_in_every_kind_of_text_of_a_run_are_links(pages):
    """Assumptions, their notes, claims, facts, dated events, the title."""
    html, elements = parts(pages["report"])
    assert {link.text for link in having(elements, "a", class_="cite")} >= CITED
    source = next(e for e in having(elements, "td") if "S999-99" in e.text)
    assert source.text.startswith("P-ZP-02 and S999-99, a paper")
    assert '#evidence-P-ZP-02">P-ZP-02</a> and S999-99, a paper' in html and "not XS000-05" in html


def test_a_row_says_what_the_evidence_says_and_links_to_its_page(pages):
    html, elements = parts(pages["report"])
    row = evidence.known()["P-ZP-02"]
    there = html[html.index('id="evidence-P-ZP-02"') :].partition("</tr>")[0]
    assert all(text in there for text in (row["subject"], row["date"], row["fact"], row["value"]))
    assert f'<a href="{row["source"]}" target="_blank" rel="noopener">{row["source"]}</a>' in there
    abroad = [a for a in having(elements, "a") if "//" in a.attributes["href"]]
    assert abroad and all(a.attributes["rel"] == "noopener" and a.text == a.attributes["href"] for a in abroad)
    seed = html[html.index('id="evidence-S000-01"') :].partition("</tr>")[0]
    assert "<a" not in seed and "document 000_" in seed


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("https://a.example/b?c=1&d=2#e", True),
        ("http://a.example/新闻", True),
        ("javascript:alert(1)", False),
        ("JavaScript://a.example/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/hosts", False),
        ("https://", False),
        ("https://[", False),
        ("https://a.example/ and more", False),
        ("//a.example", False),
        ("001_a.txt", False),
    ],
)
def test_only_addresses_of_public_pages_are_links(source, right):
    assert chapters.address(source) == (source if right else "")


def test_a_row_is_escaped(monkeypatch: pytest.MonkeyPatch):
    evil = "<img src=x onerror=alert(1)>\"'"
    row = dict.fromkeys(("subject", "fact", "value", "unit", "date", "source_kind", "note"), evil)
    row |= {"id": "S000-01", "source": 'https://a.example/"onclick="alert(1)'}
    monkeypatch.setattr(evidence, "known", lambda: {"S000-01": row})
    elements = read(render(Document("x", "x", chapters.evidence_used(scenario()))))
    assert not having(elements, "img")
    assert not [e for e in elements if any(name.startswith("on") for name in e.attributes)]
    assert [e.text for e in having(elements, "a", rel="noopener")] == [row["source"]]


def test_a_text_is_escaped_around_its_links():
    link = document.linked(frozenset({"S000-01"}))
    assert link("<b>S000-01</b> & S000-02") == (
        '&lt;b&gt;<a class="cite" href="#evidence-S000-01">S000-01</a>&lt;/b&gt; &amp; S000-02'
    )


def test_a_page_without_rows_has_no_links():
    """Such as a figure on its own: an id stays text."""
    table = Table("t", "", (Column("a"),), ((Cell("S000-01"),),))
    html = render(Document("S000-01", "S000-01", (Section("s", "S000-01", (Prose(("S000-01",)), table)),)))
    assert not having(read(html), "a", class_="cite")


def test_a_link_opens_what_is_folded_away(pages, chromium: Chromium):
    ask = """(() => {
      const box = document.querySelector('#evidence details'), before = box.open;
      document.querySelector('#table-claims a.cite').click();
      const place = document.querySelector(location.hash);
      return [before, box.open, place.offsetHeight > 0, document.documentElement.scrollWidth];
    })()"""
    for width in (1400, 420):
        seen = chromium.look(pages["report"], width, ask)
        assert seen.complaints == [] and seen.answer == [False, True, True, width]


def test_a_figure_taken_away_has_no_link_to_rows_that_are_not_there(tmp_path, chromium: Chromium):
    """The page of one figure, downloaded from a page with rows, says the id as text."""
    from dataclasses import replace

    import made_up

    from sim.report.pictures import fates
    from sim.report.run_reader import reader_of

    view = reader_of(made_up.run(worlds=60))
    figure = document.Figure(replace(fates.fates_over_time(view), title="As S000-01"))
    html = render(Document("x", "x", (Section("s", "", (figure,)), *chapters.evidence_used(scenario()))))
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    ask = """(async () => {
      const figure = document.querySelector('.picture');
      const text = await (await window.Shakeout.make(figure, 'html')).text();
      const taken = new DOMParser().parseFromString(text, 'text/html');
      return [figure.querySelectorAll('a.cite').length, taken.querySelectorAll('a').length,
        taken.querySelector('h1').textContent];
    })()"""
    assert chromium.look(file, 1000, ask).answer == [1, 0, "As S000-01"]
