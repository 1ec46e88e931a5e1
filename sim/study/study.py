"""One runner for every kind of question: from the question to its folder, open it or compute, write, draw, tell.

A kind of question has a module of its own: what it computes, its tables, and its ``Kind``. Its page is
sim/report/pages/<module>.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

from sim.archive import digest, folder, tables
from sim.archive.dictionary import Table
from sim.archive.folder import RunFolder
from sim.foundation.notebook import LONGEST_LINE, Shown
from sim.scenario.model import ENSEMBLE_FILE, Scenario
from sim.scenario.yaml_text import to_yaml
from sim.study import readme
from sim.study.focus import FOCUS, focus_of, named
from sim.study.how import DRAWING, WRITING, How
from sim.words.text import shorten

if TYPE_CHECKING:
    import pandas as pd

PLOTS = "plots"  # the folder of a page's figures


class Kind(NamedTuple):
    """A kind of question: ``name`` in manifests, ``page`` the file of its page. ``says`` and ``page_says`` tell what a
    folder and the page are; ``tables`` and ``others`` (files that are none) what these folders have beside.
    """

    name: str
    page: str
    says: str
    page_says: str
    tables: Mapping[str, Table] = {}
    others: Mapping[str, str] = {}


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Answer(Shown):
    """What came out of a question. ``folder`` is None where nothing was written; ``reused``: it was there already."""

    KIND: ClassVar[Kind]
    scenario: Scenario
    manifest: dict[str, Any]
    folder: Path | None = None
    reused: bool = False
    others: Sequence[Scenario] = ()  # scenarios of further runs, whose evidence counts too

    def __repr__(self) -> str:
        """A line that says what it is, the sentence to quote, and its folder if it has one."""
        asked = f"worlds={self.scenario.worlds}, seed={self.scenario.seed}"
        what = f"<{type(self).__name__} of {self.scenario.name}: {asked}>"
        said = [what, *(f"{sentence}." for sentence in self.sentences)]
        return "\n".join(shorten(line, LONGEST_LINE) for line in [*said, *([str(self.folder)] if self.folder else [])])

    @property
    def headline(self) -> Any:
        """The sentence to quote; of runs that are compared a list, one for every run but the first."""
        raise NotImplementedError

    @property
    def sentences(self) -> list[str]:
        """The sentences to quote, one or more."""
        return [self.headline] if isinstance(self.headline, str) else list(self.headline)

    @property
    def notes(self) -> list[str]:
        """What a reader must know before the numbers."""
        return list(self.manifest["notices"])

    def write(self, part: Path) -> dict[str, list[str]]:
        """Write the tables into the folder being made at ``part``; the columns of each."""
        raise NotImplementedError


class Study(Answer):
    """An answer with a sentence to quote. Its tables are its attributes with the names of their files: drivers.csv is
    ``drivers``, a pandas frame; one that need not be there is None by default.
    """

    @classmethod
    def reopened(cls, done: RunFolder, scenario: Scenario, **own: Any) -> Self:
        """The answer in a finished folder; ``own``: what it has besides tables. InputError if a table is not sound."""
        found: dict[str, Any] = {"manifest": done.manifest, "folder": done.path, "reused": True}
        for name, table in cls.KIND.tables.items():
            stem = Path(name).stem
            if name in done.manifest["files"] or not hasattr(cls, stem):  # what has a default may be missing
                found[stem] = done.frame(name, table)
        return cls(scenario=scenario, **found, **own)

    @property
    def headline(self) -> Any:
        """The sentence to quote; of runs that are compared a list, one for every run but the first."""
        return self.manifest["headline"]

    def quoted(self) -> Any:
        """The headline made anew: about who is told first."""
        return self.headline

    def tables(self) -> dict[str, pd.DataFrame]:
        """File -> table of the folder."""
        frames = {name: getattr(self, Path(name).stem) for name in self.KIND.tables}
        return {name: frame for name, frame in frames.items() if frame is not None}

    def write(self, part: Path) -> dict[str, list[str]]:
        """Write the tables into the folder being made at ``part``; the columns of each."""
        for name, frame in self.tables().items():
            tables.write_csv(_plain(frame), part / name)
        return {name: list(map(str, frame)) for name, frame in self.tables().items()}


A = TypeVar("A", bound=Answer)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with truth values as the words true and false."""
    words = {True: "true", False: "false"}
    return frame.assign(paired=frame["paired"].map(words)) if "paired" in frame else frame


