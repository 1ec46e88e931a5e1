"""A result folder has the rows of the evidence that its scenario cites, and no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import sim
from sim.archive import digest
from sim.foundation import file_paths
from sim.scenario import evidence
from sim.scenario.load import load_text

ROOT = Path(__file__).resolve().parents[2]
TEXT = """
name: small
start: 2023-07
end: 2023-08
worlds: 2
firms:
  alpha:
    name: Alpha
    kind: startup
    enters: 2023-07
    cash: {value: 100, source: "P-ZP-02, P-ZP-03", note: "see S000-04"}
claims:
  a: {says: A, source: S000-01, when: {firm: alpha, fate: closed, by: 2023-08}}
  b: {says: B, source: S999-99, when: {firm: alpha, fate: closed, by: 2023-08}}
events:
  e: {date: 2023-08, set: {assumptions.listing.strength: 0}, source: S000-02}
"""
CITED = {"P-ZP-02", "P-ZP-03", "S000-01", "S000-02", "S000-04"}


def test_rows_are_those_that_are_cited():
    """In values, notes, claims and events; an id that is not in the evidence has no row; defaults cite too."""
    plain = TEXT
    for id in CITED:
        plain = plain.replace(id, "assumption")
    found = {row["id"] for row in evidence.cited(load_text(TEXT))}
    defaults = {row["id"] for row in evidence.cited(load_text(plain))}
    assert found - defaults == CITED and "S999-99" not in found and defaults < set(evidence.known())


def test_the_rows_stand_in_the_folder_as_in_the_evidence(tmp_path):
    done = sim.run(load_text(TEXT), jobs=1, out=tmp_path)
    frame = sim.archive.folder.open_run(done.folder).frame(evidence.FILE)
    wanted = [row for row in evidence.known().values() if row["id"] in set(frame["id"])]
    assert frame.to_dict("records") == wanted and set(frame["id"]) >= CITED


def test_an_installed_package_has_the_evidence_and_the_same_digest(tmp_path, monkeypatch):
    before = digest.answered_by.__wrapped__()["package"]
    package = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "documents").mkdir()
    shutil.copy(ROOT / "docs" / evidence.FILE, package / "documents")
    monkeypatch.setattr(file_paths, "PACKAGE", package)
    monkeypatch.setattr(digest, "PACKAGE", package)
    assert evidence.file() == package / "documents" / evidence.FILE
    assert digest.answered_by.__wrapped__()["package"] == before
    evidence.file().write_text("id\n", encoding="utf-8")
    assert digest.answered_by.__wrapped__()["package"] != before
