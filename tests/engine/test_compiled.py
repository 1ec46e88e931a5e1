"""Compiled equals uncompiled, bit for bit, over whole histories: every law, months 6 and 12 among the months."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from industries import COMPARED, dump

from sim.engine.month import ORDER
from sim.engine.simulate import KERNELS, OPENING

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def dumps(tmp_path_factory):
    """The same worlds by this process, compiled, and by one in which nothing is compiled."""
    compiled, plain = tmp_path_factory.mktemp("compiled"), tmp_path_factory.mktemp("plain")
    dump(str(compiled))
    path = os.pathsep.join([str(ROOT), *sys.path])
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": path}
    subprocess.run([sys.executable, str(HERE / "industries.py"), str(plain)], check=True, env=environment, cwd=ROOT)
    return compiled, plain


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled here")
@pytest.mark.parametrize("name", [base["name"] for base in COMPARED])
def test_whole_histories_agree_in_every_byte(dumps, name):
    compiled, plain = (np.load(folder / f"{name}.npz") for folder in dumps)
    assert sorted(compiled.files) == sorted(plain.files)
    for part in compiled.files:
        one, other = compiled[part], plain[part]
        assert one.shape == other.shape, part
        for column in one.dtype.names or ():
            assert one[column].tobytes() == other[column].tobytes(), f"{part}.{column}"
        assert one.tobytes() == other.tobytes(), part
    assert compiled["events"].size > 50, "something happened"


def test_names_of_columns_can_be_read_uncompiled():
    """numpy's records have attributes of their own (squeeze, take, ...): a column of that name would be hidden."""
    from sim.engine.luck import FIRM_LUCK, MARKET_LUCK
    from sim.engine.state import ASSUME_DTYPE, FIRM_DTYPE, MARKET_DTYPE
    from sim.foundation.columns import LOG_DTYPE

    for dtype in (FIRM_DTYPE, MARKET_DTYPE, ASSUME_DTYPE, FIRM_LUCK, MARKET_LUCK, LOG_DTYPE):
        hidden = [name for name in dtype.names if hasattr(np.record, name) or hasattr(np.recarray, name)]
        assert hidden == []


def test_workers_compile_every_phase_the_opening_and_the_recorder():
    assert sorted(KERNELS) == sorted([OPENING, "record", *(phase.name for phase in ORDER)])


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled here")
def test_a_kernel_is_compiled_ahead_for_what_a_run_hands_it():
    """In a process of its own, as other tests hand kernels other things: a run needs no second version of any."""
    script = """
        from industries import COMPARED, load_mapping
        from sim.engine import simulate
        from sim.engine.month import ORDER, opening
        from sim.engine.recorder import record
        for name in simulate.KERNELS:
            simulate.compile_kernel(name)
        kernels = [opening, record, *(phase.run for phase in ORDER)]
        ahead = [len(kernel.signatures) for kernel in kernels]
        simulate.warm_up(load_mapping(COMPARED[0]))
        print(ahead, [len(kernel.signatures) for kernel in kernels])
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    versions = [1, 2, *[1] * len(ORDER)]  # of the recorder one for small counts, one for large classes
    assert found.stdout.strip() == f"{versions} {versions}", found.stderr