def frame_of(table: Table, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """``rows`` as a frame with the columns of ``table``; what a row does not have is empty."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=[column.name for column in table.columns])


def folder_name(kind: Kind, question: Any) -> str:
    """What the folder of an answer is called: the kind, and a digest of ``question`` (plain data) and today's code."""
    mark = digest.digest_of({"question": question, "made_by": [digest.simulated_by(), digest.answered_by()]})
    return f"{kind.page.partition('.')[0]}-{mark}"


def manifest_of(
    kind: Kind, scenario: Scenario, how: How, notices: Sequence[str], timings: Mapping[str, Any], **own: Any
) -> dict[str, Any]:
    """The manifest of an answer: what every kind says, and its ``own``."""
    return {
        "kind": kind.name,
        "scenario": scenario.name,
        "title": scenario.title,
        "worlds": scenario.worlds,
        "seed": scenario.seed,
        "precision": how.precision,
        **own,
        **digest.simulated_by(),
        **digest.answered_by(),
        "notices": list(dict.fromkeys(notices)),
        "timings": {name: round(value, 3) if isinstance(value, float) else value for name, value in timings.items()},
    }


def answered(
    scenarios: Sequence[Scenario],
    name: str,
    how: How,
    compute: Callable[[], A],
    reopen: Callable[[RunFolder], A],
) -> A:
    """The answer to the question about ``scenarios`` whose folder is called ``name``: opened with ``reopen`` if it is
    there, else computed and written, whole or not at all; then told as ``how`` says.

    Without ``how.out`` it is only computed. InputError if the folder, or who is to be told first, makes no sense;
    RunError if it cannot be written.
    """
    focus = focus_of(scenarios, how.firms)
    if how.out is None:
        return focused(compute(), focus)
    out = folder.prepare(how.out)
    target = folder.run_path(out, scenarios[0].name, name)
    with folder.at_work(out):
        done = folder.finished(target)
        answer = _written(compute(), target, how) if done is None else reopen(done)
    return _told(answer, focus, how)


def _written(answer: A, target: Path, how: How) -> A:
    """Write the folder of ``answer`` to ``target``."""
    worlds = answer.scenario.worlds
    how.tell(WRITING, worlds, worlds)
    who = "run" if answer.KIND.name == "run" else "study"
    manifest = {**answer.manifest, who: target.name, "command": how.command}
    with folder.written(target, manifest) as part:
        (part / folder.SCENARIO).write_text(to_yaml(answer.scenario), encoding="utf-8")
        if answer.scenario.ensemble:
            shutil.copyfile(answer.scenario.ensemble, part / ENSEMBLE_FILE)
        columns = answer.write(part)
        if how.pages is not None:
            how.pages().write(answer, part)
        readme.write(part, answer.KIND, [answer.scenario, *answer.others], manifest, columns)
    return replace(answer, folder=target, manifest=manifest)


def focused(answer: A, focus: Sequence[str]) -> A:
    """``answer`` as it is told with ``focus`` first, its headline too where the manifest has one."""
    if not focus:
        return answer
    told = replace(answer, manifest={**answer.manifest, FOCUS: list(focus)})
    return replace(told, manifest={**told.manifest, "headline": told.quoted()}) if isinstance(told, Study) else told


def _told(answer: A, focus: Sequence[str], how: How) -> A:
    """``answer`` with ``focus`` told first, on a page of its own beside the other, and with PNG and SVG of its figures
    where they are asked for and not there.
    """
    answer = focused(answer, focus)
    if how.pages is None or answer.folder is None:
        return answer
    pages, plots, worlds = how.pages(), named(PLOTS, answer.manifest), answer.scenario.worlds
    png = how.png and not any(answer.folder.glob(f"{plots}/*.png"))
    if focus or png:
        how.tell(DRAWING, worlds, worlds)
    if focus:  # always drawn anew: the manifest does not list it, so nobody could tell whether it was altered
        with folder.extended(answer.folder, "*.html", f"{plots}/*") as part:
            pages.write(answer, part)
    if png:
        with folder.extended(answer.folder, f"{plots}/*.png", f"{plots}/*.svg") as part:
            (part / plots).mkdir()
            message = pages.stills(answer, part / plots)
        if message:
            answer.manifest["notices"].append(message)
    return answer
