"""From a path to one tree of nodes: files are read, and a file that ``extends`` another is laid over it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from sim.foundation.currency import DEFAULT_CURRENCY
from sim.foundation.errors import Gathered, InputError, nearest_of, shown
from sim.foundation.months import month_of
from sim.scenario import shipped
from sim.scenario.grammar import KEYS_OF_SCENARIO, SECTIONS
from sim.scenario.keys import ID_RULE, is_id
from sim.scenario.node import Node, list_of
from sim.scenario.removed import Removed, is_value
from sim.scenario.yaml_text import read

MAX_BYTES = 500_000
MAX_FILES = 8
Horizon = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """A merged scenario before validation.

    ``horizons`` and ``currencies`` hold those each file was written for, ``removed`` what its nulls took out.
    """

    root: Node
    horizons: dict[str | None, Horizon] = field(default_factory=dict)
    currencies: dict[str | None, str] = field(default_factory=dict)
    removed: Removed = field(default_factory=Removed)


def tree_of_file(path: str | Path, errors: Gathered) -> Tree:
    """The file at ``path``, or the shipped scenario of that name, laid over those it extends.

    ``errors`` gathers what is wrong with any of them; InputError where nothing more can be said of it.
    """
    path = shipped.file_of(path)
    name = shown(str(path), 300)
    root = read(_text(path, name), name, errors=errors)
    return _laid(root, path, path.parent, (os.path.realpath(path),), errors)


def tree_of_node(root: Node, errors: Gathered) -> Tree:
    """A scenario that came as a text or a dict; it has no folder to extend from."""
    root = _shaped(root, errors)
    if "extends" in root.data:
        raise root.data["extends"].wrong("nothing to extend from", "extends only in a scenario that is a file")
    return _over(None, root, errors)


def _laid(root: Node, path: Path, folder: Path, seen: tuple[str, ...], errors: Gathered) -> Tree:
    """``root``, read from ``path``, laid over what it extends: a file in ``folder`` or below, or a shipped scenario."""
    root = _shaped(root, errors)
    if (entry := root.data.get("ensemble")) is not None and entry.data is not None:
        root = root.replaced({key: node for key, node in root.data.items() if key != "ensemble"})
        with errors.part():
            root = root.replaced({**root.data, "ensemble": entry.replaced(str(_beside(entry, path)))})
    if "name" not in root.data:
        root = root.replaced({**root.data, "name": Node(path.stem, "name", root.file, 1)})
    entry = root.data.get("extends")
    if entry is None:
        return _over(None, root, errors)
    said = entry.text(limit=1000)
    target = path.parent / said
    own = shipped.named(said)
    if own is not None and not target.is_file():
        target, folder = own, own.parent
    real = os.path.realpath(target)
    if not Path(real).is_relative_to(os.path.realpath(folder)):
        raise entry.wrong(
            "extends a file outside the folder",
            f"a file in {shown(str(folder), 300)}; or the name of a shipped scenario",
        )
    if real in seen:
        raise entry.wrong("an extends loop", "a file that does not, in the end, extend this one")
    if len(seen) >= MAX_FILES:
        raise entry.wrong("too many files extend each other", f"at most {MAX_FILES}")
    try:
        text = _text(target, shown(str(target), 300))
    except InputError as error:
        raise entry.wrong(
            f"cannot extend: {error.problem}", error.allowed or "a scenario file", error.nearest
        ) from None
    below = read(text, shown(str(target), 300), errors=errors)
    return _over(_laid(below, target, folder, (*seen, real), errors), root, errors)


def _beside(entry: Node, path: Path) -> Path:
    """The file that a scenario at ``path`` names: in its folder or below."""
    target = path.parent / entry.text(limit=1000)
    if not Path(os.path.realpath(target)).is_relative_to(os.path.realpath(path.parent)):
        raise entry.wrong("a file outside the folder", f"a file in {shown(str(path.parent), 300)} or below")
    return target


def _text(path: str | Path, name: str) -> str:
    """The text of the file at ``path``, or an InputError that names it as ``name``."""
    try:
        file = Path(path)
        if file.is_dir():
            raise InputError(
                "is a folder", file=name, allowed="a scenario file", nearest=_nearest_file(file, "scenario.yaml")
            )
        if not file.exists():
            allowed = shipped.known(file.name)
            raise InputError("no such file", file=name, allowed=allowed, nearest=_nearest_file(file.parent, file.name))
        if not file.is_file():
            raise InputError("not a regular file", file=name, allowed="a scenario file")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
            size = os.fstat(stream.fileno()).st_size
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot be read: {reason}", file=name, allowed="a scenario file") from None
    if len(data) > MAX_BYTES:
        raise InputError("too large", file=name, found=f"{size:,} bytes", allowed=f"at most {MAX_BYTES:,} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            "not UTF-8 text", file=name, line=line, found=f"byte 0x{data[error.start]:02x}", allowed="a text in UTF-8"
        ) from None


def _nearest_file(folder: Path, name: str) -> str | None:
    """The scenario file in ``folder``, or the name of a shipped one, that comes closest to ``name``."""
    try:
        names = sorted(file.name for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    except OSError:
        names = []
    near = nearest_of(name, names) or nearest_of(name + ".yaml", names)
    if near is None:
        own = nearest_of(Path(name).stem, shipped.names())
        if own is not None or len(names) != 1:
            return own
    return str(folder / (near or names[0]))


def _shaped(root: Node, errors: Gathered) -> Node:
    """``root`` as a mapping of known keys whose sections are mappings of ids, and their entries mappings.

    What is not is kept in ``errors``, and empty and flawed in the answer.
    """
    if root.data is None:
        raise root.error("empty", allowed="a scenario; at the least start, end and firms")
    top = root.fields(KEYS_OF_SCENARIO, errors=errors)
    for name in SECTIONS:
        if name in top and (top[name].data is not None or top[name].flawed):
            top[name] = _section(name, top[name], errors)
    return root.replaced(top)


def _section(name: str, section: Node, errors: Gathered) -> Node:
    if not isinstance(section.data, dict):
        errors.add(section.wrong("not a mapping", "a mapping (key: value)"))
        return section.spoilt({})
    entries = dict(section.data)
    for id, entry in section.data.items():
        if name != "assumptions" and not is_id(id):
            errors.add(entry.error("not an id", found=id, allowed=ID_RULE))
            entries[id] = entry.spoilt({})
        elif name != "groups" and not isinstance(entry.data, dict) and (entry.data is not None or entry.flawed):
            errors.add(entry.wrong("not a mapping", "a mapping (key: value)"))
            entries[id] = entry.spoilt({})
    return section.replaced(entries)


def _over(base: Tree | None, over: Node, errors: Gathered) -> Tree:
    """``over`` laid over ``base``; the horizon and the currency that then hold are those of the file of ``over``."""
    bare = over.replaced({key: node for key, node in over.data.items() if key != "extends"})
    tree = base or Tree(over.replaced({}))
    removed = dict(tree.removed.nodes)
    root = merged(tree.root, bare, removed, errors)
    span, currency = horizon_of(root), root.data.get("currency")
    horizons = tree.horizons | ({over.file: span} if span is not None else {})
    label = currency.data if currency is not None and isinstance(currency.data, str) else DEFAULT_CURRENCY
    return Tree(root, horizons, tree.currencies | {over.file: label}, Removed(removed))


def horizon_of(root: Node) -> Horizon | None:
    """(start, end) as calendar months, where both are stated and exist."""
    start, end = (month_of(root.data[key].data) if key in root.data else None for key in ("start", "end"))
    return None if start is None or end is None else (start, end)


def merged(base: Node, over: Node, removed: dict[str, Node], errors: Gathered, path: tuple[str, ...] = ()) -> Node:
    """``over`` laid over ``base``: mappings merge, values replace as a whole, ``null`` removes an entry.

    ``removed`` is told of every entry that a null removed, under its path; what comes back is struck out there.
    """
    entries = dict(base.data)
    for key, node in over.data.items():
        here = (*path, key)
        name = ".".join(here)
        if node.data is None and node.flawed:
            entries.setdefault(key, node)
        elif node.data is None and not is_value(here):
            if key in entries:
                gone = entries.pop(key)
                removed |= (
                    {f"{key}.{id}": node for id in gone.data} if len(here) == 1 and key in SECTIONS else {name: node}
                )
            else:
                allowed = list_of(tuple(entries)) or "no null: nothing is inherited here"
                near = nearest_of(key, entries)
                errors.add(
                    node.error("null removes what is inherited; none is called so", allowed=allowed, nearest=near)
                )
        else:
            removed.pop(name, None)
            if isinstance(node.data, dict) and _merges(here):
                below = entries.get(key)
                under = below if below and isinstance(below.data, dict) else node.replaced({})
                entries[key] = merged(under, node, removed, errors, here)
            else:
                entries[key] = node
    return over.replaced(entries)


def _merges(path: tuple[str, ...]) -> bool:
    """True where a mapping is a collection of named things rather than one value."""
    if path[0] not in SECTIONS:
        return False
    return len(path) == 1 or (len(path) == 2 and path[0] != "groups") or (path[0] == "events" and path[2:] == ("set",))
