"""A document: sections of blocks (pictures, tables, tiles, prose) rendered as one offline HTML page.

Every page of the project is made of these blocks; the templates escape whatever text they are given. Scripts are
allowed by their hash only, and nothing may be loaded from elsewhere (Content-Security-Policy).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sim.report.html.plotly_values import plotly_text
from sim.report.pictures.picture import Picture
from sim.scenario import evidence

PLOTLY_FILE = "plotly.min.js"
CODE = ("tables.js", "downloads.js", "page.js")  # in this order: each uses those before it


@dataclass(frozen=True)
class Cell:
    """One cell of a table: ``text``, small ``sub`` below it (of numbers beside it), and ``last`` below both; the rest
    is drawn if given.

    ``stack``  (share, colour, label) triples, a stacked bar    ``bar``  share, low, high: a bar with its interval
    ``swatch`` a colour in front of the text                    ``title`` hover text    ``strong`` bold
    ``anchor`` the id of a row of the evidence, whose place on the page this is         ``link`` an address to go to
    """

    text: str = ""
    sub: str = ""
    last: str = ""
    stack: tuple[tuple[float, str, str], ...] = ()
    bar: tuple[float, float, float] | None = None
    colour: str = ""
    swatch: str = ""
    title: str = ""
    strong: bool = False
    anchor: str = ""
    link: str = ""


LINK = Markup('<a class="cite" href="#evidence-{0}">{0}</a>')  # to a row of the evidence, by its id
BOTH = "right both"  # numbers of two runs and their difference: on a phone such a cell has a line of its own


@dataclass(frozen=True)
class Column:
    """Head of a column. ``label`` is never empty: it is read aloud with every cell. ``align`` is left, right or BOTH,
    ``wide`` asks for room, ``title`` explains on hover.
    """

    label: str
    align: str = "left"
    wide: bool = False
    title: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a caption. The first cell of each row is its header. ``cards``: rows become cards on phones."""

    kind: ClassVar[str] = "table"
    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    cards: bool = True
    empty: str = "Nothing to show."


@dataclass(frozen=True)
class Figure:
    """A picture in the page, with buttons that give its numbers, its picture, or a page of its own."""

    kind: ClassVar[str] = "figure"
    picture: Picture


@dataclass(frozen=True)
class Switch:
    """Several figures in one place, of which a row of buttons shows one at a time."""

    kind: ClassVar[str] = "switch"
    name: str
    label: str
    views: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True)
class Tiles:
    """Large numbers with a line of explanation each: (number, explanation)."""

    kind: ClassVar[str] = "tiles"
    tiles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prose:
    """Paragraphs of plain text."""

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """Terms and what they mean: (term, explanation); ``code`` sets the explanations in a fixed-width font."""

    kind: ClassVar[str] = "terms"
    terms: tuple[tuple[str, str], ...]
    code: bool = False


