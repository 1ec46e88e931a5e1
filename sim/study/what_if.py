"""What if: a base and any number of variants in the same worlds, and what the difference is."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.archive import digest
from sim.archive.dictionary import (
    A_SHARE,
    DIFFERENCES_ALL,
    DIFFERENCES_CSV,
    INTEGER,
    NUMBER,
    TEXT,
    VARIANT,
    Column,
    Table,
)
from sim.archive.folder import RunFolder
from sim.engine.simulate import Trace, trace
from sim.foundation.states import A_STARTUP
from sim.outcomes.differences import Differences
from sim.outcomes.fates_turned import TurnedFates, telling
from sim.outcomes.quoted import known_rows, rows_to_quote
from sim.scenario.model import Scenario
from sim.scenario.year_ends import year_ends
from sim.study import executor
from sim.study.focus import asked_in
from sim.study.given import beside_question, given_in, given_of, parts_of, worlds_left
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import with_worlds
from sim.study.run import Run, simulate
from sim.study.runs_compared import RunsCompared
from sim.study.study import Kind, answered, folder_name, manifest_of
from sim.study.variants import BASE, MOST_NAME, Variant, parts_at
from sim.words.changes import change_in_words
from sim.words.explanations import explanation
from sim.words.given import headline_given
from sim.words.headlines import of_variant
from sim.words.histories import Retold, told_twice
from sim.words.text import shorten
from sim.words.year_ends import decided, told_at

if TYPE_CHECKING:
    import pandas as pd

CHANGED = "with the change"  # the only variant, where it has no name of its own
FATE_TEXT = "as in firms.parquet, with `+listed` and `+pivoted` where that happened"
TURNED = Table(
    "which fate of a firm turned into which, in the same world",
    (
        VARIANT,
        Column("firm", TEXT, "", "id of the firm or class"),
        Column("base_fate", TEXT, "", f"how it ends in the base: {FATE_TEXT}"),
        Column("variant_fate", TEXT, "", "how it ends in the variant, in the same words"),
        Column("worlds", INTEGER, "", "worlds (of a class: firms in all worlds) in which it is so"),
        Column("share", NUMBER, A_SHARE, "`worlds` over all"),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class WhatIf(RunsCompared):
    """A base and its variants in the same worlds.

    ``flipped`` is flipped.csv as a pandas frame; ``retold()`` gives for every variant one world told twice, None where
    no fate flipped.
    """

    KIND = Kind(
        "whatif",
        "whatif.html",
        "a what-if: a base and its variants in the same worlds",
        "the page of this what-if: open it in a browser, it works offline",
        {"differences.csv": DIFFERENCES_CSV, "flipped.csv": TURNED, **DIFFERENCES_ALL},
    )
    variants: tuple[Variant, ...]
    flipped: pd.DataFrame

    @property
    def labels(self) -> list[str]:
        """What the runs are called, the base first: a variant without a name after what it changes, but for an only
        one.
        """
        return [BASE, *(self._label(variant) for variant in self.variants)]

    def _label(self, variant: Variant) -> str:
        if variant.named:
            return variant.label
        if len(self.variants) == 1:
            return CHANGED
        return shorten(change_in_words(self.scenario, variant.sets), MOST_NAME)

    def quoted(self) -> list[str]:
        """That sentence, made of the differences: about who is in focus first."""
        known, worlds = given_in(self.manifest), worlds_left(self.manifest)
        return [headline_given(known, sentence) for sentence in self._quoted(worlds, False)]

    def quoted_of_all(self) -> list[str]:
        """The headline as it would be of all worlds; empty where nothing is given."""
        return [] if self.differences_all is None else self._quoted(self.scenario.worlds, True)

    def _quoted(self, worlds: int, of_all: bool) -> list[str]:
        focus = asked_in(self.manifest)
        months, said = self.told_months(), []
        for variant in self.variants:
            change = (variant.name if variant.named else "", variant.sets)
            told = (months[variant.name], parts_at(self.scenario, variant.scenario) is None, worlds)
            rows = self.known(variant.name, of_all)
            said.append(of_variant(self.scenario, variant.scenario, change, rows, told, focus))
        return said

    def explained(self) -> list[str]:
        """For every variant the chain of what explains its headline (words/explanations.py); may be empty."""
        focus = asked_in(self.manifest)
        return [explanation(self.scenario, self.known(variant.name), focus) for variant in self.variants]

    def retold(self) -> list[Retold | None]:
        """For every variant one world told twice, None where no fate flipped."""
        return [
            retell(self.scenario, variant.scenario, told["world"], told["row"]) if told else None
            for variant, told in zip(self.variants, self.manifest["told"], strict=True)
        ]

    def told_months(self) -> dict[str, int]:
        """Variant -> the calendar month at which its runway, cash and revenue are told first."""
        base, ends = self.scenario, year_ends(self.scenario.start, self.scenario.end)
        return {one.name: told_at(base, one.scenario, parts_at(base, one.scenario), ends) for one in self.variants}

    def decisive(self, variant: Variant) -> list[str]:
        """Ids of the firms that decide otherwise in ``variant``."""
        return list(decided(self.scenario, variant.scenario))

    def told_first(self) -> tuple[str, ...]:
        """Whose runway, cash and revenue are told first: who is in focus, then who decides otherwise."""
        decisive = (firm for variant in self.variants for firm in self.decisive(variant))
        return tuple(dict.fromkeys([*super().told_first(), *decisive]))


def what_if(base: Scenario, variants: Sequence[Variant], how: How) -> WhatIf:
    """Simulate ``base`` and ``variants`` (made of it by variants.variants_of) in the same worlds and compare them.

    With a precision the base decides on the number of worlds, and where something is given on which of them are left:
    the variants are told in the same worlds. InputError and RunError as in ``run.run``.
    """
    parts = parts_of(base, how.given)
    question: list[Any] = [digest.question(base, how.precision)]
    question += [[v.name, v.named, digest.question(v.scenario, how.precision)] for v in variants]
    question += beside_question(parts)
    compute = functools.partial(_computed, base, variants, how)
    reopen = functools.partial(_opened, base, variants, how)
    return answered([base], folder_name(WhatIf.KIND, question), how, compute, reopen)


def _computed(base: Scenario, variants: Sequence[Variant], how: How) -> WhatIf:
    runs = [simulate(base, how)]
    variants = [_as_many(variant, runs[0].scenario.worlds) for variant in variants]
    for variant in variants:
        runs.append(_run_of(variant, runs, how))
    return compared(variants, runs, how)


def compared(variants: Sequence[Variant], runs: Sequence[Run], how: How) -> WhatIf:
    """The what-if whose ``runs`` are known: that of the base, then that of each of ``variants``, one or more, in as
    many worlds.
    """
    import pandas as pd

    started, base = time.perf_counter(), runs[0].scenario
    pairs = list(zip(variants, runs[1:], strict=True))
    found = []
    for variant, run in pairs:
        how.tell(SUMMARISING, base.worlds, base.worlds)
        found.append(_compared(variant, runs[0], run))
    frames, flipped, told = zip(*found, strict=True)
    of_all = [_of_all(variant, runs[0], run) for variant, run in pairs] if runs[0].conditioned else []
    spent = [run.manifest["timings"] for run in runs]
    manifest = manifest_of(
        WhatIf.KIND,
        base,
        how,
        [notice for run in runs for notice in run.notes],
        {
            "simulate_seconds": sum(one["simulate_seconds"] for one in spent),
            "summarise_seconds": sum(one["summarise_seconds"] for one in spent),
            "compare_seconds": time.perf_counter() - started,
        },
        stem=runs[0].manifest["stem"],
        variants=[
            {"name": variant.name, "sets": list(variant.sets), "stem": run.manifest["stem"]} for variant, run in pairs
        ],
        headline=[],
        told=list(told),
        **given_of(runs[0].manifest),
        clipped={BASE: runs[0].outcomes.clipped} | {variant.label: run.outcomes.clipped for variant, run in pairs},
    )
    answer = WhatIf(
        scenario=base,
        variants=tuple(variants),
        differences=pd.concat(frames, ignore_index=True),
        differences_all=pd.concat(of_all, ignore_index=True) if of_all else None,
        flipped=pd.concat(flipped, ignore_index=True),
        manifest=manifest,
        runs=lambda: list(runs),
        others=[variant.scenario for variant in variants],
    )
    manifest["headline"] = answer.quoted()
    return answer


def _compared(variant: Variant, base: Run, run: Run) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any] | None]:
    """The variant's differences, its fates that turned, and the flip whose world is worth telling, if one turned."""
    flips = TurnedFates(base.scenario, variant.scenario)
    differences = Differences(base.side, run.side, paired=True, parts_at=parts_at(base.scenario, variant.scenario))
    frame = differences.run(lambda one, other: flips.add(one.numbers, one.histories, other.histories)).frame(
        variant.name
    )
    startups = [firm.id for firm in base.scenario.firms if firm.kind == A_STARTUP]
    flip = telling(flips.flips(), startups, rows_to_quote(base.scenario, known_rows(frame, variant.name)).horizon)
    return frame, flips.frame(variant.name), flip._asdict() if flip is not None else None


