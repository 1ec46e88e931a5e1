"""Sensitivity: which of the assumptions that a scenario leaves uncertain drive an outcome, and how much is chance."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.archive import digest
from sim.archive.dictionary import A_SHARE, INTEGER, NUMBER, TEXT, Column, Table, bounds
from sim.archive.folder import number, plain_rows
from sim.engine.draws import Draw
from sim.engine.prepared import draws_of
from sim.foundation.errors import InputError, nearest_of
from sim.laws.catalogue import ASSUMPTIONS
from sim.outcomes.claims import UNDECIDED, can_be_undecided, truth
from sim.outcomes.drivers import FEWEST_EVENTS, Estimate, chance_share, fifths, first_order, ranks, significant_by_holm
from sim.scenario.model import Claim, Scenario
from sim.study import designs, overwritten
from sim.study.claims_asked import claim_of
from sim.study.designs import Designed, rarer
from sim.study.everything import Moved, everything
from sim.study.how import SUMMARISING, How
from sim.study.many_worlds import ManyWorlds
from sim.study.precision import sized
from sim.study.replicates import kept, other_seed, replicate_of
from sim.study.study import Kind, Study, answered, folder_name, manifest_of
from sim.words.headlines import among_what, of_sensitivity, too_few

if TYPE_CHECKING:
    import pandas as pd

GIVEN_DATA, SOBOL, MORRIS = "given-data", "sobol", "morris"
MOST_WORLDS_BY_METHOD = {GIVEN_DATA: 10_000, SOBOL: 1024, MORRIS: 128}  # if none are asked for
FEWEST_ASKED = 100  # worlds in which a claim must be asked
FIFTHS = ("lowest", "highest")
NOT_DISTINGUISHABLE = "not distinguishable from noise"
NOTHING_VARIES = "the outcome does not vary"
DRIVERS = Table(
    "how much of the outcome each uncertain assumption drives",
    (
        Column("path", TEXT, "", "path of the assumption"),
        Column("index", TEXT, "", "name of the index (docs/ODD.md, Statistics)"),
        Column("value", NUMBER, "that of the index", "the index", NOTHING_VARIES),
        *bounds("value", "that of the index", NOTHING_VARIES),
        Column("noise_share", NUMBER, A_SHARE, "share of the outcome's variance that is chance", NOTHING_VARIES),
    ),
)
TORNADO = Table(
    "the outcome where each uncertain assumption is low and where it is high; no rows for Morris' method",
    (
        Column("path", TEXT, "", "path of the assumption"),
        Column("end", TEXT, "", "`lowest` or `highest`: the fifth of worlds with the lowest or highest draws"),
        Column("value", NUMBER, "that of the assumption", "where that fifth ends"),
        Column("probability", NUMBER, A_SHARE, "share of these worlds in which the claim is true"),
        *bounds("probability", A_SHARE, "there is one such world"),
        Column("worlds", INTEGER, "", "worlds in this fifth"),
    ),
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Sensitivity(Study):
    """What drives whether a claim comes true.

    ``drivers`` is drivers.csv as a pandas frame, drivers first, the rest in the order of the scenario; ``tornado`` has
    the probability in the fifth of worlds with the lowest and with the highest draws of every assumption: path, end,
    value (where that fifth ends), probability, low, high, worlds; empty for Morris' method. ``ranks`` gives the rank of
    every path, None where it is not distinguishable from noise; paths that cannot be told apart share one.
    """

    KIND = Kind(
        "sensitivity",
        "sensitivity.html",
        "a sensitivity study: which uncertain assumptions drive a claim",
        "the page of this sensitivity study: open it in a browser, it works offline",
        {"drivers.csv": DRIVERS, "tornado.csv": TORNADO},
    )
    claim: Claim
    method: str
    drivers: pd.DataFrame
    tornado: pd.DataFrame

    @property
    def ranks(self) -> dict[str, int | None]:
        """Rank of every uncertain path."""
        return dict(self.manifest["ranks"])

    @property
    def chance(self) -> Estimate:
        """The share of the outcome's variance that is chance; NaN where the outcome does not vary."""
        said = self.manifest["chance"]
        return Estimate(*(math.nan if said[name] is None else said[name] for name in Estimate._fields))

    @property
    def moved(self) -> list[Moved]:
        """What the scenario has at one value and the study moved; none unless everything was to move."""
        return [Moved(*one) for one in self.manifest.get("moved", ())]

    def summary(self) -> list[dict[str, Any]]:
        """One row per path and index, as drivers.csv, with its ``rank`` (None: not distinguishable from noise)."""
        return [{"rank": self.ranks[row["path"]], **row} for row in plain_rows(self.drivers)]


