"""What if: a base and any number of variants in the same worlds, and what the difference is."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.archive import digest, folder
from sim.archive.folder import RunFolder
from sim.foundation.states import A_STARTUP
from sim.outcomes.differences import ENDGAME, GENERAL_LEFT, INDEPENDENTS_LEFT, SURVIVAL, Differences, Piece
from sim.outcomes.fates_turned import Flips, telling
from sim.outcomes.quoted import DifferenceRow, known_rows, rows_to_quote
from sim.scenario.model import Scenario
from sim.scenario.year_ends import year_ends
from sim.study import folders, many_worlds
from sim.study.focus import asked_in, focus_in
from sim.study.many_worlds import Progress, Tell, with_worlds
from sim.study.run import Run
from sim.study.sides import Answer, of_run
from sim.study.told_twice import retell
from sim.study.variants import BASE, Variant, parts_at
from sim.words.explanations import explanation
from sim.words.headlines import of_variant
from sim.words.histories import Retold
from sim.words.year_ends import decided, told_at

if TYPE_CHECKING:
    import pandas as pd

SHOWN = (SURVIVAL, INDEPENDENTS_LEFT, GENERAL_LEFT, ENDGAME)
PAGE = "whatif.html"


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A base and its variants in the same worlds.

    ``differences`` and ``flipped`` are the files of these names as pandas frames; ``headline`` has a sentence for every
    variant; ``answers()`` gives the runs, the base first; ``retold()`` for every variant one world told twice, None
    where no fate flipped. ``folder`` is None where nothing was written.
    """

    scenario: Scenario
    variants: tuple[Variant, ...]
    differences: pd.DataFrame
    flipped: pd.DataFrame
    manifest: dict[str, Any]
    answers: Callable[[], list[Answer]]
    folder: Path | None = None
    reused: bool = False

    @property
    def headline(self) -> list[str]:
        """The sentence to quote about every variant."""
        return list(self.manifest["headline"])

    def quoted(self) -> list[str]:
        """That sentence, made of the differences: about who is in focus first."""
        focus = asked_in(self.manifest)
        return [
            _sentence(self.scenario, variant, known_rows(self.differences, variant.name), focus)
            for variant in self.variants
        ]

    def explained(self) -> list[str]:
        """For every variant the chain of what explains its headline (words/explanations.py); may be empty."""
        focus = asked_in(self.manifest)
        rows = (known_rows(self.differences, variant.name) for variant in self.variants)
        return [explanation(self.scenario, mine, focus) for mine in rows]

    def retold(self) -> list[Retold | None]:
        """For every variant one world told twice, None where no fate flipped."""
        return [
            retell(self.scenario, variant.scenario, told["world"], told["row"]) if told else None
            for variant, told in zip(self.variants, self.manifest["told"], strict=True)
        ]

    def summary(self) -> list[dict[str, Any]]:
        """The differences at the horizon that the terminal shows, as plain numbers, who is in focus first, then the
        largest; last runway, cash and revenue at the date at which they are told.
        """
        focus = focus_in(self.scenario, self.manifest)
        shown = folders.summary(self.differences, self.scenario, SHOWN, focus=focus)
        months = {variant.name: told_month(self.scenario, variant) for variant in self.variants}
        decisive = [firm for variant in self.variants for firm in decided(self.scenario, variant.scenario)]
        return shown + folders.year_end_summary(
            self.differences, self.scenario, months, focus=tuple(dict.fromkeys([*focus, *decisive]))
        )


Page = Callable[[WhatIf, Path], None]  # writes its files into the folder


def what_if(
    base: Scenario,
    variants: Sequence[Variant],
    *,
    jobs: int | None = None,
    out: Path | str | None = None,
    progress: Tell | None = None,
    precision: float | None = None,
    page: Page | None = None,
    command: str = "sim.what_if",
) -> WhatIf:
    """Simulate ``base`` and ``variants`` (made of it by variants.variants_of) in the same worlds and compare them.

    Blocks are taken from ``out`` and kept there; the study's folder is written there too, or opened if it is there.
    With ``precision`` the base decides on the number of worlds. InputError and RunError as in ``many_worlds.run``.
    """
    target = None
    if out is not None:
        out = folder.prepare(out)
        asked: list[Any] = [digest.question(base, precision)]
        asked += [[v.name, v.named, digest.question(v.scenario, precision)] for v in variants]
        target = folders.place(out, base, "whatif", asked)
        done = folder.finished(target)
        if done is not None:
            return _opened(done, base, tuple(variants), out, jobs)
    first = many_worlds.simulate(base, jobs=jobs, out=out, progress=progress, precision=precision)
    base, variants = first.scenario, [_as_many(variant, first.scenario.worlds) for variant in variants]
    runs = [first]
    for variant in variants:
        runs.append(_run_of(variant, runs, jobs, out, progress))
    answer = compared(variants, runs, progress or _silent)
    if target is None:
        return answer
    worlds = base.worlds
    (progress or _silent)(Progress(many_worlds.WRITING, worlds, worlds))
    frames = {folders.DIFFERENCES: answer.differences, folders.FLIPPED: answer.flipped}
    draw = functools.partial(page, answer) if page is not None else None
    others = [variant.scenario for variant in variants]
    manifest = folders.write(target, answer.manifest, base, frames, draw, command, others)
    return replace(answer, manifest=manifest, folder=target)