def _of_all(variant: Variant, base: Run, run: Run) -> pd.DataFrame:
    """The variant's differences in all worlds, where something is given."""
    parted = parts_at(base.scenario, variant.scenario)
    frame: pd.DataFrame = Differences(base.side_of_all, run.side_of_all, True, parted).run().frame(variant.name)
    return frame


def _run_of(variant: Variant, runs: Sequence[Run], how: How) -> Run:
    """The variant's run; a question that one of ``runs`` has answered already is not asked again."""
    stem = digest.stem(variant.scenario)
    for run in runs:
        if run.manifest["stem"] == stem:
            notices = list(variant.scenario.notices)
            return replace(run, scenario=variant.scenario, manifest={**run.manifest, "notices": notices})
    conditioned = runs[0].conditioned
    left = None if conditioned is None else conditioned.left
    return simulate(variant.scenario, replace(how, precision=None, given=()), left)


def _as_many(variant: Variant, worlds: int) -> Variant:
    return replace(variant, scenario=with_worlds(variant.scenario, worlds, None))


def retell(base: Scenario, variant: Scenario, world: int, firm: str) -> Retold:
    """Replay ``world`` of both scenarios, which must begin in the same month, and tell where they part.

    ``firm`` is the row the telling is about: a firm's id, or the first copy of a class.
    """
    first, second = executor.by_who_waits(functools.partial(_traced, world), [base, variant])
    return told_twice((base, variant), (first, second), firm)


def _traced(world: int, scenario: Scenario) -> Trace:
    return trace(scenario, world)


def _opened(base: Scenario, variants: Sequence[Variant], how: How, done: RunFolder) -> WhatIf:
    """The study in a finished folder; its runs come from their blocks when they are asked for."""
    worlds, again = int(done.manifest["worlds"]), replace(how, precision=None, progress=None)
    scenarios = [with_worlds(one, worlds, None) for one in (base, *(variant.scenario for variant in variants))]
    return WhatIf.reopened(
        done,
        scenarios[0],
        variants=tuple(_as_many(variant, worlds) for variant in variants),
        runs=functools.cache(lambda: _runs(scenarios, again)),
    )


def _runs(scenarios: Sequence[Scenario], how: How) -> list[Run]:
    """The runs of the base and of its variants."""
    base = simulate(scenarios[0], how)
    left = None if base.conditioned is None else base.conditioned.left
    return [base, *(simulate(variant, replace(how, given=()), left) for variant in scenarios[1:])]
