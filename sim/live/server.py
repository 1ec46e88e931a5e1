"""The page's server: Starlette answers, uvicorn listens. All state of a question is in its address; the server keeps
worlds in memory, and which question of a browser's tab stands.
"""

from __future__ import annotations

import asyncio
import functools
import json
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from sim.foundation.errors import InputError, ShakeoutError
from sim.live import tables
from sim.live.asked import BASE_FILE, Asked, asked_in, command, overlay, variants
from sim.live.catalogue import catalogue
from sim.live.full_report import REPORT_WORLDS, FullReport
from sim.live.guard import Guard
from sim.live.told import sections, told
from sim.report.html.document import CODE, fragment, own_file, plotly_script
from sim.scenario.model import Scenario
from sim.scenario.shipped import named
from sim.scenario.yaml_text import to_yaml
from sim.study.how import How
from sim.study.in_stages import Explorer, Stage, Stopped
from sim.study.many_worlds import with_worlds
from sim.study.run import run
from sim.study.what_if import what_if

MOST_ANSWERS = 4  # that are worked on at a time; further questions wait
MOST_TABS = 64
MOST_BODY = 200_000  # bytes of what a page sends
WAIT_SECONDS = 0.2  # between two looks whether a question that has nothing to tell still stands
LAST_ANSWERS = 4  # kept for their tables
PAGE_FILES = {
    "": ("explore.html", "text/html"),
    "explore.css": ("explore.css", "text/css"),
    "explore.js": ("explore.js", "text/javascript"),
}


@dataclass
class Desk:
    """What the server has at hand. ``named`` is the scenario as it was asked for, a file or a name, empty where it is
    neither; ``stated`` is what it states without ``sets``.
    """

    explorer: Explorer
    named: str
    stated: Scenario
    sets: tuple[str, ...]
    out: Path
    jobs: int | None = None
    report: FullReport = field(default_factory=FullReport)
    stands: OrderedDict[str, threading.Event] = field(default_factory=OrderedDict)  # tab -> stops its question
    last: OrderedDict[Asked, Stage] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_ANSWERS, "answers"))

    @property
    def base(self) -> Scenario:
        """The base with the worlds of the last stage."""
        return self.explorer.base

    @property
    def own_base(self) -> bool:
        """Whether the base is no scenario that a command can name: it is written to BASE_FILE first."""
        return bool(self.sets) or not self.named

    @property
    def command_scenario(self) -> str:
        """The scenario in the command that asks the same."""
        return BASE_FILE if self.own_base else self.named

    def begin(self, tab: str) -> threading.Event:
        """What stops the question that the tab asks now; the one it asked before is stopped."""
        stop = threading.Event()
        with self.lock:
            if (before := self.stands.pop(tab, None)) is not None:
                before.set()
            while len(self.stands) >= MOST_TABS:
                self.stands.popitem(last=False)[1].set()
            self.stands[tab] = stop
        return stop

    def keep(self, asked: Asked, stage: Stage) -> None:
        """Keep the last stage of an answer for its tables."""
        with self.lock:
            self.last[asked] = stage
            self.last.move_to_end(asked)
            while len(self.last) > LAST_ANSWERS:
                self.last.popitem(last=False)

    def stop(self) -> None:
        """Stop every question and the report."""
        with self.lock:
            for stop in self.stands.values():
                stop.set()
        self.report.call_off()

    def close(self) -> None:
        """Stop every question and the report, and end their threads."""
        self.stop()
        self.report.close()
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.explorer.close()


Event = tuple[str, dict[str, Any]]


def answer(desk: Desk, asked: Asked, stop: threading.Event) -> Iterator[Event]:
    """The events of an answer: ``told`` and ``section`` at every stage, then ``stage``; ``wrong`` if it has none."""
    try:
        found = variants(desk.base, asked)
        for stage in desk.explorer.answers(found, asked.firms, stop):
            head = told(stage)
            yield "told", {**head._asdict(), "worlds": stage.worlds, "of": desk.explorer.worlds, "last": stage.last}
            shown = []
            for section in sections(stage):
                if stop.is_set():
                    return
                shown.append(section.id)
                yield "section", {"id": section.id, "title": section.title, "html": fragment(section)}
            if stage.last:
                desk.keep(asked, stage)
            yield "stage", {"sections": shown, "whole": not stage.first, "worlds": stage.worlds, "last": stage.last}
    except Stopped:
        return
    except ShakeoutError as error:
        yield "wrong", {"message": str(error)}


def app_of(desk: Desk, port: int, token: str, framed: bool = False) -> Guard:
    """The whole application behind its guard."""
    at = functools.partial
    routes = [
        *(
            Route(f"/{name}", at(_text, text=at(page_file, file), kind=kind))
            for name, (file, kind) in PAGE_FILES.items()
        ),
        Route("/report.js", at(_text, text=lambda: "\n".join(own_file(name) for name in CODE), kind="text/javascript")),
        Route("/plotly.js", at(_text, text=plotly_script, kind="text/javascript")),
        Route("/report.css", at(_text, text=lambda: own_file("page.css"), kind="text/css")),
        Route("/catalogue", at(_catalogue, desk)),
        Route("/answer", at(_answer, desk), methods=["POST"]),
        Route("/command", at(_command, desk)),
        Route("/variant.yaml", at(_overlay, desk)),
        Route(f"/{BASE_FILE}", at(_base, desk)),
        Route("/tables.{form:str}", at(_tables, desk)),
        Route("/full-report", at(_begin_report, desk), methods=["POST"]),
        Route("/full-report/stop", at(_stop_report, desk), methods=["POST"]),
        Route("/full-report/standing", at(_standing, desk)),
        Route("/full-report/page", at(_report_page, desk)),
    ]

    app = Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        exception_handlers={ShakeoutError: _wrong},
    )
    return Guard(app, port, token, framed)


