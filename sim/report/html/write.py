"""An answer's page and its figures as files. The page report.html is made by pages/report.py, and so for every kind."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from sim.report.html.document import PLOTLY_FILE, Document, Figure, Section, load_parts, plotly_script, render
from sim.report.html.stills import write_stills
from sim.study.focus import named
from sim.study.study import PLOTS


def write(answer: Any, folder: Path) -> None:
    """Write the page of ``answer`` (a run or a study) to ``folder``, and each of its figures that has something to show
    under plots/, as a page of its own; these share one plotly.min.js.

    Where firms are in focus both names go on with theirs. Equal answers give equal HTML.
    """
    document = document_of(answer)
    _save(folder / named(answer.KIND.page, answer.manifest), render(document))
    plots = folder / named(PLOTS, answer.manifest)
    plots.mkdir(parents=True, exist_ok=True)
    _save(plots / PLOTLY_FILE, plotly_script())
    for picture in document.pictures:
        if picture.panels:
            section = Section("figure", "", (Figure(picture),))
            alone = Document(picture.title, picture.title, (section,), plain=True)
            _save(plots / f"{picture.name}.html", render(alone, PLOTLY_FILE))


def get_ready() -> None:
    """Load what every page is made with."""
    load_parts()


def document_of(answer: Any) -> Document:
    """The page of ``answer`` as a document."""
    module = answer.KIND.page.partition(".")[0]
    document: Document = import_module(f"sim.report.pages.{module}").document_of(answer)
    return document


def stills(answer: Any, folder: Path) -> str | None:
    """Write every picture of ``answer`` as PNG and SVG to ``folder``; a message for the user where that cannot be."""
    return write_stills(document_of(answer).pictures, folder)


def _save(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