def sensitivity(scenario: Scenario, of: str, method: str, all_moves: bool, how: How) -> Sensitivity:
    """Which uncertain assumptions drive the claim ``of``; with ``all_moves`` also those with one value and no source.

    ``method`` is "given-data" (the worlds of the ordinary run, and some of them again with other luck), "sobol" or
    "morris" (worlds of their own; they need SALib). The worlds of the run, of each of Sobol's samples, of every point
    of Morris' design are the scenario's, but not more than MOST_WORLDS_BY_METHOD, if no number is asked for. InputError
    if claim or method make no sense or nothing is uncertain; else errors as in ``run.run``.
    """
    claim = claim_of(scenario, of, "--of")
    moved: list[Moved] = []
    if all_moves:
        scenario, moved = everything(scenario)
    draws = sorted(draws_of(scenario), key=lambda draw: draw.path)  # the order of the file decides nothing
    _check(scenario, claim, method, draws)
    base = sized(scenario, how, MOST_WORLDS_BY_METHOD[method])
    if method == GIVEN_DATA and base.worlds < FEWEST_ASKED:
        raise _too_few(claim, base.worlds, base.worlds)

    reopen = functools.partial(Sensitivity.reopened, scenario=base, claim=claim, method=method)
    asks = [digest.question(base, None), claim.id, method, *(["everything"] if all_moves else [])]
    name = folder_name(Sensitivity.KIND, asks)
    return answered([base], name, how, lambda: _computed(base, claim, method, draws, moved, how), reopen)


def _check(scenario: Scenario, claim: Claim, method: str, draws: Sequence[Draw]) -> None:
    if method not in MOST_WORLDS_BY_METHOD:
        near, allowed = nearest_of(str(method), MOST_WORLDS_BY_METHOD), ", ".join(MOST_WORLDS_BY_METHOD)
        raise InputError("no such method", key="--method", found=method, allowed=allowed, nearest=near)
    if not draws:
        raise InputError(
            "nothing is uncertain",
            key="--of",
            found=scenario.name,
            allowed="a scenario with distributions, or --everything",
        )
    if method != GIVEN_DATA and can_be_undecided(claim):
        allowed = "a claim without `given` and without quantities that can be missing, or --method given-data"
        raise InputError("the claim has no answer in every world", key="--of", found=claim.id, allowed=allowed)


def _too_few(claim: Claim, asked: int, worlds: int) -> InputError:
    met = f"{asked:,} of {worlds:,} worlds ask for it" if asked < worlds else f"{worlds:,} worlds"
    allowed = f"at least {FEWEST_ASKED} worlds in which the claim is asked: try more --worlds"
    return InputError("too few worlds", key=f"--of {claim.id}", found=met, allowed=allowed)