async def _wrong(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 400)


@functools.cache
def page_file(name: str) -> str:
    """A file of the page."""
    return (resources.files("sim.live") / "page" / name).read_text(encoding="utf-8")


async def _text(_request: Request, text: Callable[[], str], kind: str) -> Response:
    return Response(text(), media_type=kind)


async def _catalogue(desk: Desk, _request: Request) -> Response:
    stages = {
        "stages": desk.explorer.stages,
        "report_worlds": REPORT_WORLDS,
        "base_sets": list(desk.sets),
        "own_base": desk.own_base,
    }
    return JSONResponse({**catalogue(desk.base), **stages})


async def _answer(desk: Desk, request: Request) -> Response:
    body = await request.body()
    if len(body) > MOST_BODY:
        raise InputError("too much at once", found=f"{len(body):,} bytes", allowed=f"{MOST_BODY:,}")
    try:
        said = json.loads(body)
        tab, address = str(said["tab"])[:100], str(said["address"])
    except (ValueError, KeyError, TypeError):
        raise InputError("not a question", allowed='JSON with "tab" and "address"') from None
    stop = desk.begin(tab)
    asked = asked_in(address)
    return StreamingResponse(_streamed(desk, asked, stop), media_type="text/event-stream")


async def _streamed(desk: Desk, asked: Asked, stop: threading.Event) -> AsyncIterator[str]:
    """The events of an answer as server-sent events; who goes away stops it."""
    loop, events = asyncio.get_running_loop(), asyncio.Queue[Event | None]()

    def work() -> None:
        def put(event: Event | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(events.put_nowait, event)

        try:
            for event in answer(desk, asked, stop):
                put(event)
        except Exception as error:  # a defect: the page says so
            put(("wrong", {"message": f"a defect in shakeout, please report it: {type(error).__name__}: {error}"}))
        finally:
            put(None)

    desk.pool.submit(work)
    try:
        while not stop.is_set():
            with suppress(TimeoutError):
                event = await asyncio.wait_for(events.get(), WAIT_SECONDS)
                if event is None:
                    return
                name, data = event
                yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    finally:
        stop.set()


def _asked(request: Request) -> Asked:
    return asked_in(request.url.query)


def _changed(desk: Desk, asked: Asked) -> Scenario:
    """The base with the changes that are not pinned; a name alone makes a pinned variant the one that is meant."""
    found = variants(desk.base, asked)
    return found[0].scenario if found else desk.base


def _extends(desk: Desk) -> str:
    """What a scenario file extends: the base it is put beside, or a scenario that comes with the package."""
    if not desk.named:
        return BASE_FILE
    return desk.named if named(desk.named) else Path(desk.named).name


async def _command(desk: Desk, request: Request) -> Response:
    asked = _asked(request)
    return PlainTextResponse(command(desk.command_scenario, desk.base.worlds, desk.base.seed, asked))


async def _overlay(desk: Desk, request: Request) -> Response:
    asked = _asked(request)
    text = overlay(_extends(desk), desk.stated, _changed(desk, asked), [*desk.sets, *asked.sets])
    return _download(text.encode(), "application/yaml", f"{desk.base.name}-variant.yaml")


async def _base(desk: Desk, _request: Request) -> Response:
    return _download(to_yaml(desk.base).encode(), "application/yaml", BASE_FILE)


async def _tables(desk: Desk, request: Request) -> Response:
    asked, form = _asked(request), request.path_params["form"]
    stage = desk.last.get(asked)
    if stage is None:
        raise InputError("the answer is not there yet", allowed="wait until all worlds are simulated, then try again")
    about = (
        f"{command(desk.named, desk.base.worlds, desk.base.seed, asked)}\n" + "\n".join(told(stage).sentences) + "\n"
    )
    if form == "xlsx":
        return _download(await run_in_threadpool(tables.as_xlsx, stage, about), tables.XLSX, f"{desk.base.name}.xlsx")
    if form == "zip":
        return _download(await run_in_threadpool(tables.as_csv, stage, about), tables.ZIP, f"{desk.base.name}-csv.zip")
    return PlainTextResponse("xlsx or zip\n", 404)


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


async def _begin_report(desk: Desk, request: Request) -> Response:
    asked = _asked(request)
    base = with_worlds(desk.base, REPORT_WORLDS, None)
    found = variants(base, asked)

    def ask(how: How) -> Any:
        return what_if(base, found, how) if found else run(base, how)

    begun = desk.report.begin(ask, How(worlds=REPORT_WORLDS, jobs=desk.jobs, out=desk.out, firms=asked.firms))
    return _standing_of(desk) if begun else PlainTextResponse("a report is at work already\n", 409)


async def _stop_report(desk: Desk, _request: Request) -> Response:
    desk.report.call_off()
    return _standing_of(desk)


async def _standing(desk: Desk, _request: Request) -> Response:
    return _standing_of(desk)


def _standing_of(desk: Desk) -> Response:
    standing = desk.report.standing
    return JSONResponse({**asdict(standing), "page": None if standing.page is None else str(standing.page)})


async def _report_page(desk: Desk, _request: Request) -> Response:
    page = desk.report.standing.page
    if page is None:
        return PlainTextResponse("no report is finished\n", 404)
    text = await run_in_threadpool(page.read_text, encoding="utf-8")
    # its own policy, in the page, allows its scripts by their hash
    return Response(text, media_type="text/html", headers={"content-security-policy": "frame-ancestors 'none'"})
