"""What starts up loads little; and the one line of the README that runs the tests is the one that CI runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCENARIO = ROOT / "scenarios" / "six-dragons.yaml"
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest"
PROGRAM = """
import sys
sys.argv = ["shakeout", *sys.argv[1:]]
from sim.cli.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def loaded_by(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_help_loads_nothing_heavy():
    heavy = {
        "numpy",
        "numba",
        "pandas",
        "scipy",
        "plotly",
        "pyarrow",
        "simpy",
        "loky",
        "jinja2",
        "ruamel",
    }
    assert loaded_by("--help") & heavy == set()
    assert loaded_by("run", "--help") & heavy == set()


def test_check_loads_what_validates_and_no_more():
    loaded = loaded_by("check", str(SCENARIO))  # scipy itself is looked at by numba, for its version
    assert loaded & {"pandas", "plotly", "pyarrow", "simpy", "loky", "jinja2"} == set()
    assert "ruamel" in loaded


@pytest.mark.parametrize("name", ["load", "run", "trace", "open_run"])
def test_the_package_offers_its_api_and_loads_nothing_for_it(name):
    code = f"import sim, sys; assert callable(sim.{name}); print(len({{'numpy', 'pandas'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "0"


def test_the_package_knows_its_version_and_refuses_other_names():
    import sim

    assert sim.__version__.count(".") == 2
    with pytest.raises(AttributeError):
        _ = sim.no_such_name


def test_the_readme_and_ci_run_the_same_test_command():
    assert TEST_COMMAND in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == TEST_COMMAND
