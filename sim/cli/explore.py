"""The command of the live page."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from sim.cli import terminal
from sim.cli.options import RESULTS, Out, ScenarioFile, Seed, Sets, command, memory_notices, notices
from sim.foundation.errors import InputError

Port = Annotated[
    int, typer.Option("--port", metavar="N", help="The port on this machine; 0: one that is free.", show_default=False)
]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Open no browser, only print the address.")]
ExploredWorlds = Annotated[
    int | None,
    typer.Option(
        "--worlds",
        metavar="N",
        help="Worlds of the last stage of every answer; by default 4,096, or the scenario's if it has fewer.",
        show_default=False,
    ),
]


@command
def explore(
    scenario: ScenarioFile,
    port: Port = 0,
    no_open: NoOpen = False,
    worlds: ExploredWorlds = None,
    seed: Seed = None,
    sets: Sets = None,
    out: Out = RESULTS,
) -> None:
    """Ask what-ifs on a live page: move an assumption and see at once what differs in the same worlds."""
    from sim.live import serve
    from sim.study.how import How

    opened = None if no_open else serve.browser()
    with terminal.progress(False) as tell:
        desk = serve.desk_of(scenario, sets or (), worlds, seed, out, How(progress=tell))
    notices((*desk.base.notices, *memory_notices(desk.base, None)), quiet=False)
    served = serve.Served(desk, port)
    gc.freeze()  # what is loaded stays: collecting garbage need not look at it while somebody waits for an answer
    print(f"Explore: {served.address}", flush=True)
    terminal.say("Ctrl-C ends it. Whoever has this address can ask, but only on this machine.")
    if opened is not None:
        try:
            serve.show(served.address, opened)
        except InputError:
            served.close()
            raise
    try:
        served.run()
    except KeyboardInterrupt:
        raise KeyboardInterrupt("the page has ended") from None
