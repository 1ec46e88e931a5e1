"""Compiled for any processor equals uncompiled, bit for bit, over whole histories: every law, months 6 and 12 too."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest
from industries import COMPARED, dump

from sim.engine.month import ORDER
from sim.engine.simulate import KERNELS, OPENING

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


PLAIN = "uncompiled"
BUILDS = {  # how the same worlds are made elsewhere: what a process is told, and what its processor must know
    PLAIN: ({"NUMBA_DISABLE_JIT": "1"}, ""),
    "SSE2": ({"NUMBA_CPU_NAME": "x86-64"}, "sse2"),
    "AVX2 and fused operations": ({"NUMBA_CPU_NAME": "haswell"}, "avx2"),
    "AVX-512": ({"NUMBA_CPU_NAME": "skylake-avx512"}, "avx512dq"),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The worlds by this process, compiled for the processor at hand."""
    folder = tmp_path_factory.mktemp("here")
    dump(str(folder))
    return folder


@pytest.fixture(scope="module", params=BUILDS)
def elsewhere(request, tmp_path_factory):
    """The same worlds by a process that compiles nothing, or for another kind of processor."""
    told, needed = BUILDS[request.param]
    if needed and not llvm.get_host_cpu_features().get(needed, False):
        pytest.skip(f"this processor has no {needed}")
    folder = tmp_path_factory.mktemp("elsewhere")
    path = os.pathsep.join([str(ROOT), *sys.path])
    environment = {**os.environ, **told, "PYTHONPATH": path}
    subprocess.run([sys.executable, str(HERE / "industries.py"), str(folder)], check=True, env=environment, cwd=ROOT)
    return folder


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled here")
@pytest.mark.parametrize("name", [base["name"] for base in COMPARED])
def test_whole_histories_agree_in_every_byte(here, elsewhere, name):
    compiled, other_build = (np.load(folder / f"{name}.npz") for folder in (here, elsewhere))
    assert sorted(compiled.files) == sorted(other_build.files)
    for part in compiled.files:
        one, other = compiled[part], other_build[part]
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
