"""Compare: scenarios and finished runs side by side, the first against each of the others."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder
from sim.archive.folder import RunFolder
from sim.foundation.errors import InputError
from sim.foundation.file_paths import expanded
from sim.foundation.months import month_of, month_text
from sim.foundation.states import State
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT, SURVIVAL, Differences, months_compared
from sim.outcomes.fates import reported
from sim.outcomes.quoted import known_rows
from sim.scenario.load import load, with_sets
from sim.scenario.model import Scenario
from sim.scenario.year_ends import RUNWAY
from sim.study import folders, many_worlds
from sim.study.focus import asked_in, focus_in
from sim.study.many_worlds import Progress, Tell
from sim.study.run import Run
from sim.study.sides import Answer, of_folder, of_run, same_luck
from sim.study.variants import parts_at
from sim.words.explanations import explanation
from sim.words.headlines import of_other_run, pairing
from sim.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = (SURVIVAL, State.INDEPENDENT, INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)
PAGE = "compare.html"
FEWEST = 2
Asked = Scenario | Path | Run  # what can be compared: a scenario, the folder of a run, or a run


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs side by side.

    ``differences`` is differences.csv as a pandas frame, every run against the first; ``headline`` has a sentence for
    every run but the first, ``notes`` say how they were compared; ``answers()`` gives the runs.
    """

    differences: pd.DataFrame
    manifest: dict[str, Any]
    answers: Callable[[], list[Answer]]
    scenario: Scenario
    folder: Path | None = None
    reused: bool = False

    @property
    def headline(self) -> list[str]:
        """The sentence to quote about every run against the first."""
        return list(self.manifest["headline"])

    def quoted(self) -> list[str]:
        """That sentence, made of the differences: about who is in focus first."""
        base, *others = (run["name"] for run in self.manifest["runs"])
        focus = asked_in(self.manifest)
        return [
            of_other_run(self.scenario, known_rows(self.differences, other), (base, other), same, focus)
            for other, same in zip(others, self.manifest["same"], strict=True)
        ]

    def explained(self) -> list[str]:
        """For every run but the first the chain of what explains its headline (words/explanations.py); may be empty."""
        found, focus = [], asked_in(self.manifest)
        for run in self.manifest["runs"][1:]:
            said = explanation(self.scenario, known_rows(self.differences, run["name"]), focus)
            found.append(f"In {run['name']}: {said}" if said else "")
        return found

    @property
    def notes(self) -> list[str]:
        """How the runs were compared: paired or not, and warnings."""
        return [*self.manifest["pairing"], *self.manifest["notices"]]

    def summary(self) -> list[dict[str, Any]]:
        """The differences at the last common date that the terminal shows, as plain numbers, who is in focus first,
        then the largest.
        """
        focus = focus_in(self.scenario, self.manifest)
        names = self.manifest["names"]
        rows = folders.summary(self.differences, self.scenario, SHOWN, names, focus)
        shown = [row for row in rows if row["quantity"] != State.INDEPENDENT or row["difference"] is None]
        return shown + folders.year_end_summary(self.differences, self.scenario, self.told_months(), names, focus)

    def told_months(self) -> dict[str, int]:
        """Run -> the calendar month at which its runway, cash and revenue are told first: the last one it shares."""
        told = self.differences[self.differences["quantity"] == RUNWAY].groupby("variant")["date"].max()
        return {str(name): month for name, date in told.items() if (month := month_of(date)) is not None}


Page = Callable[[Comparison, Path], None]


