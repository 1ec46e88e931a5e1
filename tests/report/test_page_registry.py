"""The table of pages: every module of a page is in it once, and a kind of answer leads to its page."""

from __future__ import annotations

import pkgutil
from types import SimpleNamespace
from typing import Any

import pytest

from sim.report import pages
from sim.report.html.write import pictures
from sim.report.pages import registry
from sim.report.pages.run import document_of


def test_every_page_module_is_registered_once():
    found = [module.name for module in pkgutil.iter_modules(pages.__path__)]
    modules = sorted(set(found) - {"registry", "chapters"})
    assert sorted(page.module for page in registry.PAGES.values()) == modules
    assert len({page.file for page in registry.PAGES.values()}) == len(modules)


def test_the_kind_of_an_answer_leads_to_its_page(run: Any):
    assert registry.document_of(run).headline == document_of(run).headline
    assert registry.file_of({"kind": "whatif", "focus": ["minimax"]}) == "whatif-minimax.html"
    with pytest.raises(KeyError, match="poll"):
        registry.document_of(SimpleNamespace(manifest={"kind": "poll"}))


def test_pictures_with_files_of_their_own_come_after_those_of_the_page(run: Any):
    names = [picture.name for picture in pictures(run)]
    assert names[0] == "survival-independent" and names[-3:] == ["fates-at-horizon", "claims", "facts"]
    assert len(set(names)) == len(names)
