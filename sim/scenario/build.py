"""A merged tree of nodes becomes a validated Scenario; the first thing that is wrong is said and nothing is built.

Plain functions rather than pydantic models: every message names file, line, key, what was found, what is allowed and
the nearest valid key, and the allowed keys and bounds come from the catalogue at run time.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.foundation.columns import KINDS
from sim.foundation.currency import DEFAULT_CURRENCY
from sim.foundation.errors import nearest_of
from sim.laws.catalogue import ASSUMPTIONS, FIRM_ASSUMPTIONS, MECHANISMS
from sim.scenario import proposition
from sim.scenario import value as values
from sim.scenario.dates import FIRST_YEAR, month_text
from sim.scenario.events import changes_of, overwritten, places
from sim.scenario.frozen import Frozen, freeze
from sim.scenario.keys import ID_RULE, RESERVED_IDS, copy_ids, firm_key, is_id
from sim.scenario.model import Claim, Firm, Scenario, Value
from sim.scenario.node import MAX_TEXT, Node, list_of
from sim.scenario.override import FIRM_KEYS

MAX_MONTHS = 600
MAX_WORLDS = 10_000_000
MAX_SEED = 2**32 - 1
MAX_FIRMS = 2000
DEFAULT_WORLDS = 10_000
DEFAULT_SEED = 1
CLAIM_KEYS = ("says", "source", "when", "given")
FACT_KEYS = (*CLAIM_KEYS, "happened")


def build(root: Node, set_paths: tuple[str, ...] = (), notices: tuple[str, ...] = ()) -> Scenario:
    """The Scenario that ``root`` states; ``set_paths`` are the paths that undated sets gave."""
    top = root.data
    for key in ("start", "end", "firms"):
        if key not in top:
            raise root.error(f"the key {key} is missing", allowed="at the least start, end and firms")
    start = top["start"].month()
    end = top["end"].month()
    if end < start:
        raise top["end"].wrong("end before start", f"{month_text(start)} or later")
    if end - start + 1 > MAX_MONTHS:
        raise top["end"].wrong(f"a horizon of {end - start + 1} months", f"at most {MAX_MONTHS} months")
    name = top["name"].text() if "name" in top else "scenario"
    if not is_id(name):
        raise top["name"].wrong("not a name for a folder", f"{ID_RULE}; a title may hold any text")
    worlds = top["worlds"].whole(1, MAX_WORLDS) if "worlds" in top else DEFAULT_WORLDS
    seed = top["seed"].whole(0, MAX_SEED) if "seed" in top else DEFAULT_SEED
    firms = _firms(top["firms"], start, end)
    groups = _groups(top.get("groups"), firms)
    assumptions, given = _assumptions(top.get("assumptions"))
    given |= {f"firms.{id}.{key}" for id, entry in top["firms"].data.items() for key in entry.data}
    changes = changes_of(root, start, end)
    scope = proposition.Scope(
        [firm.id for firm in firms if not firm.copies],
        [firm.id for firm in firms if firm.copies],
        groups,
        start,
        end,
        giants=groups["giants"],
    )
    claims, facts = _claims(top.get("claims"), scope, CLAIM_KEYS), _claims(top.get("facts"), scope, FACT_KEYS)
    stated = {"name": name, **root.plain(), "worlds": worlds, "seed": seed}
    return Scenario(
        name=name,
        title=top["title"].text() if "title" in top else name,
        description=top["description"].text(MAX_TEXT, lines=True) if "description" in top else "",
        currency=top["currency"].text() if "currency" in top else DEFAULT_CURRENCY,
        start=start,
        end=end,
        worlds=worlds,
        seed=seed,
        firms=firms,
        groups=groups,
        assumptions=assumptions,
        changes=changes,
        claims=claims,
        facts=facts,
        probes=proposition.sorted_probes(scope.probes),
        given=frozenset(given),
        resolved=freeze(stated),
        notices=(*notices, *overwritten(root, set_paths, changes)),
        places=places(root),
    )


def _firms(section: Node, start: int, end: int) -> tuple[Firm, ...]:
    """Every firm and class, in file order; ids, names and keys clash with none other."""
    if not section.data:
        raise section.error("no firm", allowed=f"1 to {MAX_FIRMS} firms")
    firms = tuple(_firm(id, node, start, end) for id, node in section.data.items())
    total = sum(max(1, firm.copies) for firm in firms)
    if total > MAX_FIRMS:
        raise section.error("too many firms", found=f"{total}, copies included", allowed=f"1 to {MAX_FIRMS}")
    declared, names, keys = section.data, dict[str, str](), dict[int, str]()
    for firm in firms:
        node = declared[firm.id]
        if firm.id in RESERVED_IDS:
            raise node.error("a reserved id", found=firm.id, allowed=f"any id but {list_of(RESERVED_IDS)}")
        if firm.name in names:
            raise node.error(
                "a firm named twice", found=firm.name, allowed=f"a name that {names[firm.name]} does not have"
            )
        names[firm.name] = f"firms.{firm.id}"
        for id in copy_ids(firm.id, firm.copies):
            if firm.copies and id in declared:
                raise declared[id].error(
                    "the id of a copy", found=id, allowed=f"an id that firms.{firm.id} does not make"
                )
            other = keys.setdefault(firm_key(id), id)
            if other != id:
                raise node.error(f"the id {id} has the same 32-bit key as {other}", found=id, allowed="another id")
    return firms


def _firm(id: str, node: Node, start: int, end: int) -> Firm:
    entries = node.fields((*FIRM_KEYS, *FIRM_ASSUMPTIONS))
    enters = entries.get("enters")
    stated: dict[str, Value] = {}
    for name, assumption in FIRM_ASSUMPTIONS.items():
        if name in entries:
            stated[name] = values.parse(entries[name], values.range_of("set", assumption))
        else:
            stated[name] = Value("number", (float(assumption.default),), assumption.source)
    title = entries["name"].text() if "name" in entries else id
    if not title.strip():
        raise entries["name"].wrong("an empty name", "a printable name")
    return Firm(
        id=id,
        name=title,
        kind=entries["kind"].choice(KINDS, "a kind of firm") if "kind" in entries else KINDS[0],
        enters=start if enters is None else None if enters.data is None else enters.month(FIRST_YEAR * 12, end),
        listed=_before_the_start(entries.get("listed"), id, start, "listing_appetite"),
        pivoted=_before_the_start(entries.get("pivoted"), id, start, "pivot_readiness"),
        copies=entries["copies"].whole(0, MAX_FIRMS) if "copies" in entries else 0,
        values=Frozen(stated),
    )


def _before_the_start(node: Node | None, id: str, start: int, trait: str) -> int | None:
    """The month in which a firm listed or pivoted before the start; None: it has not, and the rules decide.

    ``trait`` is what an event may change to hasten or hold up what the rules decide.
    """
    if node is None or node.data is None:
        return None
    month = node.month()
    if month >= start:
        raise node.wrong(
            "not before the start: this key says how a firm starts, later on the rules decide",
            f"a month before the start {month_text(start)}, or null; instead an event may change firms.{id}.{trait}",
        )
    return month


def _groups(section: Node | None, firms: tuple[Firm, ...]) -> Mapping[str, tuple[str, ...]]:
    """Group id -> ids of firms and classes: startups and giants, every class alone, and those of the file."""
    ids = [firm.id for firm in firms]
    groups = {f"{kind}s": tuple(firm.id for firm in firms if firm.kind == kind) for kind in KINDS}
    groups |= {firm.id: (firm.id,) for firm in firms if firm.copies}
    taken = {id for firm in firms for id in (firm.id, *copy_ids(firm.id, firm.copies))}
    for id, node in (section.data if section is not None else {}).items():
        if id in RESERVED_IDS or id in taken:
            problem = "a reserved id" if id in RESERVED_IDS else "the id of a firm"
            raise node.error(problem, found=id, allowed="an id that no firm has, nor all, market, startups or giants")
        items = node.items("a list of firm ids, each once", 1)
        members = tuple(item.choice(ids, "a firm of this scenario") for item in items)
        if len(set(members)) < len(members):
            raise node.wrong("a firm named twice", "each firm once")
        groups[id] = members
    return Frozen(groups)


def _assumptions(section: Node | None) -> tuple[Mapping[str, Value], set[str]]:
    """Every assumption of the catalogue with its Value, and the paths that the scenario states."""
    complete = {
        path: Value("number", (float(declared.default),), declared.source) for path, declared in ASSUMPTIONS.items()
    }
    given: set[str] = set()
    names = {mechanism.name: [a.name for a in mechanism.all_assumptions()] for mechanism in MECHANISMS}
    for mechanism, node in (section.fields(tuple(names)) if section is not None else {}).items():
        for name, entry in node.mapping().items():
            path = f"assumptions.{mechanism}.{name}"
            if name not in names[mechanism]:
                near = nearest_of(name, names[mechanism]) or nearest_of(path, ASSUMPTIONS)
                raise entry.error("unknown key", found=name, allowed=list_of(names[mechanism]), nearest=near)
            complete[path] = values.parse(entry, values.range_of("set", ASSUMPTIONS[path]))
            given.add(path)
    return Frozen(complete), given


def _claims(section: Node | None, scope: proposition.Scope, keys: tuple[str, ...]) -> tuple[Claim, ...]:
    """The claims (or, with the key ``happened``, the facts) of a section."""
    claims = []
    for id, node in (section.data if section is not None else {}).items():
        required = ("when", "happened") if "happened" in keys else ("when",)
        entries = node.fields(keys, required)
        given = entries.get("given")
        claims.append(
            Claim(
                id=id,
                says=entries["says"].text(MAX_TEXT, lines=True) if "says" in entries else "",
                source=entries["source"].text() if "source" in entries else values.ASSUMED,
                when=proposition.parse(entries["when"], scope),
                given=None if given is None or given.data is None else proposition.parse(given, scope),
                happened=entries["happened"].flag() if "happened" in entries else None,
            )
        )
    return tuple(claims)