def questions(
    asked: Sequence[Scenario | Run | Path | str], sets: Sequence[str], worlds: int | None, seed: int | None
) -> tuple[list[Asked], list[str]]:
    """What is asked, ready to ``compare``: files are loaded, ``sets`` applied; and what is to be said about it.

    A folder or a run that is changed by ``sets`` becomes its scenario, to be simulated anew; without, it stays as it
    is, and ``worlds`` and ``seed`` do not change it.
    """
    found: list[Asked] = []
    notices: list[str] = []
    for one in asked:
        one = expanded(one) if isinstance(one, str | Path) else one
        if isinstance(one, Path) and not one.is_dir():
            found.append(load(one, tuple(sets), worlds=worlds, seed=seed))
        elif isinstance(one, Scenario):
            found.append(many_worlds.with_worlds(with_sets(one, sets) if sets else one, worlds, seed))
        elif sets:
            stated = load(folder.open_run(one).path / folder.SCENARIO) if isinstance(one, Path) else one.scenario
            found.append(many_worlds.with_worlds(with_sets(stated, sets), worlds, seed))
            name = one if isinstance(one, Path) else stated.name
            notices.append(f"{name}: --set changes the question, so its scenario is simulated anew")
        else:
            found.append(one)
            if worlds is not None or seed is not None:
                name = one if isinstance(one, Path) else one.scenario.name
                notices.append(f"{name} is a finished run: --worlds and --seed do not change it")
    return found, notices


def compare(
    asked: Sequence[Asked],
    *,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.compare",
    notices: Sequence[str] = (),
) -> Comparison:
    """Simulate the scenarios among ``asked`` and put all side by side; paths are folders of finished runs.

    The study's folder is written to ``out``, or opened if it is there. With ``precision`` the first scenario decides
    on the number of worlds of all scenarios. InputError for less than two, RunError as in ``many_worlds.run``.
    """
    if len(asked) < FEWEST:
        raise InputError("nothing to compare with", found=f"{len(asked)} named", allowed=f"at least {FEWEST}")
    labels = _labels(asked)
    first = scenario_of(asked[0])
    target = None
    if out is not None:
        out = folder.prepare(out)
        target = folders.place(out, first, "compare", [[precision, *labels], [_question(one) for one in asked]])
        done = folder.finished(target)
        if done is not None:
            return _opened(done, first, asked, labels, out, jobs)
    answers = answered(asked, labels, jobs, None if out is None else Path(out), progress, precision)
    comparison = compared(answers, progress or _silent, notices, precision)
    if target is None:
        return comparison
    worlds = answers[0].side.worlds
    (progress or _silent)(Progress(many_worlds.WRITING, worlds, worlds))
    draw = functools.partial(page, comparison) if page is not None else None
    frames = {folders.DIFFERENCES: comparison.differences}
    first, *others = (answer.scenario for answer in answers)
    manifest = folders.write(target, comparison.manifest, first, frames, draw, command, others)
    return replace(comparison, manifest=manifest, folder=target)


def answered(
    asked: Sequence[Asked],
    labels: Sequence[str],
    jobs: int | None,
    out: Path | None,
    progress: Tell | None,
    precision: float | None = None,
) -> list[Answer]:
    """The runs of what is ``asked``, in that order."""
    answers, worlds = [], None
    for label, one in zip(labels, asked, strict=True):
        if isinstance(one, Path):
            answers.append(of_folder(label, one))
            continue
        if isinstance(one, Scenario):
            scenario = one if worlds is None else many_worlds.with_worlds(one, worlds, None)
            wanted = precision if worlds is None else None
            one = many_worlds.simulate(scenario, jobs=jobs, out=out, progress=progress, precision=wanted)
            worlds = one.scenario.worlds if precision is not None else None
        read_back = one.reused and one.folder is not None
        answers.append(of_folder(label, one.folder) if read_back and one.folder else of_run(label, one))
    return answers


