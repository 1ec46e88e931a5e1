"""Whatever becomes of the files of a result folder: every reader shows what was written, or says what is wrong.

A harness: it spoils one file after the other in one way after the other, and asks every command that reads.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIO = """
name: tiny
start: 2023-07
end: 2024-01
worlds: 40
seed: 3
firms:
  alpha: {name: Alpha, kind: startup, enters: 2023-07, cash: {uniform: [50, 600]}}
  beta: {name: Beta, kind: startup, enters: 2023-07, cash: 100}
claims:
  alpha-goes: {says: Alpha may close, when: {firm: alpha, fate: closed, by: 2024-01}}
"""
WHATIF = ("whatif", "tiny.yaml", "--set", "firms.beta.cash=10")
LUCK = 20_240_101


def _flipped(path: Path, luck: random.Random) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
    path.write_bytes(content)


def _cut(path: Path, luck: random.Random) -> None:
    os.truncate(path, luck.randrange(path.stat().st_size or 1))


def _in_place_of(make: Callable[[Path], object]) -> Callable[[Path, random.Random], None]:
    def harm(path: Path, _luck: random.Random) -> None:
        path.unlink()
        make(path)

    return harm


HARMS: dict[str, Callable[[Path, random.Random], None]] = {
    "flipped": _flipped,
    "cut": _cut,
    "missing": _in_place_of(lambda path: None),
    "empty": _in_place_of(lambda path: path.touch()),
    "a folder": _in_place_of(lambda path: path.mkdir()),
    "a loop": _in_place_of(lambda path: path.symlink_to(path)),
    "a pipe": _in_place_of(os.mkfifo),
    "a device": _in_place_of(lambda path: path.symlink_to("/dev/zero")),
    "huge": lambda path, _luck: os.truncate(path, 1 << 40),
    "deep": lambda path, _luck: path.write_text("[" * 100_000),
    "null": lambda path, _luck: path.write_text("null"),
    "other": lambda path, _luck: path.write_text('{"files": {"a": 1, "../../x": null}, "worlds": []}'),
}


class Spoiled:
    """One results folder that is spoiled and restored again and again, and the commands that read it."""

    def __init__(self, command: Callable, home: Path) -> None:
        self.command, self.results, self.sound = command, home / "results", home / "sound"
        (home / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
        self.run = self.folder("run", "tiny.yaml")
        self.whatif = self.folder(*WHATIF)
        self.right = {reader: self.shown(reader) for reader in self.readers()}
        shutil.copytree(self.results, self.sound)

    def folder(self, *asked: str) -> Path:
        return Path(self.command(*asked, "--quiet").out.strip())

    def readers(self) -> dict[str, tuple[str, ...]]:
        return {
            "run": ("run", "tiny.yaml", "--json"),
            "whatif": (*WHATIF, "--json"),
            "compare": ("compare", str(self.run), str(self.run), "--json", "--out", "elsewhere"),
            "claims": ("claims", "tiny.yaml", "--json"),
            "trace": ("trace", "tiny.yaml", "--json"),
            "list": ("list",),
            "clean": ("clean", "--dry-run"),
        }

    def shown(self, reader: str):
        """What the command answers, without what may differ; None where it refused."""
        answer = self.command(*self.readers()[reader])
        assert answer.code in (0, 2), (reader, answer)
        assert "defect" not in answer.err and "Traceback" not in answer.err, (reader, answer)
        if answer.code == 2:
            assert answer.out == "" and 0 < len(answer.err.splitlines()) <= 6
            return None
        return json.loads(answer.out)["summary"] if "--json" in self.readers()[reader] else ""

    def check(self, file: Path, harm: str, luck: random.Random, reader: str) -> None:
        """Spoil ``file``, ask ``reader`` and every one after it, restore."""
        HARMS[harm](file, luck)
        shown = self.shown(reader)
        assert shown is None or shown == self.right[reader], (file, harm, reader)
        if reader == "run" and file.is_relative_to(self.run):
            assert shown is not None  # it can be made again
        shutil.rmtree(self.results)
        shutil.copytree(self.sound, self.results, symlinks=True)

    def files(self) -> list[Path]:
        return sorted(path for path in self.results.rglob("*") if path.is_file() and "plots" not in path.parts)


@pytest.fixture
def spoiled(command, tmp_path) -> Spoiled:
    return Spoiled(command, tmp_path)


def cases(spoiled: Spoiled) -> list[tuple[Path, str, str]]:
    return [(file, harm, reader) for file in spoiled.files() for harm in HARMS for reader in spoiled.readers()]


def test_some_altered_files_and_readers(spoiled):
    """A few dozen of the thousand cases of the slow test, chosen by luck that repeats itself."""
    luck = random.Random(LUCK)
    for file, harm, reader in luck.sample(cases(spoiled), 60):
        spoiled.check(file, harm, luck, reader)


@pytest.mark.slow
def test_all_altered_files_and_readers(spoiled):
    luck = random.Random(LUCK)
    for file, harm, reader in cases(spoiled):
        spoiled.check(file, harm, luck, reader)