def compared(variants: Sequence[Variant], runs: Sequence[Run], tell: Tell) -> WhatIf:
    """The what-if of finished ``runs``, the base first, then one for every variant."""
    import pandas as pd

    started, base = time.perf_counter(), runs[0].scenario
    answers = [of_run(BASE, runs[0])]
    answers += [of_run(variant.label, run) for variant, run in zip(variants, runs[1:], strict=True)]
    frames, flipped, headline, told = [], [], [], []
    for variant, answer in zip(variants, answers[1:], strict=True):
        tell(Progress(many_worlds.SUMMARISING, base.worlds, base.worlds))
        month = parts_at(base, variant.scenario)
        flips = Flips(base, variant.scenario)
        found = Differences(answers[0].side, answer.side, paired=True, parts_at=month)
        frame = found.run(functools.partial(_count, flips)).frame(variant.name)
        frames.append(frame)
        flipped.append(flips.frame(variant.name))
        known = known_rows(frame, variant.name)
        headline.append(_sentence(base, variant, known))
        flip = telling(flips.flips(), _startups(base), rows_to_quote(base, known).horizon)
        told.append(flip._asdict() if flip is not None else None)
    manifest = {
        "kind": "whatif",
        "scenario": base.name,
        "title": base.title,
        "worlds": base.worlds,
        "seed": base.seed,
        "precision": runs[0].manifest["precision"],
        "stem": runs[0].manifest["stem"],
        "variants": [
            {"name": variant.name, "sets": list(variant.sets), "stem": run.manifest["stem"]}
            for variant, run in zip(variants, runs[1:], strict=True)
        ],
        "headline": headline,
        "told": told,
        "clipped": {answer.label: dict(answer.outcomes.clipped) for answer in answers},
        **folders.made_by(),
        "notices": list(dict.fromkeys(notice for run in runs for notice in run.manifest["notices"])),
        "timings": {
            "simulate_seconds": round(sum(run.manifest["timings"]["simulate_seconds"] for run in runs), 3),
            "summarise_seconds": round(sum(run.manifest["timings"]["summarise_seconds"] for run in runs), 3),
            "compare_seconds": round(time.perf_counter() - started, 3),
        },
    }
    join = functools.partial(pd.concat, ignore_index=True)
    return WhatIf(base, tuple(variants), join(frames), join(flipped), manifest, lambda: answers)


def _count(flips: Flips, base: Piece, variant: Piece) -> None:
    flips.add(base.first, base.histories, variant.histories)


def _run_of(
    variant: Variant, runs: Sequence[Run], jobs: int | None, out: Path | str | None, progress: Tell | None
) -> Run:
    """The variant's run; a question that one of ``runs`` has answered already is not asked again."""
    stem = digest.stem(variant.scenario)
    for run in runs:
        if run.manifest["stem"] == stem:
            notices = list(variant.scenario.notices)
            return replace(run, scenario=variant.scenario, manifest={**run.manifest, "notices": notices})
    return many_worlds.simulate(variant.scenario, jobs=jobs, out=None if out is None else Path(out), progress=progress)


def _as_many(variant: Variant, worlds: int) -> Variant:
    return replace(variant, scenario=with_worlds(variant.scenario, worlds, None))


def _sentence(base: Scenario, variant: Variant, rows: Sequence[DifferenceRow], focus: Sequence[str] = ()) -> str:
    """The sentence to quote about ``variant`` from its rows of differences.csv that have a difference."""
    change = (variant.name if variant.named else "", variant.sets)
    told = (told_month(base, variant), parts_at(base, variant.scenario) is None)
    return of_variant(base, variant.scenario, change, rows, told, focus)


def told_month(base: Scenario, variant: Variant) -> int:
    """The calendar month at which the runway, cash and revenue of ``variant`` are told first."""
    return told_at(base, variant.scenario, parts_at(base, variant.scenario), year_ends(base.start, base.end))


def _startups(scenario: Scenario) -> list[str]:
    return [firm.id for firm in scenario.firms if firm.kind == A_STARTUP]


def _opened(done: RunFolder, base: Scenario, variants: tuple[Variant, ...], out: Path, jobs: int | None) -> WhatIf:
    """The study in a finished folder; its runs come from their blocks when they are asked for."""
    worlds = int(done.manifest["worlds"])
    base = with_worlds(base, worlds, None)
    variants = tuple(_as_many(variant, worlds) for variant in variants)

    @functools.cache
    def answers() -> list[Answer]:
        labels = [BASE, *(variant.label for variant in variants)]
        scenarios = [base, *(variant.scenario for variant in variants)]
        return [
            of_run(label, many_worlds.simulate(scenario, jobs=jobs, out=out))
            for label, scenario in zip(labels, scenarios, strict=True)
        ]

    frames = folders.reopened(done)
    return WhatIf(
        base,
        variants,
        frames[folders.DIFFERENCES],
        frames[folders.FLIPPED],
        done.manifest,
        answers,
        folder=done.path,
        reused=True,
    )


def _silent(_progress: Progress) -> None:
    """Nobody is watching."""
