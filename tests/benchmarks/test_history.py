"""The history of the benchmark: a line is what was measured, the file stays a history, the picture is drawn of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pytest import approx

from sim.foundation.errors import InputError
from sim.report.svg.drawing import svg_of
from tools.benchmarks import __main__, cluster, commands, history, live, measure
from tools.benchmarks.commands import RUN, WHAT_IF, WORKER, Spent
from tools.benchmarks.history import COLUMNS, RATIOS, append, line, read, table
from tools.benchmarks.history_picture import LOOKS, picture_of
from tools.docs import documents

CONTEST = [{"engine": 2.0, "engine-own-luck": 3.0, "fused": 1.6, "simpy": 160.0, "mesa": 140.0}] * 3
LIVE = [live.Turn(sentence=0.5, first=0.75, second=1.5, alone_first=0.25, alone_second=0.6)] * 2
COMMANDS = [{RUN: Spent(9.0, 16.0, 1.8), WHAT_IF: Spent(8.0, 14.0, 2.25), WORKER: Spent(None, 0.8, 1.1)}] * 2
CLUSTER = [cluster.Turn(simulating=1.6, asking=0.005, scheduler=0.02)] * 2
MEASURED = {
    "mesa_to_engine": 70.0,
    "simpy_to_engine": 80.0,
    "engine_to_fused": 1.25,
    "run_to_simulating": 1.8,
    "whatif_to_simulating": 2.25,
    "worker_to_block": 1.1,
    "live_sentence_to_simulating": 2.0,
    "live_first_to_simulating": 3.0,
    "live_second_to_simulating": 2.5,
    "asking_to_block": 0.05,
}


def found(everything=True, date="2026-11-28"):
    """Measurements as the command has them, of known turns."""
    about = {**__main__.surroundings(), "date": date, "commit": "abc1234+", "load_average": 1.26}
    more = live.as_data(LIVE) | commands.as_data(COMMANDS) | cluster.as_data(CLUSTER) if everything else {}
    return {"surroundings": about, "worlds": 512, "repeats": 3, **measure.as_data(CONTEST), **more}


def kept(tmp_path, *lines) -> Path:
    file = tmp_path / "history.csv"
    for new in lines:
        append(file, new)
    return file


def test_a_line_has_the_ratios_of_the_measurements(tmp_path):
    file = kept(tmp_path, line(found()))
    (one,) = read(file)
    assert one.ratios == approx(MEASURED) and set(MEASURED) == set(RATIOS)
    assert (one.cells["date"], one.cells["commit"], one.cells["load_average"]) == ("2026-11-28", "abc1234+", "1.26")
    assert (one.cells["worlds"], one.cells["repeats"]) == ("512", "3")
    assert all(one.cells.values())
    assert file.read_text("utf-8").splitlines()[0] == ",".join(COLUMNS)


def test_what_was_not_measured_is_empty_and_lines_before_stay(tmp_path):
    file = kept(tmp_path, line(found()))
    before = file.read_bytes()
    append(file, line(found(everything=False, date="2026-12-01")))
    assert file.read_bytes().startswith(before)
    first, second = read(file)
    assert set(second.ratios) == {"mesa_to_engine", "simpy_to_engine", "engine_to_fused"}
    assert second.cells["run_to_simulating"] == "" and first.ratios == approx(MEASURED)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text.replace("mesa_to_engine", "mesa", 1), "line 1"),
        (lambda text: "", "line 1"),
        (lambda text: text + "2026-12-01,abc\n", "line 3"),
        (lambda text: text.replace("1.25", "fast"), "line 2, engine_to_fused"),
        (lambda text: text.replace("1.25", "nan"), "line 2, engine_to_fused"),
    ],
    ids=("head", "empty", "short", "word", "nan"),
)
def test_another_head_or_a_spoiled_line_is_refused_and_nothing_is_written(tmp_path, spoil, told):
    file = kept(tmp_path, line(found()))
    file.write_text(spoil(file.read_text("utf-8")), encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(InputError, match=re.escape(f"{file.name}, {told}")):
        append(file, line(found()))
    assert file.read_bytes() == before


def test_the_command_refuses_another_head_before_it_measures(tmp_path, monkeypatch, capsys):
    file = tmp_path / "history.csv"
    file.write_text("date,ratio\n", encoding="utf-8")
    monkeypatch.setattr(history, "FILE", file)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--append"])
    monkeypatch.setattr(__main__, "same_histories", lambda *_: pytest.fail("it measured"))
    assert __main__.main() == InputError.exit_code
    assert "history.csv, line 1" in capsys.readouterr().err


def test_the_command_measures_the_contest_too_and_appends_it(tmp_path, monkeypatch, capsys):
    file = tmp_path / "history.csv"
    monkeypatch.setattr(history, "FILE", file)
    monkeypatch.setattr(history, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--append", "--commands", "--repeats", "2"])
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(__main__, "same_histories", lambda *_: None)
    monkeypatch.setattr(__main__, "compete", lambda *_: CONTEST)
    monkeypatch.setattr(commands, "turns", lambda _scenario, repeats: COMMANDS[:repeats])
    assert __main__.main() == 0
    (one,) = read(file)
    assert one.ratios == approx({name: MEASURED[name] for name in MEASURED if not name.startswith(("live", "asking"))})
    said = capsys.readouterr().out
    assert "start of a worker" in said and "a line more: history.csv" in said


def test_the_history_is_that_of_the_flagship(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "--append", "--scenario", "scenarios/late-stage.yaml"])
    with pytest.raises(SystemExit):
        __main__.main()
    assert "flagship" in capsys.readouterr().err


def test_the_document_shows_the_last_lines_the_newest_first(tmp_path):
    dates = [f"2026-12-{day:02d}" for day in range(1, history.SHOWN + 3)]
    rows = table(read(kept(tmp_path, *(line(found(date == dates[-1], date)) for date in dates))))
    assert [row.split(" | ")[0] for row in rows] == [f"| {date}" for date in reversed(dates[2:])]
    assert {row.count("|") for row in rows} == {len(history.HEAD) + 1}
    assert " | abc1234+ | " in rows[0] and rows[0].endswith(
        "| 70 | 80 | 1.25 | 1.8 | 2.25 | 1.1 | 2 | 3 | 2.5 | 0.05 |"
    )
    assert f"| {' | '.join(history.HEAD)} |" in (documents.ROOT / "docs" / "performance.md").read_text("utf-8")


def test_the_picture_has_a_mark_for_every_ratio_of_the_file(tmp_path):
    lines = [line(found(everything, date)) for everything, date in ((False, "2026-11-28"), (True, "2026-12-01"))]
    picture = picture_of(read(kept(tmp_path, *lines)))
    drawn = {trace["marker"]["color"]: (trace["x"], trace["y"]) for panel in picture.panels for trace in panel.data}
    for column, look in LOOKS.items():
        places = [0, 1] if column.endswith(("to_engine", "to_fused")) else [1]
        assert drawn[look.colour] == (places, approx([MEASURED[column]] * len(places))), column
    asked = {shape["y0"] for panel in picture.panels for shape in panel.layout["shapes"]}
    assert asked == {50.0, 1.5, 0.1}
    for panel in picture.panels:
        assert panel.layout["yaxis"]["range"][1] > max(y for trace in panel.data for y in trace["y"])
    assert picture.title.startswith("On 2026-12-01 the same laws took 70 times as long with Mesa agents and 80 times")
    svg = ElementTree.fromstring(svg_of(picture))
    words = " ".join("".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert "times as long" in words and "n = 2 measurements, 2026-11-28 to 2026-12-01" in words
    assert all(says in words for says in RATIOS.values()) and "asked for: at most 1.5" in words


def test_many_measurements_are_dated_here_and_there_and_the_last_one_always(tmp_path):
    dates = [f"2027-{month:02d}-{day:02d}" for month in (1, 2) for day in range(1, 29)]
    panel = picture_of(read(kept(tmp_path, *(line(found(False, date)) for date in dates)))).panels[0]
    told = panel.layout["xaxis"]["ticktext"]
    assert 2 < len(told) <= 5 and told[-1] == dates[-1] and told == sorted(told)


def test_without_a_measurement_the_picture_says_so():
    assert "Nothing has been measured yet" in svg_of(picture_of([]))


def test_the_commit_is_marked_where_what_is_measured_was_changed(tmp_path, monkeypatch):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, *arguments], check=True, capture_output=True)

    monkeypatch.setattr(history, "ROOT", tmp_path)
    assert history.commit() == ""
    for folder in (*history.MEASURED, "docs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text("as it was")
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "first")
    short = history.commit()
    assert re.fullmatch("[0-9a-f]{7,}", short)
    (tmp_path / "docs" / "file").write_text("another")
    assert history.commit() == short
    (tmp_path / "sim" / "file").write_text("another")
    assert history.commit() == f"{short}+"
