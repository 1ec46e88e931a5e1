"""Whatever is done to a scenario file, loading it gives a Scenario or an InputError, within seconds."""

import copy
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_scenario import TEXT

from sim.foundation.errors import InputError
from sim.scenario.extend import MAX_BYTES
from sim.scenario.load import load, load_mapping, load_text
from sim.scenario.model import Scenario
from sim.scenario.yaml_text import read, to_yaml

EXAMPLES = 150
SECONDS = 5  # of processor time, so that a busy machine fails nothing
relaxed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = [line.encode() for line in TEXT.splitlines(keepends=True)]
SNIPPETS = [
    *(b"[", b"]", b"{", b"}", b":", b"- ", b"&a ", b"*a", b"!!python/name:os.system ", b"!x ", b"? ", b"|\n", b">"),
    *(b"'", b'"', b"\\", b"\t", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"%YAML 1.1\n", b"---\n", b"...\n", b"<<: "),
    *(b".nan", b"-.inf", b"1e999", b"9" * 400, b"null", b"~", b"true", b"2023-13", b"'2030-12'", b"0x10", b"1_000"),
    *(b"extends: a.yaml\n", "龙🐉\u2028".encode(), b"\\ud800", b"[" * 50, b"- " * 200, b"a: " * 60, b"#"),
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**300, 10**400),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["2023-07", "2031-01", "2026-01", "zhipu", "lab", "startups", "assumptions.closure.on", "giant"]),
)
words = st.sampled_from(
    [
        "a",
        "times",
        "plus",
        "value",
        "uniform",
        "choice",
        "not",
        "all",
        "by",
        "at",
        "count",
        "null",
        "firms",
        "events",
        "cash",
    ]
)
trees = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(words | st.text(max_size=8), below, max_size=4),
    max_leaves=8,
)


def outcome(load_it):
    """The scenario, or None if it was refused as it should be."""
    began = time.process_time()
    try:
        scenario = load_it()
    except InputError as error:
        message = str(error)
        assert all(c.isprintable() or c == "\n" for c in message)
        assert len(message) < 4000
        scenario = None
    assert time.process_time() - began < SECONDS
    if scenario is not None:
        assert isinstance(scenario, Scenario)
        again = load_text(to_yaml(scenario))
        assert again.changes == scenario.changes and again.firms == scenario.firms
    return scenario


@st.composite
def mutated_bytes(draw):
    """The small scenario after a few edits of bytes, lines or snippets."""
    data = bytearray(TEXT.encode())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        kind = draw(st.sampled_from(("delete", "snippet", "bytes", "line", "copy", "cut")))
        if kind == "delete":
            del data[at : at + length]
        elif kind == "snippet":
            data[at : at + draw(st.integers(0, 3))] = draw(st.sampled_from(SNIPPETS))
        elif kind == "bytes":
            data[at : at + length] = draw(st.binary(max_size=8))
        elif kind == "line":
            data[at:at] = b"\n" + draw(st.sampled_from(PIECES))
        elif kind == "copy":
            data[at:at] = data[at : at + length]
        else:
            del data[at:]
    return bytes(data)


@relaxed
@given(mutated_bytes())
def test_mutated_bytes(tmp_path, data):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    outcome(lambda: load(path))


@relaxed
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_random_bytes(tmp_path, data):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    assert outcome(lambda: load(path)) is None


@st.composite
def mutated_tree(draw):
    """The plain data of the small scenario with a few nodes replaced, removed, renamed or added."""
    data = copy.deepcopy(read(TEXT).plain())
    for _ in range(draw(st.integers(1, 3))):
        below = data
        while True:
            keys = list(below) if isinstance(below, dict) else list(range(len(below)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(below[key], dict | list) and draw(st.booleans()):
                below = below[key]
                continue
            kind = draw(st.sampled_from(("replace", "remove", "rename", "add")))
            if kind == "remove":
                del below[key]
            elif kind == "rename" and isinstance(below, dict):
                below[draw(words)] = below.pop(key)
            elif kind == "add" and isinstance(below, dict):
                below[draw(st.text(max_size=6) | words)] = draw(trees)
            else:
                below[key] = draw(trees)
            break
    return data


@relaxed
@given(mutated_tree())
def test_mutated_trees(data):
    outcome(lambda: load_mapping(data))


PATHS = ["worlds", "end", "firms.zhipu.cash", "firms.zhipu.enters", "assumptions.closure.hazard_month"]
PATHS += ["assumptions.climate.regime", "events.later.date", "events.later.set.assumptions.closure.hazard_month"]


@relaxed
@given(
    st.sampled_from(PATHS) | st.text(max_size=20),
    trees.map(str) | st.sampled_from(["1", "0.5", "{times: 0.5}", "{plus: 1}", "{uniform: [0, 1]}", "2025-01", "null"]),
    st.sampled_from(["", "", "@2025-07", "@2025-07..2025-12", "@2031-01", "@x", "@2025-07..", "@"]),
)
def test_random_sets(path, value, dates):
    outcome(lambda: load_text(TEXT, [f"{path}={value}{dates}"]))


@pytest.mark.parametrize("section", ["events", "firms"])
def test_files_as_large_as_may_be_are_read_within_seconds(section):
    firms = 1900 if section == "firms" else 1
    text = "start: 2023-07\nend: 2030-12\nfirms:\n"
    text += "".join(f"  f{i}: {{cash: {{uniform: [1, 2]}}, burn_month: 3}}\n" for i in range(firms))
    if section == "events":
        text += "events:\n"
        text += "".join(f"  e{i}: {{date: 2024-05, set: {{assumptions.closure.on: 0}}}}\n" for i in range(2400))
    assert len(text) < MAX_BYTES
    scenario = outcome(lambda: load_text(text))
    assert len(scenario.firms) == firms
    with pytest.raises(InputError, match="too much data"):
        load_text(text + "claims:\n" + "".join(f"  c{i}: {{when: x}}\n" for i in range(3000)))


def test_many_errors_in_a_large_file_are_said_within_seconds():
    firms = "".join(f"  f{i}: {{cash: 1}}\n" for i in range(1900))
    events = "".join(f"  e{i}: {{date: 2024-05, set: {{firms.f{i}.csh: 0}}}}\n" for i in range(300))
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        load_text(f"start: 2023-07\nend: 2030-12\nfirms:\n{firms}events:\n{events}")
    assert time.process_time() - began < SECONDS
    assert str(caught.value).startswith("100 errors, and perhaps more")
    assert caught.value.nearest == "firms.f0.cash"
