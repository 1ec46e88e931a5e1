"""A merged tree of nodes becomes a validated Scenario; all that is wrong is said and nothing is built.

Plain functions rather than pydantic models: every message names file, line, key, what was found, what is allowed and
the nearest valid key, and the allowed keys and bounds come from the catalogue at run time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim.foundation.columns import FIRM_KINDS
from sim.foundation.errors import Gathered, nearest_of
from sim.foundation.months import FIRST_MONTH, month_text
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario import ensemble, proposition
from sim.scenario import value as values
from sim.scenario.amount import amount
from sim.scenario.events import changes_of, overwritten, places
from sim.scenario.extend import Tree
from sim.scenario.frozen import Frozen, freeze
from sim.scenario.grammar import (
    KEYS_OF_CLAIM,
    KEYS_OF_FACT,
    KEYS_OF_FIRM,
    KEYS_OF_REPORTED,
    KEYS_OF_SCENARIO,
    MAX_FIRMS,
    NEEDED_KEYS,
    Key,
)
from sim.scenario.keys import RESERVED_IDS, copy_ids, luck_key
from sim.scenario.model import Claim, Firm, Reported, Scenario, Value, values_at, with_values
from sim.scenario.node import MAX_TEXT, Node, list_of
from sim.scenario.removed import Removed
from sim.scenario.scope import Scope

MAX_MONTHS = 1800  # 150 years


def build(tree: Tree, set_paths: tuple[str, ...], notices: tuple[str, ...], errors: Gathered) -> Scenario | None:
    """The Scenario that ``tree`` states; ``set_paths`` are the paths that undated sets gave.

    What is wrong is kept in ``errors``; None where something is, now or before.
    """
    root, removed = tree.root, tree.removed
    gone = {path.partition(".")[0]: node for path, node in removed.nodes.items()}
    for key in NEEDED_KEYS:
        if key not in root.data and key in gone:
            raise gone[key].error(
                "null removes what every scenario needs", allowed=f"at the least {list_of(NEEDED_KEYS)}"
            )
    for key in NEEDED_KEYS:
        if key not in root.data:
            errors.add(root.error(f"the key {key} is missing", allowed=f"at the least {list_of(NEEDED_KEYS)}"))
    top = {key: root.spoilt() for key in NEEDED_KEYS} | root.data
    start, end = _horizon(top["start"], top["end"], errors)
    with errors.part():
        if not top["firms"].data:
            raise top["firms"].error("no firm", allowed=f"1 to {MAX_FIRMS} firms")
    if not top["firms"].data:
        return None  # whatever names a firm would be wrong
    firms = _firms(top["firms"], start, end, errors)
    groups = _groups(root.section("groups"), firms, removed, errors)
    assumptions, given = _assumptions(top.get("assumptions"), errors)
    firms, assumptions, calibrated = _calibrated(top.get("ensemble"), set_paths, firms, assumptions, errors)
    given |= calibrated.get("uncalibrated", {}).keys()
    given |= {f"firms.{id}.{key}" for id, entry in top["firms"].data.items() for key in entry.data}
    changes = changes_of(root, start, end, removed, errors)
    single = [firm.id for firm in firms if not firm.copies]
    scope = Scope(single, groups, start, end, removed=removed, errors=errors)
    claims, known = _claims(root.section("claims"), scope, KEYS_OF_CLAIM), root.section("facts")
    numbers = {id: node for id, node in known.items() if isinstance(node.data, dict) and "measure" in node.data}
    facts = _claims({id: node for id, node in known.items() if id not in numbers}, scope, KEYS_OF_FACT)
    reported = tuple(_reported(id, node, scope) for id, node in numbers.items())
    for id, node in known.items():
        if any(claim.id == id for claim in claims):
            allowed = f"an id that no claim has; {top['claims'].data[id].place} has it"
            errors.add(node.error("a claim and a fact of one id", found=id, allowed=allowed))
    said = _said(top, errors)
    for error in removed.errors():
        errors.add(error)
    if errors.errors:
        return None
    assert start is not None and end is not None
    stated = {"name": said["name"], **root.plain(), "worlds": said["worlds"], "seed": said["seed"]}
    return Scenario(
        **said,
        start=start,
        end=end,
        firms=firms,
        groups=groups,
        assumptions=assumptions,
        changes=changes,
        claims=claims,
        facts=facts,
        reported=reported,
        **calibrated,
        probes=proposition.sorted_probes(scope.probes),
        given=frozenset(given),
        resolved=freeze(stated),
        notices=(*notices, *overwritten(root, set_paths, changes)),
        places=places(root),
    )


def _calibrated(
    stated: Node | None,
    set_paths: tuple[str, ...],
    firms: tuple[Firm, ...],
    assumptions: Mapping[str, Value],
    errors: Gathered,
) -> tuple[tuple[Firm, ...], Mapping[str, Value], dict[str, Any]]:
    """``firms`` and ``assumptions`` with the draws of the ensemble that is ``stated``, which a ``--set`` wins over; and
    what the scenario says of it.
    """
    if stated is None or stated.data is None:
        return firms, assumptions, {}
    with errors.part():
        found = ensemble.read(Path(stated.text(limit=MAX_TEXT)), [firm.id for firm in firms])
        joint = {path: value for path, value in ensemble.values_of(found).items() if path not in set_paths}
        before = {path: value for path, value in values_at(firms, assumptions).items() if path in joint}
        said = {
            "ensemble": str(stated.data),
            "fitted_to": str(found.about["until"]),
            "uncalibrated": Frozen(before),
            "priors": Frozen({path: tuple(p) for path, p in found.about.get("priors", {}).items() if path in joint}),
        }
        return *with_values(firms, assumptions, joint), said
    return firms, assumptions, {}


def _horizon(start: Node, end: Node, errors: Gathered) -> tuple[int | None, int | None]:
    """First and last month; None for what is wrong."""
    first, last = errors.each(start.month, end.month)
    if first is None or last is None:
        return first, last
    with errors.part():
        if last < first:
            raise end.wrong("end before start", f"{month_text(first)} or later")
        if last - first + 1 > MAX_MONTHS:
            allowed = f"at most {MAX_MONTHS:,} months: up to {month_text(first + MAX_MONTHS - 1)}"
            raise end.wrong(f"a run of {last - first + 1:,} months", allowed)
        return first, last
    return None, None


def _said(top: dict[str, Node], errors: Gathered) -> dict[str, Any]:
    """What the top says by itself: name, title, description, currency, worlds and seed."""
    said = {name: key.default for name, key in KEYS_OF_SCENARIO.items() if key.read is not None}
    for name in said:
        with errors.part():
            said[name] = KEYS_OF_SCENARIO[name].of(top, name)
    return {**said, "title": said["name"] if said["title"] is None else said["title"]}


def _firms(section: Node, start: int | None, end: int | None, errors: Gathered) -> tuple[Firm, ...]:
    """Every firm and class, in file order; ids, names and keys clash with none other."""
    firms = tuple(_firm(id, node, start, end, errors) for id, node in section.data.items())
    total = sum(max(1, firm.copies) for firm in firms)
    if total > MAX_FIRMS:
        found = f"{total}, copies included"
        raise section.error("too many firms", found=found, allowed=f"1 to {MAX_FIRMS}")
    declared, names, keys = section.data, dict[str, str](), dict[int, str]()
    for firm in firms:
        with errors.part():
            _unlike(firm, declared, names, keys)
    return firms


def _unlike(firm: Firm, declared: dict[str, Node], names: dict[str, str], keys: dict[int, str]) -> None:
    """InputError if ``firm`` has the id, the name or the key of another; else its own are added to those taken."""
    node = declared[firm.id]
    if firm.id in RESERVED_IDS:
        raise node.error("a reserved id", found=firm.id, allowed=f"any id but {list_of(RESERVED_IDS)}")
    if firm.name in names:
        raise node.error("a firm named twice", found=firm.name, allowed=f"a name that {names[firm.name]} does not have")
    names[firm.name] = f"firms.{firm.id}"
    for id in copy_ids(firm.id, firm.copies):
        if firm.copies and id in declared:
            raise declared[id].error("the id of a copy", found=id, allowed=f"an id that firms.{firm.id} does not make")
        other = keys.setdefault(luck_key(id), id)
        if other != id:
            raise node.error(f"the id {id} has the same 32-bit key as {other}", found=id, allowed="another id")


def _firm(id: str, node: Node, start: int | None, end: int | None, errors: Gathered) -> Firm:
    entries = node.fields((*KEYS_OF_FIRM, *FIRM_ASSUMPTIONS), errors=errors)
    stated: dict[str, Value] = {}
    for name, assumption in FIRM_ASSUMPTIONS.items():
        stated[name] = Value("number", (float(assumption.default),), assumption.source)
        if name in entries:
            with errors.part():
                within = values.range_of("set", assumption).within(start, end)
                stated[name] = values.parse(entries[name], within, fixed=values.why_fixed(assumption))
    title, kind, copies, enters, listed, pivoted = errors.each(
        lambda: KEYS_OF_FIRM["name"].of(entries, "name", id),
        lambda: KEYS_OF_FIRM["kind"].of(entries, "kind"),
        lambda: KEYS_OF_FIRM["copies"].of(entries, "copies"),
        lambda: _enters(entries["enters"], end) if "enters" in entries else start,
        lambda: _before_the_start(entries.get("listed"), id, start, "lists"),
        lambda: _before_the_start(entries.get("pivoted"), id, start, "pivots"),
    )
    return Firm(id, title or id, kind or FIRM_KINDS[0], enters, listed, pivoted, copies or 0, Frozen(stated))


def _enters(node: Node, end: int | None) -> int | None:
    return None if node.data is None else node.month(FIRST_MONTH, end)


def _before_the_start(node: Node | None, id: str, start: int | None, decision: str) -> int | None:
    """The month in which a firm listed or pivoted before the start; None: it has not, and the rules decide.

    ``decision`` is what may force it later.
    """
    if node is None or node.data is None:
        return None
    month = node.month()
    if start is not None and month >= start:
        raise node.wrong(
            "not before the start: this key says how a firm starts, later on the rules decide",
            f"a month before the start {month_text(start)}, or null; to force it later: firms.{id}.{decision}",
        )
    return month


def _groups(
    section: Mapping[str, Node], firms: tuple[Firm, ...], removed: Removed, errors: Gathered
) -> Mapping[str, tuple[str, ...]]:
    """Group id -> ids of firms and classes: startups and giants, every class alone, and those of the file."""
    ids = [firm.id for firm in firms]
    groups = {f"{kind}s": tuple(firm.id for firm in firms if firm.kind == kind) for kind in FIRM_KINDS}
    groups |= {firm.id: (firm.id,) for firm in firms if firm.copies}
    taken = {id for firm in firms for id in (firm.id, *copy_ids(firm.id, firm.copies))}
    for id, node in section.items():
        groups.setdefault(id, ())  # what names it is not wrong, even if its list is
        with errors.part():
            if id in RESERVED_IDS or id in taken:
                problem = "a reserved id" if id in RESERVED_IDS else "the id of a firm"
                allowed = "an id that no firm has, nor all, market, startups or giants"
                raise node.error(problem, found=id, allowed=allowed)
            items = node.items("a list of firm ids, each once", 1)
            members = tuple(errors.each(*(partial(_member, item, ids, removed) for item in items)))
            if len(set(members)) < len(members) and None not in members:
                raise node.wrong("a firm named twice", "each firm once")
            groups[id] = members
    return Frozen(groups)


def _member(item: Node, ids: list[str], removed: Removed) -> str:
    removed.refuse(f"firms.{item.data}", item)
    return item.choice(ids, "a firm of this scenario")


def _assumptions(section: Node | None, errors: Gathered) -> tuple[Mapping[str, Value], set[str]]:
    """Every assumption of the catalogue with its Value, and the paths that the scenario states."""
    complete = {
        path: Value("number", (float(declared.default),), declared.source) for path, declared in ASSUMPTIONS.items()
    }
    given: set[str] = set()
    names = {mechanism.name: [a.name for a in mechanism.all_assumptions()] for mechanism in MECHANISMS}
    for mechanism, node in (section.fields(tuple(names), errors=errors) if section is not None else {}).items():
        for name, entry in node.data.items():
            path = f"assumptions.{mechanism}.{name}"
            with errors.part():
                if name not in names[mechanism]:
                    near = nearest_of(name, names[mechanism]) or nearest_of(path, ASSUMPTIONS)
                    raise entry.error("unknown key", found=name, allowed=list_of(names[mechanism]), nearest=near)
                declared = ASSUMPTIONS[path]
                complete[path] = values.parse(entry, values.range_of("set", declared), fixed=values.why_fixed(declared))
                given.add(path)
    return Frozen(complete), given


def _claims(section: Mapping[str, Node], scope: Scope, keys: Mapping[str, Key]) -> tuple[Claim, ...]:
    """The claims (or, with the key ``happened``, the events among the facts) of a section."""
    return tuple(_claim(id, node, scope, keys) for id, node in section.items())


def _claim(id: str, node: Node, scope: Scope, keys: Mapping[str, Key]) -> Claim:
    required = ("when", "happened") if "happened" in keys else ("when",)
    entries = node.fields(keys, required, scope.errors)
    given = entries.get("given")
    says, source, when, only_if, happened, kind, before = scope.errors.each(
        lambda: KEYS_OF_CLAIM["says"].of(entries, "says"),
        lambda: KEYS_OF_CLAIM["source"].of(entries, "source"),
        lambda: proposition.parse(entries["when"], scope),
        lambda: None if given is None or given.data is None else proposition.parse(given, scope),
        lambda: KEYS_OF_FACT["happened"].of(entries, "happened"),
        lambda: KEYS_OF_FACT["class"].of(entries, "class"),
        lambda: KEYS_OF_FACT["before"].of(entries, "before"),
    )
    return Claim(id, says, source, when, only_if, happened, kind, before)


def _reported(id: str, node: Node, scope: Scope) -> Reported:
    entries = node.fields(KEYS_OF_REPORTED, ("measure", "reported"), scope.errors)
    given, keys = entries.get("given"), KEYS_OF_REPORTED
    measure, only_if, reported, *rest = scope.errors.each(
        lambda: freeze(amount(entries["measure"], scope)),
        lambda: None if given is None or given.data is None else proposition.parse(given, scope),
        lambda: keys["reported"].of(entries, "reported"),
        *(
            partial(keys[name].of, entries, name)
            for name in ("says", "source", "tolerance", "class", "before", "too_low", "too_high")
        ),
    )
    says, source, tolerance, kind, before, too_low, too_high = rest
    low, high = reported or (math.nan, math.nan)
    return Reported(id, says, source, measure, only_if, low, high, tolerance, kind, before, too_low, too_high)