def _computed(
    base: Scenario, claim: Claim, method: str, draws: Sequence[Draw], moved: Sequence[Moved], how: How
) -> Sensitivity:
    started = time.perf_counter()
    ask = {GIVEN_DATA: _given_data, SOBOL: designs.sobol, MORRIS: designs.morris}[method]
    found = ask(base, claim, draws, how)
    how.tell(SUMMARISING, base.worlds, base.worlds)
    asked = None if found.sample is None else found.sample[found.sample != UNDECIDED]
    few = 0 < found.rare < FEWEST_EVENTS
    passed = [False] * len(draws) if few else significant_by_holm([effect.p for effect in found.effects])
    ranked = ranks(found.effects, passed)
    order = sorted(
        range(len(draws)), key=lambda i: (ranked[i] is None, -found.effects[i].value if passed[i] else 0.0, i)
    )
    paths = [draw.path for draw in draws]
    said = too_few(base, claim, found.rare, found.worlds)
    if not few:
        among = among_what(len(paths), len(moved))
        said = of_sensitivity(base, claim, paths, found.effects, ranked, found.chance, among, by_steps=method == MORRIS)
    manifest = manifest_of(
        Sensitivity.KIND,
        base,
        how,
        [*base.notices, *overwritten.of_draws(base, paths, [one.path for one in moved])],
        {"simulate_seconds": time.perf_counter() - started},
        stem=digest.stem(base),
        **({"replicate": kept(replicate_of(base))} if method == GIVEN_DATA else {}),
        other_seed=other_seed(base.seed),
        claim=claim.id,
        method=method,
        probability=None if asked is None or not asked.size else float(asked.mean()),
        asked=None if asked is None else int(asked.size),
        chance={name: number(value) for name, value in found.chance._asdict().items()},
        ranks={paths[i]: ranked[i] for i in order},
        held=held(draws),
        **({"moved": [list(one) for one in moved]} if moved else {}),
        headline=said,
    )
    return Sensitivity(
        scenario=base,
        claim=claim,
        method=method,
        drivers=_drivers([paths[i] for i in order], [found.indices[i] for i in order], found.chance),
        tornado=_tornado(base, [draws[i] for i in order], found.sample),
        manifest=manifest,
    )


def _given_data(base: Scenario, claim: Claim, draws: Sequence[Draw], how: How) -> Designed:
    """Indices from the worlds of the ordinary run; chance from the first of them with other luck."""
    many, replicate = ManyWorlds(how), replicate_of(base)
    many.compute([base, replicate])
    sample = np.concatenate([truth(claim, block, base) for block in many.blocks(base)])
    asked = sample != UNDECIDED
    if int(asked.sum()) < FEWEST_ASKED:
        raise _too_few(claim, int(asked.sum()), base.worlds)
    again = np.concatenate([truth(claim, block, base) for block in many.blocks(replicate)])
    both = asked[: again.size] & (again != UNDECIDED)
    chance = chance_share(sample[: again.size][both].astype(float), again[both].astype(float))
    y = sample[asked].astype(float)
    effects = [first_order(draw.sample(base.seed, 0, base.worlds)[asked], y) for draw in draws]
    indices = [{"first_order": Estimate(*effect[:3])} for effect in effects]
    return Designed(indices, effects, chance, sample, rarer(y), y.size)


def _drivers(paths: Sequence[str], indices: Sequence[dict[str, Estimate]], chance: Estimate) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (path, name, *estimate, chance.value)
        for path, own in zip(paths, indices, strict=True)
        for name, estimate in own.items()
    ]
    return pd.DataFrame(rows, columns=[column.name for column in DRIVERS.columns])


def _tornado(base: Scenario, draws: Sequence[Draw], sample: np.ndarray | None) -> pd.DataFrame:
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    if sample is not None:
        asked = sample != UNDECIDED
        for draw in draws:
            found = fifths(draw.sample(base.seed, 0, base.worlds)[asked], sample[asked].astype(float))
            edges, estimates = (found.up_to, found.from_), (found.lowest, found.highest)
            for end, edge, estimate, worlds in zip(FIFTHS, edges, estimates, found.worlds, strict=True):
                rows.append((draw.path, end, edge, *estimate, worlds))
    return pd.DataFrame(rows, columns=[column.name for column in TORNADO.columns])


def held(draws: Sequence[Draw]) -> list[str]:
    """Paths of the assumptions of the industry that have one value in all worlds, so that nothing is said of them."""
    varied = {draw.path.rpartition(".set.")[2] for draw in draws}
    return [path for path in ASSUMPTIONS if path not in varied]
