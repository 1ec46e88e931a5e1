"""Compare: scenarios and finished runs side by side, the first against each of the others."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder
from sim.archive.dictionary import DIFFERENCES_ALL, DIFFERENCES_CSV
from sim.archive.folder import RunFolder
from sim.foundation.errors import InputError
from sim.foundation.file_paths import expanded
from sim.foundation.months import month_of, month_text
from sim.outcomes.differences import Differences, months_compared
from sim.outcomes.fates import reported
from sim.scenario.load import load, with_sets
from sim.scenario.model import Scenario
from sim.scenario.year_ends import RUNWAY
from sim.study.finished_runs import comparable, same_luck
from sim.study.focus import asked_in
from sim.study.given import beside_question, given_in, given_of, parts_of
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import with_worlds
from sim.study.run import Run, simulate
from sim.study.runs_compared import RunsCompared
from sim.study.study import Kind, answered, folder_name, manifest_of
from sim.study.variants import parts_at
from sim.words.explanations import explanation
from sim.words.given import given_in_words, headline_given, left_in_words
from sim.words.headlines import of_other_run, pairing
from sim.words.names import name_of

if TYPE_CHECKING:
    import pandas as pd

FEWEST_RUNS = 2
Asked = Scenario | Run


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Comparison(RunsCompared):
    """Runs side by side, every one against the first; ``notes`` say how they were compared."""

    KIND = Kind(
        "comparison",
        "compare.html",
        "a comparison of runs, every one against the first",
        "the page of this comparison: open it in a browser, it works offline",
        {"differences.csv": DIFFERENCES_CSV, **DIFFERENCES_ALL},
    )

    @property
    def labels(self) -> list[str]:
        """What the runs are called, the first first."""
        return [run["name"] for run in self.manifest["runs"]]

    def quoted(self) -> list[str]:
        """That sentence, made of the differences: about who is in focus first."""
        return [headline_given(given_in(self.manifest), sentence) for sentence in self._quoted(False)]

    def quoted_of_all(self) -> list[str]:
        """The headline as it would be of all worlds; empty where nothing is given."""
        return [] if self.differences_all is None else self._quoted(True)

    def _quoted(self, of_all: bool) -> list[str]:
        base, *others = self.labels
        focus, same = asked_in(self.manifest), self.manifest["same"]
        return [
            of_other_run(self.scenario, self.known(other, of_all), (base, other), alike, focus)
            for other, alike in zip(others, same, strict=True)
        ]

    def explained(self) -> list[str]:
        """For every run but the first the chain of what explains its headline (words/explanations.py); may be empty."""
        focus = asked_in(self.manifest)
        said = {label: explanation(self.scenario, self.known(label), focus) for label in self.labels[1:]}
        return [f"In {label}: {why}" if why else "" for label, why in said.items()]

    @property
    def notes(self) -> list[str]:
        """How the runs were compared: paired or not, and warnings."""
        return [*self.manifest["pairing"], *self.manifest["notices"]]

    def told_months(self) -> dict[str, int]:
        """Run -> the calendar month at which its runway, cash and revenue are told first: the last one it shares."""
        told = self.differences[self.differences["quantity"] == RUNWAY].groupby("variant")["date"].max()
        return {str(name): month for name, date in told.items() if (month := month_of(date)) is not None}


def questions(
    asked: Sequence[Scenario | Run | Path | str], sets: Sequence[str], how: How
) -> tuple[list[Asked], list[str]]:
    """What is asked, ready to ``compare``: files are loaded, folders opened, ``sets`` applied; and what is to be said.

    A folder or a run that is changed by ``sets`` becomes its scenario, to be simulated anew; without, it is the run
    that it has, and the number of worlds and the seed that are asked for do not change it.
    """
    found: list[Asked] = []
    notices: list[str] = []
    worlds, seed = how.worlds, how.seed
    for one in asked:
        one = expanded(one) if isinstance(one, str | Path) else one
        if isinstance(one, Path) and not one.is_dir():
            found.append(load(one, tuple(sets), worlds=worlds, seed=seed))
        elif isinstance(one, Scenario):
            found.append(with_worlds(with_sets(one, sets) if sets else one, worlds, seed))
        elif sets or how.given:
            stated = load(folder.open_run(one).path / folder.SCENARIO) if isinstance(one, Path) else one.scenario
            found.append(with_worlds(with_sets(stated, sets) if sets else stated, worlds, seed))
            name = one if isinstance(one, Path) else stated.name
            why = (
                "--set changes the question" if sets else "--given is asked of every world, of which blocks are needed"
            )
            notices.append(f"{name}: {why}, so its scenario is simulated anew")
        else:
            found.append(comparable(one) if isinstance(one, Path) else one)
            if worlds is not None or seed is not None:
                name = one if isinstance(one, Path) else one.scenario.name
                notices.append(f"{name} is a finished run: --worlds and --seed do not change it")
    return found, notices


def compare(asked: Sequence[Scenario | Run | Path | str], how: How, sets: Sequence[str] = ()) -> Comparison:
    """Simulate what is no finished run of ``asked`` and put all side by side; paths are scenario files, or folders of
    finished runs. ``sets`` apply to all.

    With a precision the first scenario decides on the number of worlds of all scenarios. InputError for less than two,
    RunError as in ``run.run``.
    """
    found, notices = questions(asked, sets, how)
    if len(found) < FEWEST_RUNS:
        raise InputError("nothing to compare with", found=f"{len(found)} named", allowed=f"at least {FEWEST_RUNS}")
    scenarios = [one if isinstance(one, Scenario) else one.scenario for one in found]
    labels = _labels(found, scenarios)
    question = [[how.precision, *labels], [_question(one) for one in found]]
    if how.given:
        question.append([beside_question(parts_of(scenario, how.given)) for scenario in scenarios])

    def reopen(done: RunFolder) -> Comparison:
        again = replace(how, precision=done.manifest.get("precision"), progress=None)
        return Comparison.reopened(done, scenarios[0], runs=functools.cache(lambda: _runs(found, again)))

    compute = functools.partial(_computed, labels, found, how, notices)
    return answered(scenarios, folder_name(Comparison.KIND, question), how, compute, reopen)


def _runs(asked: Sequence[Asked], how: How) -> list[Run]:
    """The runs of what is ``asked``, in that order."""
    runs, worlds = list[Run](), None
    for one in asked:
        if isinstance(one, Scenario):
            scenario = one if worlds is None else with_worlds(one, worlds, None)
            one = simulate(scenario, how if worlds is None else replace(how, precision=None))
            worlds = one.scenario.worlds if how.precision is not None else None
        elif one.reused and one.folder is not None:
            one = comparable(one.folder)
        runs.append(one)
    return runs


def _computed(labels: Sequence[str], asked: Sequence[Asked], how: How, notices: Sequence[str]) -> Comparison:
    """Every run against the first. InputError if two have no month in common."""
    import pandas as pd

    runs = _runs(asked, how)
    started, base = time.perf_counter(), runs[0]
    frames, of_all, same, pairings = [], [], [], []
    for label, other in zip(labels[1:], runs[1:], strict=True):
        if not months_compared(base.scenario, other.scenario):
            named = ((labels[0], base.scenario), (label, other.scenario))
            found = ", ".join(f"{name}: {month_text(one.start)} to {month_text(one.end)}" for name, one in named)
            raise InputError("no month in common", found=found, allowed="runs whose months overlap")
        how.tell(SUMMARISING, base.outcomes.worlds, base.outcomes.worlds)
        paired = same_luck(base, other)
        month = _parts_at(base, other) if paired else 0
        frames.append(Differences(base.side, other.side, paired, month).run().frame(label))
        if how.given:
            of_all.append(_of_all(base, other, label))
        same.append(month is None)
        worlds = (base.outcomes.worlds, other.outcomes.worlds)
        tables = base.from_tables or other.from_tables
        pairings.append(pairing((labels[0], label), (base.manifest, other.manifest), worlds, paired, tables))
    said = [*notices, *(warning for run in runs for warning in run.warnings)]
    said += [notice for run in runs if not run.from_tables for notice in run.scenario.notices]
    said += [
        f"{label}, given {given_in_words(known)}: {left_in_words(known, run.scenario.worlds)}"
        for label, run in zip(labels, runs, strict=True)
        if (known := given_in(run.manifest)) is not None
    ]
    manifest = manifest_of(
        Comparison.KIND,
        base.scenario,
        how,
        said,
        {"compare_seconds": time.perf_counter() - started},
        runs=[
            {
                "name": label,
                "title": run.scenario.title,
                "worlds": run.outcomes.worlds,
                **given_of(run.manifest),
                "seed": run.manifest.get("seed"),
                "stem": run.manifest.get("stem"),
                "folder": str(run.folder) if run.from_tables else None,
            }
            for label, run in zip(labels, runs, strict=True)
        ],
        headline=[],
        same=same,
        **(given_of(base.manifest) if how.given else {}),
        names={name: name_of(run.scenario, name) for run in reversed(runs) for name in reported(run.scenario)},
        pairing=pairings,
    )
    worlds_asked = base.outcomes.worlds if given_in(base.manifest) is None else base.scenario.worlds
    manifest |= {"worlds": worlds_asked, "seed": base.manifest.get("seed")}
    answer = Comparison(
        scenario=base.scenario,
        differences=pd.concat(frames, ignore_index=True),
        differences_all=pd.concat(of_all, ignore_index=True) if of_all else None,
        manifest=manifest,
        runs=lambda: list(runs),
        others=[run.scenario for run in runs[1:]],
    )
    manifest["headline"] = answer.quoted()
    return answer


def _of_all(base: Run, other: Run, label: str) -> pd.DataFrame:
    """The differences in all worlds of two runs in which something is given."""
    one, two = base.scenario, other.scenario
    paired = (one.worlds, one.seed) == (two.worlds, two.seed)
    month = _parts_at(base, other) if paired else 0
    frame: pd.DataFrame = Differences(base.side_of_all, other.side_of_all, paired, month).run().frame(label)
    return frame


def _parts_at(base: Run, other: Run) -> int | None:
    """First month in which two runs with the same luck can differ; None if they are the same worlds."""
    stems = [run.manifest.get("stem") for run in (base, other)]
    if stems[0] is not None and stems[0] == stems[1]:
        return None
    return 0 if base.from_tables or other.from_tables else parts_at(base.scenario, other.scenario) or 0


def _labels(asked: Sequence[Asked], scenarios: Sequence[Scenario]) -> list[str]:
    """A name for every run: the scenario's, and where two would have the same one, what tells them apart."""
    names = [
        f"{scenario.name} (given)" if isinstance(one, Run) and given_in(one.manifest) else scenario.name
        for scenario, one in zip(scenarios, asked, strict=True)
    ]
    labels: list[str] = []
    for name, one in zip(names, asked, strict=True):
        label = name
        if names.count(name) > 1 and isinstance(one, Run) and one.from_tables and one.folder is not None:
            label = f"{name} ({one.folder.resolve().name[:8]})"
        number = 2
        while label in labels:
            label, number = f"{name} ({number})", number + 1
        labels.append(label)
    return labels


def _question(one: Asked) -> Any:
    """What the answer depends on: a scenario, or the very files of a folder and what its manifest says of them."""
    if isinstance(one, Scenario):
        return digest.question(one, None)
    if not one.from_tables:
        return [digest.question(one.scenario, None), one.manifest.get("stem"), *given_of(one.manifest).values()]
    keys = ("seed", "worlds", "stem", "sources", "versions")
    return [one.manifest["files"], *(one.manifest.get(key) for key in keys)]
