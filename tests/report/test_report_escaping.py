"""Names and texts of a scenario are data: they are shown as they are written and do nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_up
import pytest
from reading import drawn, having, read, strings

from sim.report import page
from sim.report.words import plotly_text

EVIL = "<script>alert(1)</script>&\"'%{x}</b>"
IMAGE = '"><img src=x onerror=alert(1)> 智谱 🐉'
OURS = re.compile(r"</?(?:b|i|br|extra)>|</?span(?: style='color:#[0-9a-f]{6}')?>")  # tags that figures use themselves


@pytest.fixture(scope="module")
def evil_run() -> Any:
    scenario = made_up.scenario((made_up.firm("evil", EVIL), made_up.firm("image", IMAGE)), ticks=40, claims=())
    claim = made_up.made_claims(scenario.end)[4]
    first = next(iter(scenario.assumptions))
    noted = {**scenario.assumptions, first: replace(scenario.assumptions[first], source=EVIL, note=IMAGE)}
    scenario = replace(
        scenario,
        name=EVIL,
        title=EVIL,
        description=IMAGE,
        currency="<b>RMB</b> million",
        groups={EVIL: ("evil", "image")},
        claims=(replace(claim, says=EVIL, source=IMAGE),),
        facts=(replace(claim, says=IMAGE, happened=True),),
        assumptions=noted,
        given=scenario.given | {first},
        notices=(EVIL,),
    )
    return made_up.run(scenario, worlds=300)


@pytest.fixture(scope="module")
def evil_page(evil_run: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    page.write(evil_run, folder)
    return folder


def test_no_element_comes_from_a_text(evil_page: Path):
    for file in (evil_page / "report.html", *(evil_page / "plots").glob("*.html")):
        text = file.read_text(encoding="utf-8")
        elements = read(text)
        assert not having(elements, "img")
        assert not [e for e in elements if any(name.startswith("on") for name in e.attributes)]
        plain = [script for script in having(elements, "script") if script.attributes.get("type") != "application/json"]
        assert len(plain) == 2  # plotly and the page's own
        assert "<script>alert" not in text.partition("<script>/**\n* plotly.js")[0]


def test_texts_are_shown_as_written(evil_page: Path):
    elements = read((evil_page / "report.html").read_text(encoding="utf-8"))
    assert having(elements, "title")[0].text == EVIL
    assert having(elements, "p", class_="description")[0].text == IMAGE
    assert any(cell.text == EVIL for cell in having(elements, "th", scope="row"))
    assert any(cell.text == IMAGE for cell in having(elements, "th", scope="row"))


def test_figure_data_cannot_end_its_script(evil_page: Path):
    html = (evil_page / "report.html").read_text(encoding="utf-8")
    found = re.findall(r'<script type="application/json" id="data-[a-z0-9-]+">(.*?)</script>', html, flags=re.DOTALL)
    assert len(found) == len(drawn(read(html))) > 10
    assert not [data for data in found if "<" in data or ">" in data or "&" in data]


def test_plotly_gets_names_without_markup(evil_page: Path):
    panels = drawn(read((evil_page / "report.html").read_text(encoding="utf-8")))
    texts = [text for text in strings(list(panels.values())) if "alert" in text or "img" in text]
    assert len(texts) > 5
    for text in texts:
        left = OURS.sub("", text)
        assert "<" not in left and ">" not in left, text
        assert "%{x}" not in left, text


def test_names_do_not_name_files(evil_page: Path):
    assert all(
        re.fullmatch(r"[a-z0-9-]+\.(html|min\.js)|plotly\.min\.js", f.name) for f in (evil_page / "plots").iterdir()
    )


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("a<b>&c", "a&lt;b&gt;&amp;c"),
        ("%{y}", "%&#123;y}"),
        ("two\nlines\tand\x00a null", "two lines and�a null"),
        ("智谱 🐉", "智谱 🐉"),
    ],
)
def test_plotly_text(raw: str, safe: str):
    assert plotly_text(raw) == safe


def test_a_browser_runs_nothing_of_it(evil_page: Path, chromium: str):
    from browser import look

    seen = look(
        evil_page / "report.html", 1400, "[window.pwned, document.querySelectorAll('img').length]", browser=chromium
    )
    assert seen.state == "drawn" and seen.complaints == []
    assert seen.answer == [None, 0]
    assert [address for address in seen.requests if not address.startswith("data:")] == seen.requests[:1]
