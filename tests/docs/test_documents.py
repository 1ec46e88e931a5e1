"""Documents say what the code says: generated ones are current, written ones name what exists, in its order."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shlex
import shutil
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer

import sim
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from tools.docs import documents
from tools.docs.documents import GENERATED, ROOT

FLAGSHIP = ROOT / "scenarios" / "six-dragons.yaml"
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "results" / "README.md"])
WRITTEN = [path for path in TEXTS if path.name not in ("assumptions.md", "state.md")]
ID = re.compile(r"\b(?:S00\d-\d\d|P-[A-Z0-9]{2}-\d\d)\b")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHAKEOUT = re.compile(r"(?:\$ )?(?:.*&& )?(?:\S*/)?shakeout (.+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(text: str) -> list[list[str]]:
    """The arguments of every line of a code block that runs shakeout."""
    blocks = [block for language, block in FENCE.findall(text) if language in ("", "bash", "console")]
    lines = [SHAKEOUT.match(line) for block in blocks for line in block.splitlines()]
    return [shlex.split(found[1], comments=True) for found in lines if found]


@pytest.mark.parametrize("path", GENERATED)
def test_generated_documents_are_current(path):
    kept = (ROOT / path).read_text(encoding="utf-8")
    assert kept == GENERATED[path](), f"{path} is not what the code says: run python -m tools.docs"


def test_the_readme_tells_the_month_in_its_order():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first = lines.index(documents.MONTH_HEAD) + 2
    told = [re.split(r" *\| *", line)[1:5] for line in lines[first : first + len(documents.ORDER)]]
    assert [(row[0], row[1]) for row in told] == [(str(p.k), p.name) for p in documents.ORDER]
    assert [re.findall(r"`([a-z_.]+)`", row[3]) for row in told] == [
        [step.name for step in documents.steps(p)] for p in documents.ORDER
    ]


def test_steps_are_read_from_the_code_in_order():
    trade, operations = ([step.name for step in documents.steps(phase)] for phase in documents.ORDER[1:3])
    assert trade[0] == "burn.open_month" and trade[-1] == "demand.bill"
    assert operations.index("burn.settle") < operations.index("frontier.keep_pace")
    assert operations[-1] == "talent.tell_exodus"


def sections(text: str) -> dict[str, str]:
    """The submodels of ODD.md: heading -> text."""
    body = text.partition("\n## 7. Submodels\n")[2].partition("\n## ")[0]
    return {part.partition("\n")[0].strip(): part for part in re.split(r"^### ", body, flags=re.MULTILINE)[1:]}


ODD = (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")


def test_the_odd_has_its_seven_elements_and_every_design_concept():
    headings = re.findall(r"^## (\d)\. (.+)$", ODD, flags=re.MULTILINE)
    assert [int(number) for number, _ in headings] == list(range(1, 8))
    concepts = ODD.partition("## 4. Design concepts")[2].partition("\n## ")[0]
    asked = "Basic principles, Emergence, Adaptation, Objectives, Learning, Prediction, Sensing, Interaction, "
    for concept in (asked + "Stochasticity, Collectives, Observation").split(", "):
        assert f"**{concept}.**" in concepts


def test_the_odd_has_a_submodel_for_every_mechanism_and_no_other():
    assert sorted(sections(ODD)) == sorted([*(m.name for m in MECHANISMS), "Books"])


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_a_submodel_says_what_off_means_and_uses_every_assumption_it_declares(mechanism):
    section = sections(ODD)[mechanism.name]
    assert f"**Off:** {mechanism.off}" in " ".join(section.split())
    assert f"(assumptions.md#{mechanism.name})" in section
    words = set(re.findall(r"[a-z_0-9]+", section))
    declared = {a.name for a in (*mechanism.assumptions, *mechanism.firm)} - {"strength"}
    assert declared - words == set()


def known_ids() -> set[str]:
    with (ROOT / "docs" / "evidence.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"] for row in csv.DictReader(file)}


def test_every_source_id_is_a_row_of_the_evidence():
    known, quoted = known_ids(), {}
    for path, declared in (*ASSUMPTIONS.items(), *FIRM_ASSUMPTIONS.items()):
        quoted[path] = declared.source
    files = [*WRITTEN, *(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "sim" / "industry").glob("*.py")]
    for path in (*files, *(ROOT / "sim" / "laws").glob("*.py")):
        quoted[name(path)] = path.read_text(encoding="utf-8")
    unknown = {where: set(ID.findall(text)) - known for where, text in quoted.items()}
    assert {where: ids for where, ids in unknown.items() if ids} == {}
    assert len(known) > 250


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_links_lead_somewhere(path):
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{name(path)}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), flags=re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{name(path)}: {target}"


@pytest.mark.parametrize("path", WRITTEN, ids=name)
def test_commands_shown_are_commands_there_are(path):
    from sim.cli.main import app

    group = typer.main.get_command(app)
    for arguments in commands(path.read_text(encoding="utf-8")):
        shown = f"{name(path)}: shakeout {shlex.join(arguments)}"
        if arguments[0] == "--help":
            continue
        assert arguments[0] in group.commands, shown
        command = group.commands[arguments[0]]
        context = command.make_context(arguments[0], list(arguments[1:]))  # refuses unknown options and wrong types
        named = [variant.partition(":")[2] for variant in context.params.get("variants") or ()]
        sets = [*(context.params.get("sets") or ()), *(one.strip() for text in named for one in text.split(", "))]
        for scenario in (argument for argument in arguments if argument.endswith(".yaml")):
            assert (ROOT / scenario).exists(), shown
            sim.load(ROOT / scenario, sets)


def test_the_python_of_the_readme_runs():
    blocks = [
        block for language, block in FENCE.findall((ROOT / "README.md").read_text("utf-8")) if language == "python"
    ]
    code = "\n".join(blocks).replace("worlds=2000", "worlds=32")
    assert "sim.run(" in code and "sim.what_if(" in code
    names: dict[str, Any] = {}
    exec(code.replace('"scenarios/', f'"{ROOT.as_posix()}/scenarios/'), names)
    assert len(names["run"].summary()) > 7
    assert names["changed"].headline


def test_the_readme_shows_commands_at_all():
    shown = {arguments[0] for arguments in commands((ROOT / "README.md").read_text(encoding="utf-8"))}
    assert {
        "run",
        "whatif",
        "compare",
        "sweep",
        "flip",
        "sensitivity",
        "check",
        "params",
        "trace",
        "claims",
        "schema",
        "explore",
    } <= shown


@pytest.mark.parametrize("name", ["picture.png", "explore.png"])
def test_a_picture_is_a_small_png(name):
    data = (ROOT / "docs" / name).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) < 300_000
    assert struct.unpack(">II", data[16:24])[0] >= 1000


def test_the_reference_run_opens_and_is_what_its_manifest_says():
    folder = ROOT / "results" / "reference"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for file, about in manifest["files"].items():
        data = (folder / file).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (about["bytes"], about["sha256"]), file
    run = sim.open_run(folder)
    assert run.outcomes.worlds == run.scenario.worlds == 1024
    assert len(run.summary()) > len(run.scenario.firms)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_500_000


def test_nothing_written_names_a_place_on_a_machine():
    for path in [*TEXTS, *(ROOT / "results" / "reference").iterdir()]:
        if path.suffix in (".md", ".json", ".yaml", ".csv"):
            assert not re.search(r"/(?:work|tmp|home|root)/", path.read_text(encoding="utf-8")), name(path)


def applied(walk: str, place: Path) -> list[str]:
    """Write the files and make the edits that the blocks of ``walk`` show into ``place``; the paths they touch."""
    touched = []
    for language, block in FENCE.findall(walk):
        if language == "python":
            path = block.partition("\n")[0].removeprefix("# ")
            (place / path).write_text(block.partition("\n")[2], encoding="utf-8")
        elif language == "diff":
            path, _, edits = block.partition("\n")
            text = (place / path).read_text(encoding="utf-8")
            for edit in edits.split("@@\n"):
                lines = edit.splitlines()
                before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
                after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
                assert text.count(before) == 1, f"{path} has these lines {text.count(before)} times:\n{before}"
                text = text.replace(before, after)
            (place / path).write_text(text, encoding="utf-8")
        else:
            continue
        touched.append(path)
    return touched


def walked(chapter: str, place: Path) -> list[str]:
    """A copy of the project at ``place`` with every block of a chapter of CONTRIBUTING.md applied; what they touch."""
    for folder in ("sim", "tests", "tools", "docs", "scenarios"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copyfile(ROOT / file, place / file)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return applied(text.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0], place)


def told_by(place: Path, *command: str) -> str:
    """What a module, run in the copy at ``place``, prints; it must end well."""
    environment = os.environ | {"PYTHONPATH": str(place), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=place, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-1000:]}"
    return done.stdout


def test_the_walk_from_file_to_test_to_docs_works(tmp_path):
    """A new law: every block of its chapter in CONTRIBUTING.md, applied to a copy, which then passes its checks."""
    touched, run = walked("One new law, from file to test to docs", tmp_path), partial(told_by, tmp_path)
    assert {Path(path).parts[0] for path in touched} == {"sim", "tests", "docs"}

    said = run("tools.docs")
    assert "written: docs/assumptions.md" in said and "written: README.md" in said
    run("ruff", "check", *(path for path in touched if path.endswith(".py")))
    run("ruff", "format", "--check", *(path for path in touched if path.endswith(".py")))
    law = [path for path in touched if path.startswith("tests/")]
    rules = ["tests/engine/test_source_rules.py", "tests/engine/test_luck.py", "tests/docs/test_documents.py"]
    asked = "sources or law or purposes or mechanism or generated or month or submodel or seven or breach or off"
    assert " passed" in run("pytest", "-n", "0", "-p", "no:cacheprovider", "-k", asked, *law, *rules)
    assert "breach.hazard_month" in run("sim", "params", "breach")


def test_the_walk_from_an_answer_to_its_page_works(tmp_path):
    """A new question touches two files that are there, and needs three of its own: its answer, its page, its test."""
    before = {
        path.relative_to(ROOT).as_posix() for folder in ("sim", "tests") for path in (ROOT / folder).rglob("*.py")
    }
    touched, run = walked("One new question, from its answer to its page", tmp_path), partial(told_by, tmp_path)
    assert {path for path in touched if path in before} == {"sim/__init__.py", "sim/cli/studies.py"}
    assert len(touched) == 5
    run("ruff", "check", *touched)
    run("ruff", "format", "--check", *touched)
    assert "1 passed" in run("pytest", "-n", "0", "-p", "no:cacheprovider", "tests/study/test_tenure.py")
    said = run("sim", "tenure", "six-dragons", "--worlds", "2", "--jobs", "1", "--out", str(tmp_path / "results"))
    assert "stays independent longest" in said and "tenure.html" in said
    assert "Tell how many months each startup stays independent." in run("sim", "tenure", "--help")
