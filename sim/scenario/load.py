"""From a YAML file, a text or a dict to a validated Scenario: read, lay over, set, fit to the horizon, build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.foundation.errors import InputError
from sim.scenario.build import build
from sim.scenario.extend import Tree, tree_of_file, tree_of_node
from sim.scenario.horizon import fitted
from sim.scenario.model import Scenario
from sim.scenario.node import Node, from_plain
from sim.scenario.override import overridden, parse_set
from sim.scenario.yaml_text import read


def load(path: str | Path, sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The scenario in the file at ``path``, with what it extends, changed by ``sets`` (PATH=VALUE[@FROM[..UNTIL]]).

    ``worlds`` and ``seed`` replace those of the file. InputError for whatever is wrong with any of it.
    """
    return _scenario(tree_of_file(path), sets, worlds, seed)


def load_text(text: str, sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The scenario in a YAML ``text``; like ``load``, but it can extend nothing."""
    return _scenario(tree_of_node(read(text)), sets, worlds, seed)


def load_mapping(
    data: Mapping[str, Any], sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None
) -> Scenario:
    """The scenario in plain data with the keys of a scenario file; like ``load``, but it can extend nothing."""
    if not isinstance(data, Mapping):
        raise InputError("not a scenario", found=type(data).__name__, allowed="a dict with the keys of a scenario file")
    return _scenario(tree_of_node(from_plain(data)), sets, worlds, seed)


def with_sets(scenario: Scenario, sets: Sequence[str]) -> Scenario:
    """``scenario`` changed by further ``sets``, as a variant for comparison; its notices are those of ``sets``.

    InputError if one of them is wrong.
    """
    return load_mapping(scenario.resolved, sets)


def _scenario(tree: Tree, sets: Sequence[str], worlds: int | None, seed: int | None) -> Scenario:
    if isinstance(sets, str):
        raise InputError("sets is one text", key="sets", found=sets, allowed="a list of PATH=VALUE texts")
    root = overridden(tree.root, sets)
    numbers = {
        key: Node(number, f"--{key}") for key, number in (("worlds", worlds), ("seed", seed)) if number is not None
    }
    root, notices = fitted(Tree(root.replaced({**root.data, **numbers}), tree.horizons))
    undated = tuple(override.path for override in map(parse_set, sets) if override.first is None)
    return build(root, undated, notices)
