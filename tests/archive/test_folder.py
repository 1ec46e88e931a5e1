"""Run folders: whole or not at all, names that lead nowhere else, and nothing executed on opening."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from sim.archive import atomic, folder
from sim.foundation.errors import InputError, RunError

NAMES = [
    "../../x",
    "/etc/passwd",
    "<script>alert(1)</script>",
    "🐉" * 40,
    "六小虎",
    "a" * 200,
    "",
    ".",
    "..",
    "CON",
    "a/b\\c",
    "-x",
    "x\0y",
    "\ud800",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_never_leads_out_of_the_results_folder(tmp_path, name):
    path = folder.run_path(tmp_path, name, "0123456789abcdef")
    assert path.resolve().parent.parent == tmp_path.resolve()
    assert len(path.parent.name) <= 69
    assert set(path.parent.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    path.mkdir(parents=True)


def test_different_names_have_different_folders_and_plain_names_keep_theirs():
    assert folder.slug("six-dragons") == "six-dragons"
    names = [*NAMES, "a-b", "a b", "A-b", "a/b", "a" * 61, "a" * 60]
    assert len({folder.slug(name) for name in names}) == len(names)


def write_run(path: Path, text: str = "x", **manifest) -> None:
    with folder.written(path, manifest) as part:
        (part / "plots").mkdir()
        (part / "plots" / "a.html").write_text(text)
        (part / "fates.csv").write_text("firm,fate\na,closed\n")


def test_a_run_is_there_whole_and_opens_again(tmp_path):
    target = tmp_path / "small" / "0123"
    write_run(target, worlds=10)
    run = folder.finished(target)
    assert run.manifest["worlds"] == 10
    assert set(run.manifest["files"]) == {"plots/a.html", "fates.csv"}
    assert run.frame("fates.csv").to_dict("records") == [{"firm": "a", "fate": "closed"}]
    assert [r.path for r in folder.list_runs(tmp_path)] == [target]
    assert [p.name for p in target.parent.iterdir()] == ["0123"]


def test_a_run_written_anew_says_nothing_of_damage(tmp_path):
    manifest: dict = {}
    for _ in range(2):
        with folder.written(tmp_path / "small" / "0123", manifest) as part:
            (part / "x").write_text("x")
        assert "notices" not in manifest


def test_a_table_altered_after_opening_is_not_read(tmp_path):
    write_run(tmp_path / "r")
    run = folder.open_run(tmp_path / "r")
    (tmp_path / "r" / "fates.csv").write_text("firm,fate\na,cloned\n")
    with pytest.raises(InputError, match=r"fates\.csv.*altered"):
        run.frame("fates.csv")


def test_a_table_the_manifest_does_not_list_is_not_read(tmp_path):
    write_run(tmp_path / "r")
    os.mkfifo(tmp_path / "r" / "survival.csv")
    with pytest.raises(InputError, match="does not list"):
        folder.open_run(tmp_path / "r").frame("survival.csv")


def test_a_folder_without_its_pages_still_opens(tmp_path):
    write_run(tmp_path / "r")
    (tmp_path / "r" / "plots" / "a.html").unlink()
    assert folder.open_run(tmp_path / "r").frame("fates.csv")["fate"][0] == "closed"


def test_a_failure_in_the_middle_leaves_nothing(tmp_path):
    target = tmp_path / "small" / "0123"
    with pytest.raises(RunError, match="disk is full"), folder.written(target, {}) as part:
        (part / "fates.csv").write_text("half")
        raise OSError(28, "disk is full")
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "harm", ["missing", "torn", "same size", "pipe", "manifest", "sealed", "no manifest", "a file"]
)
def test_a_damaged_run_is_not_taken_for_finished_and_is_replaced(tmp_path, harm):
    target = tmp_path / "small" / "0123"
    write_run(target, worlds=10)
    if harm == "missing":
        (target / "fates.csv").unlink()
    elif harm == "torn":
        (target / "fates.csv").write_text("firm")
    elif harm == "same size":
        (target / "fates.csv").write_text("firm,fate\na,cloned\n")
    elif harm == "pipe":
        (target / "fates.csv").unlink()
        os.mkfifo(target / "fates.csv")
    elif harm == "sealed":
        text = (target / "manifest.json").read_text()
        (target / "manifest.json").write_text(text.replace('"worlds": 10', '"worlds": 99'))
    elif harm == "a file":
        shutil.rmtree(target)
        target.write_text("in the way")
    elif harm == "manifest":
        (target / "manifest.json").write_text("{")
    else:
        (target / "manifest.json").unlink()
    assert folder.finished(target) is None
    if harm in ("same size", "pipe", "sealed", "torn"):
        with pytest.raises(InputError, match=r"altered|not a file"):
            folder.open_run(target)
    manifest = {"worlds": 10}
    with folder.written(target, manifest) as part:
        (part / "fates.csv").write_text("firm,fate\na,closed\n")
    assert folder.finished(target) is not None
    assert "made again" in manifest["notices"][0]
    assert "notices" not in folder.finished(target).manifest
    assert [p.name for p in target.parent.iterdir()] == ["0123"]


def test_many_writers_of_one_run_leave_one_whole_run(tmp_path):
    target = tmp_path / "small" / "0123"
    barrier = threading.Barrier(8)
    failures = []

    def writer(number: int) -> None:
        try:
            barrier.wait()
            write_run(target, text=str(number) * 1000, writer=number)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    run = folder.finished(target)
    assert (target / "plots" / "a.html").read_text() == str(run.manifest["writer"]) * 1000
    assert [p.name for p in target.parent.iterdir()] == ["0123"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"files": []}', "[" * 100_000, "\xff", '{"files": {"../../x": {"bytes": 1}}}']
)
def test_what_is_not_a_manifest_is_one_message(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content, encoding="latin-1")
    assert folder.finished(tmp_path) is None
    if "bytes" not in content:
        with pytest.raises(InputError, match="not a result folder"):
            folder.open_run(tmp_path)


def test_a_folder_that_is_not_there_is_one_message(tmp_path):
    with pytest.raises(InputError, match="not a result folder"):
        folder.open_run(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no such results folder"):
        folder.list_runs(tmp_path / "nowhere")


def test_a_pickle_in_a_result_folder_is_not_executed(tmp_path):
    import pickle

    class Harm:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "harm"),))

    target = tmp_path / "small" / "0123"
    with folder.written(target, {}) as part:
        for name in ("firms.parquet", "fates.csv"):
            (part / name).write_bytes(pickle.dumps(Harm()))
    run = folder.open_run(target)
    with pytest.raises(InputError, match=r"firms\.parquet"):
        run.frame("firms.parquet")
    with pytest.raises(InputError, match=r"fates\.csv"):
        run.frame("fates.csv")
    assert not (tmp_path / "harm").exists()


def places_that_cannot_be_written(tmp_path: Path) -> list[Path]:
    file = tmp_path / "file"
    file.write_text("")
    return [file, file / "below", Path("/proc/shakeout"), tmp_path / ("n" * 300), tmp_path / "nul\0byte"]


@pytest.mark.parametrize("number", range(5))
def test_a_results_folder_that_cannot_be_is_wrong_input(tmp_path, number):
    place = places_that_cannot_be_written(tmp_path)[number]
    with pytest.raises(InputError) as caught:
        folder.prepare(place)
    assert caught.value.exit_code == 2
    assert "--out" in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_results_folder_is_wrong_input(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        folder.prepare(tmp_path)


def test_a_read_only_results_folder_as_root_sees_it(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic, "write_bytes", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        folder.prepare(tmp_path)


def test_preparing_leaves_nothing_behind(tmp_path):
    assert folder.prepare(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert [path.name for path in (tmp_path / "a" / "b").rglob("*")] == [".blocks"]


def test_json_is_strict():
    assert json.loads(folder.to_json({"name": "六"})) == {"name": "六"}
    with pytest.raises(ValueError):
        folder.to_json({"x": float("nan")})


def test_pictures_that_cannot_be_added_leave_the_folder_as_it_was(tmp_path):
    write_run(tmp_path / "r")
    with pytest.raises(RunError, match="disk is full"), folder.extended(tmp_path / "r", "plots/*.png") as part:
        (part / "half.png").write_bytes(b"half")
        raise OSError(28, "disk is full")
    assert folder.finished(tmp_path / "r") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
