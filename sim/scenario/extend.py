"""From a path to one tree of nodes: files are read, and a file that ``extends`` another is laid over it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from sim.foundation.errors import InputError, nearest_of, shown
from sim.scenario.dates import month_of
from sim.scenario.keys import ID_RULE, is_id
from sim.scenario.node import Node
from sim.scenario.yaml_text import read

MAX_BYTES = 500_000
MAX_FILES = 8
TOP_KEYS = (
    "name",
    "title",
    "description",
    "extends",
    "currency",
    "start",
    "end",
    "worlds",
    "seed",
    "firms",
    "groups",
    "assumptions",
    "events",
    "claims",
    "facts",
)
SECTIONS = ("firms", "groups", "assumptions", "events", "claims", "facts")
REMOVABLE = ("firms", "groups", "events", "claims", "facts")  # sections whose entries ``null`` removes
Horizon = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """A merged scenario before validation; ``horizons`` holds the horizon each file was written for."""

    root: Node
    horizons: dict[str | None, Horizon] = field(default_factory=dict)


def tree_of_file(path: str | Path) -> Tree:
    """The file at ``path`` laid over those it extends. InputError for whatever is wrong with any of them."""
    name = shown(str(path), 300)
    text = _text(path, name)
    return _laid(read(text, name), Path(path), Path(path).parent, (os.path.realpath(path),))


def tree_of_node(root: Node) -> Tree:
    """A scenario that came as a text or a dict; it has no folder to extend from."""
    _check_shape(root)
    if "extends" in root.data:
        raise root.data["extends"].wrong("nothing to extend from", "extends only in a scenario that is a file")
    return _over(None, root)


def _laid(root: Node, path: Path, folder: Path, seen: tuple[str, ...]) -> Tree:
    """``root``, read from ``path``, laid over what it extends; nothing outside ``folder`` is read."""
    _check_shape(root)
    if "name" not in root.data:
        root = root.replaced({**root.data, "name": Node(path.stem, "name", root.file, 1)})
    entry = root.data.get("extends")
    if entry is None:
        return _over(None, root)
    target = path.parent / entry.text(limit=1000)
    real = os.path.realpath(target)
    if not Path(real).is_relative_to(os.path.realpath(folder)):
        raise entry.wrong("extends a file outside the folder", f"a file in {shown(str(folder), 300)}")
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
    base = _laid(read(text, shown(str(target), 300)), target, folder, (*seen, real))
    return _over(base, root)


def _text(path: str | Path, name: str) -> str:
    """The text of the file at ``path``, or an InputError that names it as ``name``."""
    try:
        file = Path(path)
        if file.is_dir():
            raise InputError(
                "is a folder", file=name, allowed="a scenario file", nearest=_nearest_file(file, "scenario.yaml")
            )
        if not file.exists():
            raise InputError(
                "no such file", file=name, allowed="a scenario file", nearest=_nearest_file(file.parent, file.name)
            )
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
    """The scenario file in ``folder`` whose name comes closest to ``name``."""
    try:
        names = sorted(file.name for file in folder.iterdir() if file.suffix in (".yaml", ".yml"))
    except OSError:
        return None
    near = nearest_of(name, names) or nearest_of(name + ".yaml", names) or (names[0] if len(names) == 1 else None)
    return str(folder / near) if near else None


def _check_shape(root: Node) -> None:
    """The top is a mapping of known keys; its sections are mappings of ids, and their entries are mappings."""
    if root.data is None:
        raise root.error("empty", allowed="a scenario; at the least start, end and firms")
    for name, section in root.fields(TOP_KEYS).items():
        if name not in SECTIONS:
            continue
        for id, entry in section.mapping().items():
            if name != "assumptions" and not is_id(id):
                raise entry.error("not an id", found=id, allowed=ID_RULE)
            if name != "groups" and not (entry.data is None and name in REMOVABLE):
                entry.mapping()


def _over(base: Tree | None, over: Node) -> Tree:
    """``over`` laid over ``base``, with the horizon that then holds remembered for the file of ``over``."""
    bare = over.replaced({key: node for key, node in over.data.items() if key != "extends"})
    root = merged(base.root if base else over.replaced({}), bare)
    horizons = dict(base.horizons) if base else {}
    span = horizon_of(root)
    if span is not None:
        horizons[over.file] = span
    return Tree(root, horizons)


def horizon_of(root: Node) -> Horizon | None:
    """(start, end) as calendar months, where both are stated and exist."""
    dates = [root.data[key].data if key in root.data else None for key in ("start", "end")]
    start, end = (month_of(date) if isinstance(date, str) else None for date in dates)
    return None if start is None or end is None else (start, end)


def merged(base: Node, over: Node, path: tuple[str, ...] = ()) -> Node:
    """``over`` laid over ``base``: mappings merge, values replace as a whole, ``null`` removes an entry."""
    entries = dict(base.data)
    for key, node in over.data.items():
        here = (*path, key)
        if node.data is None and len(here) == 2 and here[0] in REMOVABLE:
            if key not in entries:
                what = here[0].removesuffix("s")
                raise node.error(
                    f"null removes an inherited {what}; none is called so", nearest=nearest_of(key, entries)
                )
            del entries[key]
        elif isinstance(node.data, dict) and _merges(here):
            below = entries.get(key)
            empty = node.replaced({})
            entries[key] = merged(below if below and isinstance(below.data, dict) else empty, node, here)
        else:
            entries[key] = node
    return over.replaced(entries)


def _merges(path: tuple[str, ...]) -> bool:
    """True where a mapping is a collection of named things rather than one value."""
    if path[0] not in SECTIONS:
        return False
    return len(path) == 1 or (len(path) == 2 and path[0] != "groups") or (path[0] == "events" and path[2:] == ("set",))
