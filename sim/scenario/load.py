"""From a YAML file, a text or a dict to a validated Scenario: read, lay over, set, fit to the horizon, build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.foundation.errors import Gathered, InputError
from sim.scenario import currency_notices
from sim.scenario.build import build
from sim.scenario.extend import Tree, tree_of_file, tree_of_node
from sim.scenario.horizon import fitted
from sim.scenario.model import Scenario
from sim.scenario.node import Node, from_plain
from sim.scenario.override import Override, overridden, parse_set
from sim.scenario.yaml_text import read


def load(path: str | Path, sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The scenario in the file at ``path``, with what it extends, changed by ``sets`` (PATH=VALUE[@FROM[..UNTIL]]).

    ``worlds`` and ``seed`` replace those of the file. One InputError says all that is wrong with any of it.
    """
    return _scenario(lambda errors: tree_of_file(path, errors), sets, worlds, seed)


def load_text(text: str, sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None) -> Scenario:
    """The scenario in a YAML ``text``; like ``load``, but it can extend nothing."""
    return _scenario(lambda errors: tree_of_node(read(text, errors=errors), errors), sets, worlds, seed)


def load_mapping(
    data: Mapping[str, Any], sets: Sequence[str] = (), *, worlds: int | None = None, seed: int | None = None
) -> Scenario:
    """The scenario in plain data with the keys of a scenario file; like ``load``, but it can extend nothing."""
    if not isinstance(data, Mapping):
        raise InputError("not a scenario", found=type(data).__name__, allowed="a dict with the keys of a scenario file")
    return _scenario(lambda errors: tree_of_node(from_plain(data), errors), sets, worlds, seed)


def with_sets(scenario: Scenario, sets: Sequence[str | Override]) -> Scenario:
    """``scenario`` changed by further ``sets``, as a variant for comparison; its notices are those of ``sets``.

    They are texts, or what ``parse_set`` made of them. InputError if one of them is wrong.
    """
    return _scenario(lambda errors: tree_of_node(from_plain(scenario.resolved), errors), sets, None, None, anew=False)


def _scenario(
    tree_of: Callable[[Gathered], Tree],
    sets: Sequence[str | Override],
    worlds: int | None,
    seed: int | None,
    anew: bool = True,
) -> Scenario:
    """The scenario of a tree and what is said beside it; one InputError says all that is wrong with any of it.

    ``anew``: nobody was told yet in which currency its amounts are.
    """
    if isinstance(sets, str):
        raise InputError("sets is one text", key="sets", found=sets, allowed="a list of PATH=VALUE texts")
    numbers = {
        key: Node(number, f"--{key}") for key, number in (("worlds", worlds), ("seed", seed)) if number is not None
    }
    errors, asked, found = Gathered(), list[Override](), None
    with errors.whole():
        tree = tree_of(errors)
        for text in sets:
            with errors.part():
                asked.append(text if isinstance(text, Override) else parse_set(str(text)))
        root = overridden(tree.root, asked, errors)
        root, notices = fitted(replace(tree, root=root.replaced({**root.data, **numbers})))
        undated = tuple(override.path for override in asked if override.first is None)
        tree = replace(tree, root=root)
        notices = (*tree.removed.notices(), *(currency_notices.of(tree) if anew else ()), *notices)
        found = build(tree, undated, notices, errors)
    assert found is not None, "whole() raises what is wrong"
    return found
