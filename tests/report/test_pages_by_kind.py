"""Every kind of answer has a page module that is called like its page, and no page module is left over."""

from __future__ import annotations

import pkgutil
from types import SimpleNamespace
from typing import Any

import pytest

from sim.report import pages
from sim.report.html.write import document_of
from sim.report.pages import report as run_page
from sim.study import calibrate, compare, discover, flip, hindcast, sensitivity, study, sweep, what_if
from sim.study.run import Run

ANSWERS = (
    Run,
    what_if.WhatIf,
    compare.Comparison,
    sweep.Sweep,
    flip.Flip,
    sensitivity.Sensitivity,
    hindcast.Hindcast,
    discover.Discovery,
    calibrate.Calibration,
)
PARTS = {"chapters", "given"}  # of pages, that are no page


def answers_below(base: type[Any]) -> list[type[Any]]:
    """Every class of answers that has a kind of its own."""
    below = [found for one in base.__subclasses__() for found in (one, *answers_below(one))]
    return [one for one in below if hasattr(one, "KIND")]


def test_every_kind_has_a_page_and_every_page_a_kind():
    assert {answer.__name__ for answer in answers_below(study.Answer)} == {answer.__name__ for answer in ANSWERS}
    modules = {module.name for module in pkgutil.iter_modules(pages.__path__)} - PARTS
    assert modules == {answer.KIND.page.removesuffix(".html") for answer in ANSWERS}
    assert (
        len({answer.KIND.name for answer in ANSWERS}) == len({answer.KIND.page for answer in ANSWERS}) == len(ANSWERS)
    )


def test_the_kind_of_an_answer_leads_to_its_page(run: Any):
    assert document_of(run).headline == run_page.document_of(run).headline
    poll = study.Kind("poll", "poll.html", "a poll", "the page of this poll")
    with pytest.raises(ModuleNotFoundError, match="poll"):
        document_of(SimpleNamespace(KIND=poll))


def test_pictures_with_files_of_their_own_come_after_those_of_the_page(run: Any):
    names = [picture.name for picture in document_of(run).pictures]
    assert names[0] == "survival-independent" and names[-3:] == ["fates-at-horizon", "claims", "facts"]
    assert len(set(names)) == len(names)
