"""A page that is served while tests ask it, by raw HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from sim.live.asked import Asked
from sim.live.serve import Served, desk_of
from sim.study.how import How

WORLDS = 300
FEW = ("end=2025-12",)  # fewer months than the flagship has: quick


def serving(out: Path) -> Iterator[Served]:
    """A page that is ended in the end."""
    pytest.importorskip("starlette", reason="the live page needs the extra: pip install 'shakeout[test]'")
    one = Served(desk_of("six-dragons", FEW, WORLDS, None, out, How()))
    one.begin()
    yield one
    one.close()


def get(served: Served, path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, str, Any]:
    """Status, text and headers of what the server says to a request; a header None is left out."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    sent = {"host": f"127.0.0.1:{served.port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.putheader("content-length", str(len(body.encode())))
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, text, answer.headers


def place(served: Served, name: str = "", **query: Any) -> str:
    """The path of a part of the page."""
    said = f"?{urlencode(query, doseq=True)}" if query else ""
    return f"{urlsplit(served.address).path}{name}{said}"


def origin(served: Served) -> str:
    """That of the page itself."""
    return f"http://127.0.0.1:{served.port}"


def post(served: Served, name: str, body: str = "", **query: Any) -> tuple[int, str, Any]:
    """What the server says to a change that the page itself sends."""
    return get(served, place(served, name, **query), "POST", body, origin=origin(served))


def events(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The server-sent events in ``text``."""
    for part in text.split("\n\n"):
        if part:
            name, data = part.split("\n")
            yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def ask(served: Served, asked: Asked, tab: str = "one") -> list[tuple[str, dict[str, Any]]]:
    """The events of an answer, to its end."""
    query = [("set", text) for text in asked.sets]
    query += [("variant", text) for text in asked.pinned] + [("firm", id) for id in asked.firms]
    status, text, _ = post(served, "answer", json.dumps({"tab": tab, "address": urlencode(query)}))
    assert status == 200, text
    return list(events(text))
