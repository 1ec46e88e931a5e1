"""The commands as a person or a script meets them: exit codes, one message, one JSON object, harmless names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import terminal
from sim.foundation.errors import InputError, RunError, ShakeoutError

ROOT = Path(__file__).resolve().parent.parent.parent
ODD_NAME = "<b>[red]六小虎[/]🐉 ../.."
SCENARIO = f"""
name: tiny
title: A tiny industry
start: 2023-07
end: 2024-06
worlds: 64
seed: 3
firms:
  alpha: {{name: Alpha, kind: startup, enters: 2023-07, cash: {{uniform: [50, 600]}}}}
  beta: {{name: "{ODD_NAME}", kind: startup, enters: 2023-07, cash: 200}}
claims:
  alpha-goes: {{says: Alpha may close, source: S1, when: {{firm: alpha, fate: closed, by: 2024-06}}}}
  never-asked:
    says: If both list in a month, both close
    when: {{firm: alpha, fate: closed, by: 2024-06}}
    given: {{all: [{{firm: alpha, milestone: listed, by: 2023-07}}, {{firm: beta, milestone: listed, by: 2023-07}}]}}
facts:
  alpha-went: {{happened: false, source: S2, when: {{firm: alpha, fate: closed, by: 2024-06}}}}
"""


@pytest.fixture
def shakeout(command, tmp_path):
    """Commands, beside a tiny scenario."""
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    return command


def assert_one_message(answer: Any, code: int, *words: str) -> None:
    assert answer.code == code
    assert answer.out == ""
    assert "Traceback" not in answer.err
    assert 0 < len(answer.err.splitlines()) <= 6
    for word in words:
        assert word in answer.err


def test_run_writes_the_folder_and_prints_the_fates(shakeout, tmp_path):
    answer = shakeout("run", "tiny.yaml")
    assert answer.code == 0
    report = Path(answer.out.splitlines()[-1].removeprefix("Report: "))
    assert report.is_file()
    assert report.parent.parent == Path("results/tiny")
    rows = {line.split("  ")[0].strip(): line for line in answer.out.splitlines()}
    assert ODD_NAME in rows
    lines = answer.out.splitlines()
    alpha, below = lines[lines.index(rows["Alpha"]) :][:2]
    alpha += below if not below[:16].strip() else ""  # an interval that has no room stands below
    assert alpha.count("±") + alpha.count("(") == 5, "every share has its interval"
    assert "0.0 ±" not in answer.out, "none of them was seen in 64 worlds: the interval is on one side"
    assert "64 worlds by 2024-06" in answer.out
    assert "Seed 3" in answer.out
    again = shakeout("run", "tiny.yaml")
    assert "nothing was simulated" in again.out
    assert again.out.splitlines()[-1] == answer.out.splitlines()[-1]


def test_json_is_one_object_and_nothing_else(shakeout):
    answer = shakeout("run", "tiny.yaml", "--json", "--worlds", "32", "--seed", "5")
    data = json.loads(answer.out)
    assert (answer.code, answer.err) == (0, "")
    assert set(data) == {"folder", "manifest", "summary"}
    assert (data["manifest"]["worlds"], data["manifest"]["seed"]) == (32, 5)
    assert json.loads((Path(data["folder"]) / "manifest.json").read_text("utf-8")) == data["manifest"]
    alpha = next(row for row in data["summary"] if row["firm"] == "alpha")
    assert 0 <= alpha["closed_low"] <= alpha["closed"] <= alpha["closed_high"] <= 1
    assert alpha["independent"] + alpha["acquired"] + alpha["closed"] == pytest.approx(1)
    assert json.loads(shakeout("run", "tiny.yaml", "--json", "--worlds", "32", "--seed", "5").out) == data


def test_quiet_prints_only_the_folder(shakeout):
    answer = shakeout("run", "tiny.yaml", "--quiet")
    assert answer.err == ""
    assert (Path(answer.out.strip()) / "report.html").is_file()


def test_set_changes_the_answer_and_the_folder(shakeout):
    base = json.loads(shakeout("run", "tiny.yaml", "--json").out)
    rich = json.loads(shakeout("run", "tiny.yaml", "--json", "--set", "firms.alpha.cash=100000").out)
    assert rich["folder"] != base["folder"]
    assert rich["summary"][0]["closed"] == 0


def test_precision_says_how_many_worlds_and_who_was_last(shakeout):
    answer = shakeout("run", "tiny.yaml", "--precision", "0.05")
    assert "1,024 worlds; the last to be sure was" in answer.err
    assert "Percent of 1,024 worlds" in answer.out


WRONG = {
    "no file": (("run", "nowhere.yaml"), "nowhere.yaml"),
    "a folder": (("run", "."), "folder"),
    "not YAML": (("run", "broken.yaml"), "broken.yaml"),
    "unknown command": (("runn", "tiny.yaml"), "'run'"),
    "unknown option": (("run", "tiny.yaml", "--wrlds", "5"), "--worlds"),
    "no scenario": (("run",), "SCENARIO"),
    "no number": (("run", "tiny.yaml", "--worlds", "many"), "--worlds"),
    "no worlds": (("run", "tiny.yaml", "--worlds", "0"), "worlds"),
    "no workers": (("run", "tiny.yaml", "--jobs", "0"), "--jobs"),
    "no such seed": (("run", "tiny.yaml", "--seed", "-1"), "seed"),
    "no precision": (("run", "tiny.yaml", "--precision", "0"), "--precision"),
    "two measures": (("run", "tiny.yaml", "--precision", "0.1", "--worlds", "5"), "exclude each other"),
    "unknown path": (("run", "tiny.yaml", "--set", "firms.alpha.csh=1"), "firms.alpha.cash"),
    "out is a file": (("run", "tiny.yaml", "--out", "tiny.yaml"), "--out"),
    "check, unknown path": (("check", "tiny.yaml", "--set", "firms.alhpa.cash=1"), "alpha"),
    "unknown word": (("params", "qqqqq"), "qqqqq"),
    "nothing to list": (("list", "--out", "nowhere"), "nowhere"),
    "no such world": (("trace", "tiny.yaml", "--world", "-1"), "--world"),
    "a world too far": (("trace", "tiny.yaml", "--world", "4294967296"), "4294967295"),
    "a world out of sight": (("trace", "tiny.yaml", "--world", "1" * 40), "4294967295"),
    "precision no number": (("run", "tiny.yaml", "--precision", "nan"), "--precision"),
    "age no number": (("clean", "--older-than", "nan"), "--older-than"),
    "age below 0": (("clean", "--older-than", "-1"), "--older-than"),
    "nothing to clean": (("clean", "--out", "nowhere"), "not a results folder"),
    "no shipped scenario": (("run", "six-dragon"), "six-dragons"),
    "new, no name": (("new", "My Own"), "my-own"),
    "new, there already": (("new", "tiny"), "exists already"),
    "new, from nowhere": (("new", "mine", "--from", "capital-wintr"), "capital-winter"),
    "claims of nothing": (("claims", "tiny.yaml", "nowhere.yaml"), "nowhere.yaml"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_exit_code_2_one_message_and_nothing_written(shakeout, tmp_path, case):
    (tmp_path / "broken.yaml").write_text("firms: [", encoding="utf-8")
    arguments, word = WRONG[case]
    assert_one_message(shakeout(*arguments), 2, word)
    assert not (tmp_path / "results").exists()


def failing(error: BaseException):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


FAILURES = [
    (RunError("the disk is full"), 3, "the disk is full"),
    (KeyboardInterrupt(), 130, "finished blocks are kept"),
    (MemoryError(), 3, "out of memory"),
    (ZeroDivisionError("a defect\nof two lines"), 3, "ZeroDivisionError: a defect"),
]


@pytest.mark.parametrize(("error", "code", "word"), FAILURES)
def test_failures_are_one_message_and_their_exit_code(shakeout, monkeypatch, error, code, word):
    monkeypatch.delenv("SHAKEOUT_DEBUG", raising=False)
    monkeypatch.setattr("sim.run", failing(error))
    assert_one_message(shakeout("run", "tiny.yaml"), code, word)


def test_check_says_what_is_in_the_scenario(shakeout, tmp_path):
    answer = shakeout("check", "tiny.yaml", "--set", "firms.beta.cash=300")
    assert answer.code == 0
    assert "2 firms, 0 dated events, 2 claims, 1 facts" in answer.out
    assert "12 months" in answer.out
    assert "1 of all values uncertain" in answer.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny.yaml"]


def test_check_says_all_that_is_wrong(shakeout, tmp_path):
    text = "extends: tiny.yaml\nfirms: {alpha: {csh: 1}, beta:}\nassumptions: {closure: {on: off}}\nworlds: 0\n"
    (tmp_path / "bad.yaml").write_text(text.replace("beta:", "beta: "), encoding="utf-8")
    for command in ("check", "run", "trace"):
        answer = shakeout(command, "bad.yaml")
        assert (answer.code, answer.out) == (2, "")
        lines = answer.err.splitlines()
        assert lines[0] == "shakeout: 4 errors"
        assert [line.partition(": ")[0] for line in lines if line.startswith("bad.yaml")] == [
            "bad.yaml, line 2, firms.beta",
            "bad.yaml, line 2, firms.alpha.csh",
            "bad.yaml, line 3, assumptions.closure.on",
            "bad.yaml, line 4, worlds",
        ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "tiny.yaml"]


def test_what_a_null_removed_is_said_by_check_by_run_and_on_the_page(shakeout, tmp_path):
    (tmp_path / "less.yaml").write_text("extends: tiny.yaml\nclaims: {alpha-goes: null}\n", encoding="utf-8")
    said = "Removed by null: claims.alpha-goes."
    assert f"note: {said}" in shakeout("check", "less.yaml").err
    answer = shakeout("run", "less.yaml", "--worlds", "8")
    assert f"note: {said}" in answer.err
    (page,) = tmp_path.glob("results/less/*/report.html")
    assert said in page.read_text(encoding="utf-8")


def test_the_version_and_a_scenario_of_one_s_own(shakeout, tmp_path):
    answer = shakeout("--version")
    assert (answer.code, answer.out, answer.err) == (0, f"shakeout {sim.__version__}\n", "")
    assert "mine.yaml" in shakeout("new", "mine").out
    assert shakeout("check", "mine.yaml").out.endswith("The scenario is valid.\n")
    assert shakeout("new", "less", "--from", "tiny.yaml").code == 0
    assert "2 firms" in shakeout("check", "less.yaml").out


def test_params_and_schema(shakeout):
    answer = shakeout("params", "listing.strength")
    assert answer.out.startswith("assumptions.listing.strength")
    assert len(shakeout("params").out.splitlines()) > 2 * len(answer.out.splitlines())
    assert json.loads(shakeout("schema").out)["$schema"].startswith("https://json-schema.org/")


def test_list_shows_the_runs(shakeout):
    folder = shakeout("run", "tiny.yaml", "--quiet").out.strip()
    answer = shakeout("list")
    assert folder in answer.out
    assert "tiny" in answer.out


def test_trace_tells_a_life(shakeout, tmp_path):
    answer = shakeout("trace", "tiny.yaml", "--world", "7")
    assert answer.code == 0
    assert "world 7 of seed 3" in answer.out
    assert f"\n{ODD_NAME} (" in answer.out
    assert "\n  July 2023" in answer.out
    told = json.loads(shakeout("trace", "tiny.yaml", "--world", "7", "--json").out)
    assert told["manifest"]["world"] == 7
    assert {row["firm"] for row in told["summary"]} >= {"alpha", "beta"}
    assert not (tmp_path / "results").exists()


def test_trace_tells_the_world_that_the_run_had(shakeout):
    import sim

    run = sim.run(sim.load("tiny.yaml"), worlds=64)
    for world in range(0, 64, 16):
        told = json.loads(shakeout("trace", "tiny.yaml", "--world", str(world), "--json").out)["summary"]
        fates = {row["firm"]: row["fate"] for row in told if row["firm"] != "market"}
        frame = run.firms()
        assert fates == dict(frame[frame.world == world][["firm", "fate"]].astype(str).itertuples(index=False))


def test_claims_of_one_scenario_and_of_two(shakeout, tmp_path):
    (tmp_path / "rich.yaml").write_text(SCENARIO.replace("name: tiny", "name: rich").replace("[50, 600]", "[9e4, 1e5]"))
    one = shakeout("claims", "tiny.yaml")
    assert "Alpha may close" in one.out
    assert "happened: no" in one.out
    ends = {words[0]: words[-2:] for words in map(str.split, one.out.splitlines()) if words}
    assert ends["alpha-goes"][-1] == "64"
    assert ends["never-asked"] == ["–", "0"]
    two = shakeout("claims", "tiny.yaml", "rich.yaml")
    header = next(line for line in two.out.splitlines() if line.strip().startswith("claim"))
    assert header.split() == ["claim", "tiny", "rich"]
    twice = shakeout("claims", "tiny.yaml", "rich.yaml", "tiny.yaml", "--json")
    assert list(json.loads(twice.out)["manifest"]) == ["tiny", "rich", "tiny (2)"]
    rows = json.loads(shakeout("claims", "tiny.yaml", "rich.yaml", "--json").out)["summary"]
    closed = {row["scenario"]: row["probability"] for row in rows if row["claim"] == "alpha-goes"}
    assert closed["rich"] == 0 < closed["tiny"]
    assert {row["probability"] for row in rows if row["claim"] == "never-asked"} == {None}
    assert [path.name for path in Path("results").iterdir()] == [".blocks"]


def test_control_characters_of_a_text_do_not_reach_the_terminal():
    assert terminal.clean("a\x1b[2Jb\rc\nd") == "a�[2Jb�c\nd"


def program(*arguments: str, **options) -> subprocess.Popen:
    # as from a terminal: whoever runs the tests in the background hands down ignored signals
    heed = "import signal as s; s.signal(s.SIGINT, s.default_int_handler); s.signal(s.SIGHUP, s.SIG_DFL); "
    code = heed + "import sys; from sim.cli.main import main; sys.argv[0] = 'shakeout'; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, text=True, start_new_session=True, **options
    )


def test_whoever_stops_reading_gets_no_traceback(shakeout, tmp_path):
    child = program("params", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.readline()
    child.stdout.close()
    assert child.stderr.read() == ""
    assert child.wait(30) == 0


def test_a_terminal_without_chinese_gets_question_marks(shakeout, tmp_path):
    with program(
        "trace", "tiny.yaml", cwd=tmp_path, stdout=subprocess.PIPE, environment={"PYTHONIOENCODING": "ascii"}
    ) as child:
        assert "<b>[red]???[/]? ../.." in child.communicate(timeout=60)[0]
    assert child.returncode == 0


@pytest.mark.parametrize(
    ("how", "jobs"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1), (signal.SIGHUP, 1)]
)
def test_interrupted_in_mid_run(shakeout, tmp_path, how, jobs):
    arguments = ("run", "tiny.yaml", "--worlds", "2000000", "--jobs", str(jobs))
    child = program(*arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 120
    while len(list(tmp_path.glob("results/.blocks/*/*.block"))) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(child.pid, how)  # as a terminal does: to the workers too
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, "")
    assert len(err.splitlines()) == 1
    assert "finished blocks are kept" in err
    assert len(list(tmp_path.glob("results/.blocks/*/*.block"))) >= 3
    assert not (tmp_path / "results" / "tiny").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a POSIX matter")
def test_a_bar_on_a_terminal_and_nowhere_else(shakeout, tmp_path):
    import pty

    arguments = ("run", "tiny.yaml", "--worlds", "2100", "--jobs", "1", "--quiet")
    for quiet in (True, False):
        parent, terminal_end = pty.openpty()
        command = arguments if quiet else arguments[:-1]
        child = program(*command, "--out", f"out-{quiet}", cwd=tmp_path, stdout=subprocess.PIPE, stderr=terminal_end)
        os.close(terminal_end)
        shown = b""
        while True:
            try:
                piece = os.read(parent, 65536)
            except OSError:  # the other end is closed
                break
            shown += piece
            if not piece:
                break
        child.communicate(timeout=60)
        os.close(parent)
        assert child.returncode == 0
        assert (b"simulating" in shown, b"/2100" in shown) == (not quiet, not quiet)


def test_png_adds_pictures_to_a_run_that_is_there_already(shakeout, monkeypatch):
    folder = Path(shakeout("run", "tiny.yaml", "--quiet").out.strip())
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    drawn = []

    def stills(pictures, plots: Path) -> str | None:
        drawn.append(pictures[0].name)
        for name in ("a.png", "a.svg", "other.html"):
            (plots / name).write_text("drawn")
        return "one figure is missing"

    monkeypatch.setattr("sim.report.html.write.write_stills", stills)
    answer = shakeout("run", "tiny.yaml", "--png")
    assert "one figure is missing" in answer.err
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    added = set(after) - set(before)
    assert {path.name for path in added} == {"a.png", "a.svg"}
    assert all(after[path] == before[path] for path in before)
    shakeout("run", "tiny.yaml", "--png")
    assert drawn == ["survival-independent"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_an_altered_table_of_the_same_size_is_never_shown(shakeout):
    folder = Path(shakeout("run", "tiny.yaml", "--quiet").out.strip())
    shown = shakeout("run", "tiny.yaml").out
    table = folder / "headline.csv"
    content = table.read_bytes()
    table.write_bytes(content.replace(b"startup,1", b"startup,0").replace(b"0.", b"9.", 3))
    assert table.stat().st_size == len(content) and table.read_bytes() != content
    assert_one_message(shakeout("compare", str(folder), "tiny.yaml"), 2, "headline.csv: was altered", "allowed")
    again = shakeout("run", "tiny.yaml")
    assert again.code == 0
    assert "headline.csv was altered since it was written; it was made again" in again.err
    assert again.out.splitlines()[:-2] == shown.splitlines()[:-2]
    assert table.read_bytes() == content
    assert shakeout("run", "tiny.yaml").err == ""


def test_an_altered_study_is_made_again(shakeout):
    def told(answer):
        return [line for line in answer.out.splitlines() if "simulated" not in line]

    asked = ("whatif", "tiny.yaml", "--set", "firms.beta.cash=10")
    first = shakeout(*asked)
    folder = Path(first.out.splitlines()[-1].removeprefix("Report: ")).parent
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("Beta", "Zeta").replace("beta", "zeta"), "utf-8")
    again = shakeout(*asked)
    assert "manifest.json was altered" in again.err
    assert told(again) == told(first)


CLOSED, FULL = "{0} >&-", "{0} >/dev/full"
STREAMS = [
    *("{0} | true", "{0} | head -c 1 >/dev/null", "{0} 2>&1 | true", CLOSED, "{0} 2>&-", "{0} >&- 2>&- <&-"),
    *("{0} 2>/dev/full", FULL),
]


@pytest.mark.parametrize("arguments", ["run tiny.yaml", "run tiny.yaml --json", "--help", "params", "list --nope"])
def test_whatever_stands_for_the_streams_no_command_fails_of_it(shakeout, tmp_path, arguments):
    """A reader that went away and a closed stream are no failure; a full disk is one line and exit code 3."""
    code = "import sys; from sim.cli.main import main; sys.argv[0] = 'shakeout'; main()"
    command = f'"{sys.executable}" -c "{code}" {arguments}'
    wrong = "--nope" in arguments
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for stream in STREAMS if arguments == "run tiny.yaml" else ("{0} | true", FULL):
        line = f"set -o pipefail; {stream.format(command)}"
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, timeout=120)
        said = done.stderr.decode()
        if wrong:
            assert done.returncode == 2, (stream, said)
        elif stream == FULL:
            assert (done.returncode, len(said.splitlines())) == (3, 1), said
            assert "standard output cannot be written: No space left on device" in said
        else:
            assert (done.returncode, said) == (0, ""), stream
    assert len(list(tmp_path.glob("results/tiny/*/report.html"))) == arguments.startswith("run")


def test_a_folder_whose_name_is_no_text_is_found_again_by_what_is_printed(shakeout, tmp_path):
    name = os.fsdecode(b"r\xffsults")
    quiet = ("run", "tiny.yaml", "--out", name, "--quiet")
    with program(*quiet, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        out = child.stdout.buffer.read()
        err = child.stderr.buffer.read()
    assert (child.returncode, err) == (0, b"")
    assert (tmp_path / os.fsdecode(out.strip()) / "report.html").is_file()
    with program(*quiet[:-1], "--json", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert (tmp_path / json.loads(child.stdout.buffer.read())["folder"] / "report.html").is_file()
    whatif = ("whatif", "tiny.yaml", "--set", "firms.beta.cash=10", "--out", name, "--quiet")
    with program(*whatif, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert (tmp_path / os.fsdecode(child.stdout.buffer.read().strip()) / "whatif.html").is_file()


def kept_stems(results: Path) -> set[str]:
    return {path.parent.name for path in results.glob(".blocks/*/*.block")}


def test_clean_frees_what_only_a_removed_run_needed(shakeout, tmp_path):
    """Of a run, a what-if, a sweep and a flip all blocks are needed; of a run that was removed none is."""
    shakeout("run", "tiny.yaml", "--worlds", "32")
    shakeout("whatif", "tiny.yaml", "--worlds", "32", "--set", "firms.beta.cash=10")
    shakeout("sweep", "tiny.yaml", "--worlds", "32", "--vary", "firms.beta.cash=20:30:2")
    shakeout("flip", "tiny.yaml", "--worlds", "32", "--vary", "firms.alpha.cash=1:900", "--until", "alpha-goes >= 0.5")
    needed = kept_stems(tmp_path / "results")
    assert len(needed) > 5
    assert json.loads(shakeout("clean", "--json").out)["manifest"] == {"kind": "clean", "dry_run": False, "bytes": 0}
    assert kept_stems(tmp_path / "results") == needed
    other = Path(shakeout("run", "tiny.yaml", "--worlds", "32", "--seed", "9", "--quiet").out.strip())
    for file in other.iterdir():
        if file.is_file():
            file.unlink()
    size = sum(
        path.stat().st_size
        for stem in kept_stems(tmp_path / "results") - needed
        for path in (tmp_path / "results" / ".blocks" / stem).iterdir()
    )
    dry = json.loads(shakeout("clean", "--dry-run", "--json").out)
    assert dry["manifest"]["bytes"] == size
    assert [(row["scenario"], row["seed"]) for row in dry["summary"]] == [("tiny", 9)] * 2, "and with other luck"
    said = shakeout("clean").out
    assert f"Freed {size / 1e6:,.1f} MB" in said
    assert kept_stems(tmp_path / "results") == needed
    assert "MB" in shakeout("list").out


def test_a_tilde_is_the_home_wherever_a_path_is_named(shakeout, tmp_path, monkeypatch):
    import sim

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "tiny.yaml").rename(tmp_path / "home" / "tiny.yaml")
    run = sim.run("~/tiny.yaml", worlds=8, out="~/r", jobs=1)
    assert run.folder.is_relative_to(tmp_path / "home" / "r")
    path = "~/" + str(run.folder.relative_to(tmp_path / "home"))
    assert len(sim.open_run(path).firms()) == 16
    assert sim.compare(path, "~/tiny.yaml", worlds=8, out="~/r").folder.is_relative_to(tmp_path / "home")
    for command in (("list",), ("clean",), ("run", "~/tiny.yaml", "--worlds", "8")):
        assert shakeout(*command, "--out", "~/r").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
    with pytest.raises(ShakeoutError, match="no such home"):
        sim.run("~/tiny.yaml", out="~nobody-is-called-so/r")


@pytest.mark.parametrize("place", ["results", "results/.blocks", "results/tiny"])
@pytest.mark.parametrize("what", ["file", "loop", "pipe"])
def test_what_stands_in_the_way_of_a_results_folder_is_named_before_anything_is_simulated(
    shakeout, tmp_path, place, what
):
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    if what == "file":
        path.write_text("mine")
    elif what == "loop":
        path.symlink_to(path)
    else:
        os.mkfifo(path)
    answers = [shakeout("run", "tiny.yaml"), shakeout("whatif", "tiny.yaml", "--set", "firms.beta.cash=10")]
    for answer in answers:
        assert_one_message(answer, 2, "--out", "cannot be written", place)
    assert os.path.lexists(path) and list(tmp_path.rglob("*.block")) == []


@pytest.mark.parametrize("value", [True, 1.5, float("nan"), float("inf"), "5", -1])
def test_what_is_no_whole_number_in_python_is_one_message_too(shakeout, tmp_path, value):
    import sim

    scenario = sim.load(tmp_path / "tiny.yaml")
    for ask in (
        lambda: sim.run(scenario, worlds=value),
        lambda: sim.run(scenario, seed=value),
        lambda: sim.run(scenario, worlds=2, jobs=value),
        lambda: sim.trace(scenario, value),
    ):
        with pytest.raises(InputError, match="no such number"):
            ask()


def test_the_last_world_there_is_can_be_told(shakeout):
    assert "world 4,294,967,295 of seed 3" in shakeout("trace", "tiny.yaml", "--world", "4294967295").out
