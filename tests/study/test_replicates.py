"""Worlds with the same draws and other luck are ordinary blocks: kept, found again, and not taken for others."""

from __future__ import annotations

import json

from small_industry import small

import sim
from sim.archive import digest
from sim.archive.clean import clean
from sim.engine.prepared import Seeds, draws_of, prepare
from sim.engine.simulate import simulate
from sim.study.how import How
from sim.study.many_worlds import ManyWorlds
from sim.study.replicates import REPLICATED, other_seed, replicate_of

RISKY = ("assumptions.closure.hazard_month=0.05",)


def test_a_replicate_has_the_same_draws_and_other_luck():
    base = small(40, sets=RISKY)
    again = replicate_of(base)
    one, other = simulate(base, 0, 40), simulate(again, 0, 40)
    asked = simulate(base, 0, 40, Seeds(luck=other_seed(base.seed)))
    assert other.histories.tobytes() == asked.histories.tobytes()
    assert (one.histories["exit_month"] != other.histories["exit_month"]).any()
    (cash,) = draws_of(base)
    assert prepare(base).seed_of(cash.key) == prepare(again).seed_of(cash.key) == base.seed
    assert (prepare(base).luck_seed, prepare(again).luck_seed) == (base.seed, other_seed(base.seed))


def test_it_has_blocks_of_its_own_and_at_most_so_many():
    base = small(5000)
    again = replicate_of(base)
    assert (again.worlds, replicate_of(small(7)).worlds) == (REPLICATED, 7)
    assert digest.stem(again) != digest.stem(base) != digest.stem(small(5000, seed=other_seed(base.seed)))
    assert digest.question(again, None) != digest.question(base, None)


def test_they_are_kept_and_found_again(tmp_path):
    many = ManyWorlds(How(out=tmp_path, jobs=1))
    many.compute([replicate_of(small(30))])
    many.compute([replicate_of(small(30))])
    assert many.computed == 30
    about = json.loads((tmp_path / ".blocks" / digest.stem(replicate_of(small(30))) / "about.json").read_text())
    assert about["luck"] == other_seed(3)


def test_clean_keeps_those_that_a_study_needs(tmp_path):
    risky = small(300, sets=RISKY)
    done = sim.sensitivity(risky, "alpha-goes", jobs=1, out=tmp_path)
    assert done.manifest["replicate"]["stem"] == digest.stem(replicate_of(risky))
    assert clean(tmp_path) == []
