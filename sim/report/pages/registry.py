"""The page of each kind of answer. A new question has a module of its own here, and a line in this table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.study.focus import named

if TYPE_CHECKING:
    from sim.report.html.document import Document


class Page(NamedTuple):
    """``file`` is what the page is called; ``module``, of this package, has ``document_of(answer)``."""

    file: str
    module: str


PAGES = {  # kind, as manifests call it -> its page
    "run": Page("report.html", "run"),
    "whatif": Page("whatif.html", "what_if"),
    "comparison": Page("compare.html", "compare"),
    "sweep": Page("sweep.html", "sweep"),
    "flip": Page("flip.html", "flip"),
    "sensitivity": Page("sensitivity.html", "sensitivity"),
}


def file_of(manifest: Mapping[str, Any]) -> str:
    """The name of the page of the answer with this manifest; who is told first stands in it."""
    return named(PAGES[manifest["kind"]].file, manifest)


def document_of(answer: Any) -> Document:
    """The page of ``answer`` (a run or a study), made by the module of its kind. KeyError for a kind without a page."""
    page = PAGES[answer.manifest["kind"]]
    document: Document = import_module(f"sim.report.pages.{page.module}").document_of(answer)
    return document
