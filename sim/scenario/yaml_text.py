"""YAML text to nodes and back: the only file that imports ruamel.

The text is read as a stream of parser events, so that nothing is built before it is known to be harmless: no tag,
no anchor or alias, no key twice, bounded size and depth. Plain scalars are read by the YAML 1.2 core schema (null,
true and false, numbers); everything else, dates included, stays text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from sim.foundation.errors import NOT_GATHERED, Gathered, InputError, shown
from sim.scenario.frozen import thaw
from sim.scenario.model import ENSEMBLE_FILE, Scenario
from sim.scenario.node import MAX_DEPTH, MAX_NODES, Node, child_key

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
EMPTY = "null, written out, to remove what is inherited; to leave that as it is, delete the key or put # before it"
_EXACT_DIGITS = 15  # whole numbers of more digits are read as floats


def read(text: str, file: str | None = None, key: str = "", errors: Gathered = NOT_GATHERED) -> Node:
    """The node of one YAML document; its keys begin with ``key``. InputError if it is not harmless YAML.

    A key given twice or left empty is added to ``errors``, and reading goes on.
    """
    return _Reader(text, file, key, errors).document()


def to_yaml(scenario: Scenario) -> str:
    """``scenario`` as one file that runs again to the same result: what it extends is merged in, dated sets are
    events, defaults stay defaults.
    """
    stated = thaw(scenario.resolved)
    if scenario.ensemble:
        stated["ensemble"] = ENSEMBLE_FILE
    return yaml_of(stated)


def yaml_of(data: Mapping[str, Any]) -> str:
    """Plain ``data`` as YAML, its keys in their order."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None  # mappings of scalars on one line
    yaml.allow_unicode = True
    yaml.width = 1_000_000
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


class _Reader:
    """One pass over the events of one text."""

    def __init__(self, text: str, file: str | None, key: str, errors: Gathered) -> None:
        self.text, self.file, self.key, self.errors = text, file, key, errors
        self.events = self._events()
        self.left = MAX_NODES

    def _events(self) -> Iterator[Event]:
        """The parser's events; whatever it stumbles over becomes an InputError."""
        try:
            yield from YAML(typ="safe", pure=True).parse(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark is not None else None
            problem = " ".join(part for part in (error.context, error.problem) if part)
            raise self.error(f"not valid YAML: {shown(problem, 200)}", line) from None
        except Exception as error:  # the parser also lets plain errors through on odd escapes and characters
            raise self.error(
                f"not valid YAML: {shown(str(error).splitlines()[0], 200) if str(error) else ''}"
            ) from None

    def error(self, problem: str, line: int | None = None, **parts: Any) -> InputError:
        line = None if self.key else line  # a text with a key of its own is part of a command
        return InputError(problem, file=self.file, line=line, key=self.key or None, **parts)

    def document(self) -> Node:
        """The only document of the stream."""
        root: Node | None = None
        for event in self.events:
            if not isinstance(event, DocumentStartEvent):
                continue
            if root is not None:
                raise self.error("a second document", event.start_mark.line + 1, allowed="one document a file")
            root = self.node(next(self.events), self.key, None, 0)
        return root if root is not None else Node(None, self.key, self.file, 1)

    def harmless(self, event: Event, depth: int) -> int:
        """The line on which the node of ``event`` begins; refuses tags, anchors, aliases and what is too large."""
        here: int = event.start_mark.line + 1
        self.left -= 1
        if self.left < 0:
            raise self.error("too much data", here, allowed=f"{MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise self.error("nested too deeply", here, allowed=f"{MAX_DEPTH} levels")
        anchor, tag = getattr(event, "anchor", None), getattr(event, "ctag", None)
        if isinstance(event, AliasEvent) or anchor is not None:
            raise self.error("an anchor or alias", here, found=anchor, allowed="plain YAML without & and *")
        if tag is not None:
            raise self.error("a tag", here, found=str(tag), allowed="plain YAML without !")
        return here

    def node(self, event: Event, key: str, line: int | None, depth: int) -> Node:
        """The node that begins with ``event``; ``line`` is that of its key."""
        line = line or self.harmless(event, depth)
        if isinstance(event, ScalarEvent):
            if event.style is None and event.value == "" and depth:
                self.errors.add(InputError("left empty", file=self.file, line=line, key=key, allowed=EMPTY))
                return Node(None, key, self.file, line, True)
            data = event.value if event.style is not None else scalar(event.value)
            return Node(data, key, self.file, line)
        if isinstance(event, SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), SequenceEndEvent):
                items.append(self.node(event, f"{key}[{len(items)}]", None, depth + 1))
            return Node(tuple(items), key, self.file, line)
        assert isinstance(event, MappingStartEvent)
        return Node(self.entries(key, depth), key, self.file, line)

    def entries(self, key: str, depth: int) -> dict[str, Node]:
        """The entries of the mapping that has just begun."""
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = self.harmless(event, depth + 1)
            if not isinstance(event, ScalarEvent):
                raise self.error(
                    "a key that is no text",
                    line,
                    found=self.node(event, key, line, depth + 1).plain(),
                    allowed="text keys",
                )
            path = child_key(key, event.value)
            first = entries.get(event.value)
            if first is not None:
                problem = f"given twice, first on line {first.line}"
                self.errors.add(InputError(problem, file=self.file, line=line, key=path, allowed="each key once"))
            value = next(self.events)
            self.harmless(value, depth + 1)
            node = self.node(value, path, line, depth + 1)
            entries[event.value] = node if first is None else first.spoilt(first.data)
        return entries


def scalar(text: str) -> Any:
    """What a plain scalar stands for: None, a bool, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) <= _EXACT_DIGITS:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text