@dataclass(frozen=True)
class Details:
    """Blocks behind a line to click on."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: tuple[Any, ...]


@dataclass(frozen=True)
class Section:
    """A chapter with an id to link to, a heading, a sentence to lead in, and blocks."""

    id: str
    title: str
    blocks: tuple[Any, ...]
    lead: str = ""


@dataclass(frozen=True)
class Document:
    """A page. ``headline`` is the sentence to quote; ``notes`` are lines of small print below it.

    ``beside`` are pictures that stand in files of their own only: the page has their numbers as tables.
    """

    title: str
    headline: str
    sections: tuple[Section, ...]
    description: str = ""
    notes: tuple[str, ...] = ()
    plain: bool = False  # a single figure: no table of contents
    beside: tuple[Picture, ...] = ()

    @property
    def pictures(self) -> list[Picture]:
        """Every picture that belongs to it: those that it shows, then those that stand in files only."""
        return [*pictures_in([block for section in self.sections for block in section.blocks]), *self.beside]


def shown_in(blocks: Sequence[Any]) -> Iterator[Any]:
    """What stands in ``blocks``, in order: the figures of a switch and the blocks in details in their place."""
    for block in blocks:
        match block:
            case Switch(views=views):
                yield from (figure for _, figure in views)
            case Details(blocks=inner):
                yield from shown_in(inner)
            case _:
                yield block


def pictures_in(blocks: Sequence[Any]) -> list[Picture]:
    """Every picture in ``blocks``, at any depth, in order."""
    return [block.picture for block in shown_in(blocks) if isinstance(block, Figure)]


def linked(known: frozenset[str]) -> Callable[[str], Markup]:
    """What makes HTML of a text: all is escaped, and ids of the evidence in ``known`` link to their row on the page."""

    def link(text: str) -> Markup:
        said: list[Markup] = []
        after = 0
        for found in evidence.ID.finditer(text):
            if (id := found.group()) in known:
                said += [escape(text[after : found.start()]), LINK.format(id)]
                after = found.end()
        return Markup("").join([*said, escape(text[after:])]) if said else escape(text)

    return link


def embed(data: Any) -> Markup:
    """``data`` as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def panels_of(picture: Picture) -> list[dict[str, Any]]:
    """What the page's script draws: data, layout and heading of every panel, axis titles filled in."""
    drawn = []
    for panel in picture.panels:
        layout = dict(panel.layout)
        if not picture.grid:
            for axis, title in (("xaxis", picture.x_title), ("yaxis", picture.y_title)):
                said = {"text": plotly_text(title), "font": {"size": 12}, "standoff": 8}
                layout[axis] = {**layout[axis], "title": said}
        drawn.append({"data": panel.data, "layout": layout, "heading": plotly_text(panel.heading, 400)})
    return drawn


@cache
def plotly_script() -> str:
    """plotly.js, minified, as the plotly package brings it."""
    return (resources.files("plotly") / "package_data" / PLOTLY_FILE).read_text(encoding="utf-8")


@cache
def own_file(name: str) -> str:
    """A file of every page: its style, or a part of its script."""
    return (resources.files("sim.report.html") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sim.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(embed=embed, panels_of=panels_of)
    return environment


@cache
def _hash(script: str) -> str:
    """A script's hash as Content-Security-Policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def html_by(template: str, **given: Any) -> str:
    """What a template of ours makes of what is ``given``, texts escaped."""
    return _environment().get_template(template).render(**given)


def load_parts() -> None:
    """Load the templates and the script of the drawings, which take longer than to make a page of them."""
    for name in _environment().list_templates(("html",)):
        _environment().get_template(name)
    plotly_script()


def render(document: Document, plotly: str = "") -> str:
    """The page as HTML. ``plotly`` is the path of plotly.js beside the page; empty: it is embedded."""
    code = "\n".join(own_file(name) for name in CODE)
    sections = document.sections
    drawn = any(picture.panels for section in sections for picture in pictures_in(section.blocks))
    sources = [_hash(code)]
    if drawn:
        sources += ["'self'", "file:"] if plotly else [_hash(plotly_script())]
    policy = (
        f"default-src 'none'; script-src {' '.join(sources)}; style-src 'unsafe-inline'; img-src data: blob:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    return html_by(
        "page.html",
        document=document,
        plain=document.plain,
        policy=policy,
        linked=linked(_anchors(sections)),
        css=Markup(own_file("page.css")),
        code=Markup(code),
        plotly_file=plotly if drawn else "",
        plotly_code=Markup(plotly_script()) if drawn and not plotly else "",
    )  # fmt: skip


def fragment(section: Section) -> str:
    """One section as HTML without a page around it: the page it goes to has the style and the scripts."""
    return html_by("fragment.html", section=section, plain=False, linked=linked(_anchors([section])))


def _anchors(sections: Sequence[Section]) -> frozenset[str]:
    """Ids of the evidence whose rows are in ``sections``."""
    tables = (block for section in sections for block in shown_in(section.blocks) if isinstance(block, Table))
    return frozenset(cell.anchor for table in tables for row in table.rows for cell in row if cell.anchor)