def compared(
    answers: Sequence[Answer], tell: Tell, notices: Sequence[str] = (), precision: float | None = None
) -> Comparison:
    """The comparison of finished runs: every one against the first. InputError if two have no month in common."""
    import pandas as pd

    started, base = time.perf_counter(), answers[0]
    for other in answers[1:]:
        if not months_compared(base.scenario, other.scenario):
            found = ", ".join(
                f"{a.label}: {month_text(a.scenario.start)} to {month_text(a.scenario.end)}" for a in (base, other)
            )
            raise InputError("no month in common", found=found, allowed="runs whose months overlap")
    frames, same, how = [], [], []
    for other in answers[1:]:
        tell(Progress(many_worlds.SUMMARISING, base.side.worlds, base.side.worlds))
        paired = same_luck(base, other)
        month = _parts_at(base, other) if paired else 0
        apart = Differences(base.side, other.side, paired, month)
        frame = apart.run().frame(other.label)
        frames.append(frame)
        same.append(month is None)
        names, manifests = (base.label, other.label), (base.manifest, other.manifest)
        from_folder = base.folder is not None or other.folder is not None
        how.append(pairing(names, manifests, (base.side.worlds, other.side.worlds), paired, from_folder))
    runs = [
        {
            "name": answer.label,
            "title": answer.scenario.title,
            "worlds": answer.side.worlds,
            "seed": answer.manifest.get("seed"),
            "stem": answer.manifest.get("stem"),
            "folder": None if answer.folder is None else str(answer.folder),
        }
        for answer in answers
    ]
    said = [*notices, *(warning for answer in answers for warning in answer.warnings)]
    said += [notice for answer in answers if answer.folder is None for notice in answer.scenario.notices]
    manifest = {
        "kind": "comparison",
        "scenario": base.scenario.name,
        "title": base.scenario.title,
        "worlds": base.side.worlds,
        "seed": base.manifest.get("seed"),
        "precision": precision,
        "runs": runs,
        "headline": [],
        "same": same,
        "names": {name: name_of(a.scenario, name) for a in reversed(answers) for name in reported(a.scenario)},
        "pairing": how,
        **folders.made_by(),
        "notices": list(dict.fromkeys(said)),
        "timings": {"compare_seconds": round(time.perf_counter() - started, 3)},
    }
    answer = Comparison(pd.concat(frames, ignore_index=True), manifest, lambda: list(answers), base.scenario)
    manifest["headline"] = answer.quoted()
    return answer


def _parts_at(base: Answer, other: Answer) -> int | None:
    """First month in which two runs with the same luck can differ; None if they are the same worlds."""
    stems = [answer.manifest.get("stem") for answer in (base, other)]
    if stems[0] is not None and stems[0] == stems[1]:
        return None
    from_tables = any(answer.folder is not None for answer in (base, other))
    return 0 if from_tables else parts_at(base.scenario, other.scenario) or 0


def _labels(asked: Sequence[Asked]) -> list[str]:
    """A name for every run: the scenario's, and where two would have the same one, what tells them apart."""
    names = [scenario_of(one).name for one in asked]
    labels: list[str] = []
    for name, one in zip(names, asked, strict=True):
        label = name
        if names.count(name) > 1 and isinstance(one, Path):
            label = f"{name} ({one.resolve().name[:8]})"
        number = 2
        while label in labels:
            label, number = f"{name} ({number})", number + 1
        labels.append(label)
    return labels


def scenario_of(one: Asked) -> Scenario:
    """The scenario that is asked about, of a folder the one it states."""
    if isinstance(one, Scenario):
        return one
    return one.scenario if isinstance(one, Run) else of_folder("", one).scenario


def _question(one: Asked) -> Any:
    """What the answer depends on: a scenario, or the very files of a folder and what its manifest says of them."""
    if isinstance(one, Scenario):
        return digest.question(one, None)
    if isinstance(one, Run):
        return [digest.question(one.scenario, None), one.manifest.get("stem")]
    manifest = folder.open_run(one).manifest
    return [manifest["files"], *(manifest.get(key) for key in ("seed", "worlds", "stem", "sources", "versions"))]


def _opened(
    done: RunFolder, scenario: Scenario, asked: Sequence[Asked], labels: Sequence[str], out: Path, jobs: int | None
) -> Comparison:
    """The comparison in a finished folder; its runs come from their blocks and tables when they are asked for."""

    @functools.cache
    def answers() -> list[Answer]:
        return answered(asked, labels, jobs, out, None, done.manifest.get("precision"))

    frame = folders.reopened(done)[folders.DIFFERENCES]
    return Comparison(frame, done.manifest, answers, scenario, folder=done.path, reused=True)


def _silent(_progress: Progress) -> None:
    """Nobody is watching."""
