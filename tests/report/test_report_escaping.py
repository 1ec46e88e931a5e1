"""Names and texts of a scenario are data: they are shown as they are written and do nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_up
import pytest
from browser import Chromium
from reading import drawn, having, read, strings

import sim
from sim.report.html.plotly_values import plotly_text
from sim.report.html.write import write
from sim.scenario.load import load_mapping, with_sets

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
    write(evil_run, folder)
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


def test_a_browser_runs_nothing_of_it(evil_page: Path, chromium: Chromium):
    seen = chromium.look(evil_page / "report.html", 1400, "[window.pwned, document.querySelectorAll('img').length]")
    assert seen.state == "drawn" and seen.complaints == []
    assert seen.answer == [None, 0]
    assert [address for address in seen.requests if not address.startswith("data:")] == seen.requests[:1]


HOSTILE = (
    EVIL,
    IMAGE,
    "</script><script>window.pwned=1</script>",
    "</title></style><svg onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "{{ 7 * 7 }}{% raw %}",
    "<a href='javascript:window.pwned=1'>x</a><br>%{customdata[0]}",
    '=HYPERLINK("http://x")',
)
TRY = """
(async () => {
  const pause = () => new Promise(done => setTimeout(done, 300));
  document.querySelectorAll('details').forEach(box => { box.open = true; });
  document.querySelectorAll('.choice, .sort').forEach(button => button.click());
  await pause();
  const figures = [...document.querySelectorAll('.picture')].filter(figure => figure.querySelector('.panels'));
  const taken = [];
  for (const figure of figures) {
    for (const form of ['csv', 'svg', 'html']) {
      if (form === 'svg' && !figure.offsetWidth) { continue; }
      taken.push(await (await window.Shakeout.make(figure, form)).text());
    }
  }
  await pause();
  const ours = new Set(['', 'data:,']);
  const acts = element => [...element.attributes].some(attribute => attribute.name.startsWith('on'));
  const rows = [...document.querySelectorAll('#evidence td a[rel=noopener]')];  // addresses of evidence.csv
  const elsewhere = [...document.querySelectorAll('a[href], link[href]')].filter(link => !rows.includes(link));
  const links = elsewhere.map(link => link.getAttribute('href'));
  const foreign = taken.filter(text => text.startsWith('<')).map(text => {
    const read = new DOMParser().parseFromString(text, text.startsWith('<svg') ? 'image/svg+xml' : 'text/html');
    return [...read.querySelectorAll('*')].filter(acts).length
      + read.querySelectorAll('img, parsererror').length;
  });
  return {
    pwned: window.pwned === undefined, images: document.querySelectorAll('main img').length, taken: taken.length,
    handlers: [...document.querySelectorAll('*')].filter(acts).length,
    links: links.filter(link => !link.startsWith('#') && !ours.has(link)),
    foreign: foreign.reduce((sum, count) => sum + count, 0),
  };
})()
"""


def hostile(text: str) -> Any:
    """A small scenario that says ``text`` wherever it may say something."""
    return load_mapping(
        {
            "name": "hostile",
            "title": text,
            "description": text,
            "start": "2024-01",
            "end": "2025-06",
            "worlds": 128,
            "seed": 3,
            "firms": {
                "alpha": {
                    "name": text,
                    "cash": {"value": {"uniform": [50, 600]}, "source": "assumption", "note": text},
                },
                "beta": {"name": f"{text} 2", "cash": 300},
                "giant": {"name": f"{text} 3", "kind": "giant"},
            },
            "claims": {"goes": {"says": text, "when": {"firm": "alpha", "fate": "closed", "by": "2025-06"}}},
            "facts": {
                "gone": {"says": text, "when": {"firm": "beta", "fate": "closed", "by": "2025-06"}, "happened": True}
            },
        }
    )


def pages_of(text: str, out: Path) -> list[Path]:
    """A page of every kind, and every figure on its own."""
    asked, hazard = hostile(text), "assumptions.closure.hazard_month"
    how: dict[str, Any] = {"jobs": 1, "out": out}
    sim.run(asked, **how)
    sim.what_if(asked, ["firms.beta.cash=60"], variants={text[:60].strip(): {hazard: 0.1}}, **how)
    sim.compare(asked, with_sets(asked, [f"{hazard}=0.1"]), **how)
    sim.sweep(asked, {hazard: (0, 0.1, 3)}, **how)
    sim.sweep(asked, {hazard: (0, 0.1, 3), "firms.beta.cash": (100, 500, 2)}, **how)
    sim.flip(asked, {hazard: (0, 0.2)}, "goes >= 0.5", **how)
    sim.sensitivity(asked, "goes", **how)
    return sorted(out.rglob("*.html"))


@pytest.fixture(scope="module")
def hostile_pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """All of them, of a text that tries everything at once."""
    return pages_of(" ".join(HOSTILE[:4]), tmp_path_factory.mktemp("hostile"))


def assert_harmless(file: Path, chromium: Chromium) -> None:
    seen = chromium.look(file, 1000, TRY)
    assert seen.state == "drawn" and seen.complaints == [], file
    taken = seen.answer.pop("taken")
    assert taken > 0, file
    assert seen.answer == {"pwned": True, "images": 0, "handlers": 0, "links": [], "foreign": 0}, file
    outside = [url for url in seen.requests if not url.startswith(("data:", "blob:", "file:"))]
    assert outside == [], file


def test_no_page_of_any_study_runs_a_text(hostile_pages: list[Path], chromium: Chromium):
    """Every switch pressed, every fold opened, every table sorted, everything taken away."""
    named = [file for file in hostile_pages if file.parent.name != "plots"]
    assert {file.name for file in named} == {
        *("report.html", "whatif.html", "compare.html", "sweep.html", "flip.html", "sensitivity.html")
    }
    for file in named:
        assert_harmless(file, chromium)


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE)
def test_no_page_and_no_figure_runs_any_text(text: str, chromium: Chromium, tmp_path: Path):
    for file in pages_of(text, tmp_path):
        assert_harmless(file, chromium)
