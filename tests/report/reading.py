"""An HTML page as a browser's parser would see it: elements, texts, scripts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Element:
    """One start tag with its attributes, and the text inside it up to its end tag."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Reader(HTMLParser):
    """Collects elements in order; void elements have no text."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ("meta", "link", "path", "img", "br"):
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: str) -> list[Element]:
    """Every element of ``html`` in order. The embedded plotly.js is left out: it is large and not ours."""
    reader = Reader()
    start = html.find("<script>/**\n* plotly.js")
    if start >= 0:
        end = html.index("</script>", start)
        html = html[: start + len("<script>")] + html[end:]
    reader.feed(html)
    return reader.elements


def having(elements: list[Element], tag: str, **attributes: str) -> list[Element]:
    """Elements of ``tag`` with these attributes (``class_`` for class: a word in it)."""
    found = []
    for element in elements:
        classes = element.attributes.get("class", "").split()
        wanted = {name: value for name, value in attributes.items() if name != "class_"}
        same = all(element.attributes.get(name) == value for name, value in wanted.items())
        if element.tag == tag and same and ("class_" not in attributes or attributes["class_"] in classes):
            found.append(element)
    return found


def drawn(elements: list[Element]) -> dict[str, list[dict[str, Any]]]:
    """Name of each picture -> data and layout of its panels, as the page's script gets them."""
    scripts = having(elements, "script", type="application/json")
    return {script.attributes["id"].removeprefix("data-"): json.loads(script.text) for script in scripts}


def strings(data: Any) -> list[str]:
    """Every text in plain data."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [text for value in data.values() for text in strings(value)]
    if isinstance(data, list | tuple):
        return [text for value in data for text in strings(value)]
    return []
