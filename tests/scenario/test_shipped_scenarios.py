"""Scenarios come with the package: by name on the command line, in Python and in ``extends``, from any folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_scenario import TEXT, refused, write

import sim
from sim.archive.digest import question
from sim.foundation.errors import InputError
from sim.scenario import shipped
from sim.scenario.load import load

PACKAGE = Path(sim.__file__).parent
DIGEST = "import sim; from sim.archive.digest import question; print(question(sim.load('capital-winter'), None))"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_every_shipped_scenario_is_found_by_name_and_is_its_file():
    assert len(shipped.names()) > 15 and "six-dragons" in shipped.names()
    for name in shipped.names():
        assert sim.load(name) == load(shipped.folder() / f"{name}.yaml")


def test_a_file_of_that_name_in_the_folder_wins(tmp_path):
    write(tmp_path, "six-dragons", TEXT)
    assert sim.load("six-dragons").name == "small"
    top = write(tmp_path, "top.yaml", "extends: six-dragons\n")
    assert load(top).worlds == 200
    (tmp_path / "six-dragons").unlink()
    (tmp_path / "six-dragons").mkdir()  # a folder is no scenario
    assert sim.load("six-dragons").worlds == load(top).worlds == 10_000


def test_extends_a_shipped_scenario_that_extends_another_from_any_folder(tmp_path):
    (tmp_path / "below").mkdir()
    write(tmp_path / "below", "mine.yaml", "extends: capital-winter\nseed: 3\n")
    mine, base = load(write(tmp_path, "top.yaml", "extends: below/mine.yaml\n")), sim.load("capital-winter")
    assert mine.assumptions == base.assumptions and mine.changes == base.changes and mine.seed == 3


@pytest.mark.parametrize(
    ("asked", "nearest", "listed"),
    [
        ("six-dragon", "six-dragons", "six-dragons"),
        ("six-dragons.yaml", "six-dragons", "six-dragons"),
        ("no-law", "no-scale-law", "no-scale-law"),
        ("zzzzzz", None, "six-dragons"),
        ("../six-dragons", "six-dragons", "six-dragons"),
    ],
)
def test_an_unknown_name_lists_the_nearest(asked, nearest, listed, tmp_path):
    error = refused(asked)
    assert error.problem == "no such file" and listed in error.allowed
    if nearest is not None:
        assert shipped.named(error.nearest) is not None
    error = refused(write(tmp_path, "top.yaml", f"extends: {asked}\n"))
    assert error.key == "extends" and error.line == 1


def test_the_public_functions_take_a_name_or_a_path(tmp_path):
    path = write(tmp_path, "small.yaml", TEXT)
    assert sim.trace("six-dragons", 1).events.size == sim.trace(sim.load("six-dragons"), 1).events.size
    assert sim.run(str(path), worlds=2, jobs=1).scenario == sim.run(path, worlds=2, jobs=1).scenario
    changes = {"assumptions.closure.hazard_month": 0}
    assert len(sim.what_if(path, changes, worlds=2, jobs=1).differences)
    vary = {"firms.minimax.cash": (10, 20, 2)}
    assert len(sim.sweep(str(path), vary, worlds=2, jobs=1).grid)
    for asked in (lambda: sim.flip("nowhere", vary, "x >= 0.5"), lambda: sim.sensitivity("nowhere", "x")):
        with pytest.raises(InputError, match="no such file"):
            asked()


def test_digests_do_not_depend_on_where_the_package_lies(tmp_path):
    """As installed: sim/shipped inside a copy of the package, no scenarios/ beside it."""
    shutil.copytree(PACKAGE, tmp_path / "site" / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(shipped.folder(), tmp_path / "site" / "sim" / "shipped")
    (tmp_path / "site" / "sim" / "documents").mkdir()
    shutil.copy(PACKAGE.parent / "docs" / "evidence.csv", tmp_path / "site" / "sim" / "documents")
    (tmp_path / "empty").mkdir()
    answer = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path / "empty",
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == question(sim.load("capital-winter"), None)


def _run(*command: str | Path, cwd: Path) -> str:
    answer = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wheel", "wheel of sdist", "editable"])
def test_what_is_installed_runs_in_an_empty_folder(tmp_path, kind):
    """pip builds it, a fresh environment gets it and nothing else from here but the libraries."""
    project = tmp_path / "project"
    left_out = shutil.ignore_patterns(".*", "results", "build", "*.egg-info", "__pycache__", "tests", "docs")
    shutil.copytree(PACKAGE.parent, project, ignore=left_out)
    _run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    packages = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(libraries) + "\n", encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--force-reinstall")
    source = project
    if kind == "wheel of sdist":
        build = "from setuptools import build_meta; print(build_meta.build_sdist('.'))"
        source = project / _run(sys.executable, "-c", build, cwd=project).strip().splitlines()[-1]
    _run(*pip, "--no-build-isolation", *(["-e"] if kind == "editable" else []), source, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    code = "import sim; print(sim.__file__)"
    where = Path(_run(python, "-c", code, cwd=empty).strip())
    assert where.is_relative_to(project if kind == "editable" else packages)
    shakeout = tmp_path / "venv" / "bin" / "shakeout"
    assert _run(shakeout, "--version", cwd=empty) == f"shakeout {sim.__version__}\n"
    folder = Path(_run(shakeout, "run", "six-dragons", "--worlds", "3", "--quiet", cwd=empty).strip())
    assert (empty / folder / "report.html").is_file() and folder.parent.name == "six-dragons"
    again = empty / folder / "scenario.yaml"
    assert "/" not in again.read_text(encoding="utf-8").partition("description")[0]
    assert _run(shakeout, "run", again, "--worlds", "3", "--quiet", cwd=empty).strip() == str(folder)
    _run(shakeout, "new", "mine", "--from", "no-scale-law", cwd=empty)
    assert "The scenario is valid." in _run(shakeout, "check", "mine.yaml", cwd=empty)
