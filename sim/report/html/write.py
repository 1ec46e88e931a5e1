"""An answer's page and its figures as files. The page report.html is made by pages/report.py, and so for every kind."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.report.html.document import PLOTLY_FILE, Document, Figure, Section, pictures_in, plotly_script, render
from sim.report.html.stills import write_stills
from sim.report.pictures.picture import Picture
from sim.study.focus import named
from sim.study.study import PLOTS


def write(answer: Any, folder: Path) -> None:
    """Write the page of ``answer`` (a run or a study) to ``folder``, and each of its figures under plots/.

    Where firms are in focus both names go on with theirs. Equal answers give equal HTML.
    """
    document = document_of(answer)
    _save(folder / named(answer.KIND.page, answer.manifest), render(document))
    _write_plots(pictures_of(document), folder / named(PLOTS, answer.manifest))


def document_of(answer: Any) -> Document:
    """The page of ``answer`` as a document."""
    module = answer.KIND.page.partition(".")[0]
    document: Document = import_module(f"sim.report.pages.{module}").document_of(answer)
    return document


def pictures(answer: Any) -> list[Picture]:
    """Every picture of ``answer`` that has a file of its own."""
    return pictures_of(document_of(answer))


def stills(answer: Any, folder: Path) -> str | None:
    """Write every picture of ``answer`` as PNG and SVG to ``folder``; a message for the user where that cannot be."""
    return write_stills(pictures(answer), folder)


def pictures_of(document: Document) -> list[Picture]:
    """Every picture that belongs to a page: those that it shows, then those that stand in files only."""
    shown = [picture for section in document.sections for picture in pictures_in(section.blocks)]
    return [*shown, *document.beside]


def _write_plots(pictures: Sequence[Picture], folder: Path) -> None:
    """Write every picture that has something to show as a page of its own; they share one plotly.min.js."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / PLOTLY_FILE, plotly_script())
    for picture in pictures:
        if picture.panels:
            _save(folder / f"{picture.name}.html", render(_alone(picture), PLOTLY_FILE))


def _alone(picture: Picture) -> Document:
    """A page with one picture."""
    return Document(picture.title, picture.title, (Section("figure", "", (Figure(picture),)),), plain=True)


def _save(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
