"""Tables on terminals of 60, 80 and 120 columns and in a pipe: no name and no number is broken."""

from __future__ import annotations

import pytest
from rich.console import Console

from sim.cli import fitted_tables, terminal

NAMES = ("Zhipu", "Moonshot", "Stepfun", "月之暗面科技", "All startups")
FATES = ("independent", "acquired", "closed", "listed", "pivoted", "never_entered")
BOUNDS = ("", "_low", "_high")
WIDTHS = (60, 80, 120)
DIGEST = "results/six-dragons/sensitivity-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"


def row(name: str, kind: str = "startup", share: float = 0.986) -> dict:
    bounds = {"": share, "_low": share - 0.043, "_high": min(share + 0.011, 1.0)}
    told = {f"{fate}{side}": value for fate in FATES for side, value in bounds.items()}
    return {"firm": name.lower(), "name": name, "kind": kind, "median_exit": None, **told}


@pytest.fixture(params=WIDTHS)
def width(request, monkeypatch) -> int:
    """A terminal of that width."""
    monkeypatch.setattr(terminal.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        terminal, "console", lambda stderr=False: Console(file=terminal.sys.stdout, width=request.param, markup=False)
    )
    return request.param


def test_no_name_and_no_number_of_the_fates_is_broken(width, capsys):
    terminal.fates_table([row(name) for name in NAMES], "2030-12")
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= width
    for name in NAMES:
        assert name in said
    shown = [fate for fate in FATES[:5] if f" {fate}" in said.split("Left out")[0]]
    assert said.count("98.6") == said.count("(94.3–99.7)") == len(NAMES) * len(shown)
    assert ("Left out" in said) == (len(shown) < 5)
    assert shown == {60: ["independent", "acquired", "closed"], 80: list(FATES[:4]), 120: list(FATES[:5])}[width]


def test_a_folder_is_told_whole_to_copy(width, capsys):
    terminal.print_table(["finished (UTC)", "worlds", "folder"], [["2026-01-02T03:04:05Z", "10000", DIGEST]], left=3)
    said = capsys.readouterr().out
    assert DIGEST in said and "2026-01-02T03:04:05Z" in said and "10000" in said


def test_a_pipe_has_a_line_for_every_row(capsys):
    terminal.print_table(["finished (UTC)", "worlds", "folder"], [["2026-01-02T03:04:05Z", "1" * 60, DIGEST]], left=3)
    assert any(
        DIGEST in line and "1" * 60 in line and "03:04:05Z" in line for line in capsys.readouterr().out.split("\n")
    )


def test_giants_that_stay_in_every_world_are_one_line(capsys):
    giants = [row("Alibaba", "giant", 1.0), row("Baidu", "giant", 1.0)]
    crowd = {**row("All giants", "group", 1.0), "firm": "giants"}
    terminal.fates_table([row("Zhipu"), *giants, crowd], "2030-12")
    said = capsys.readouterr().out
    assert "Giants, independent in every world: Alibaba, Baidu." in said
    assert said.count("Alibaba") == said.count("Baidu") == 1 and "All giants" not in said
    giants.append(row("Huawei", "giant", 1.0))
    terminal.fates_table([giants[1], row("Zhipu"), giants[0], giants[2], crowd], "2030-12", ("baidu",))
    said = capsys.readouterr().out
    assert "every world: Alibaba, Huawei." in said and said.index("Baidu") < said.index("Zhipu")
    terminal.fates_table([row("Zhipu"), giants[0], row("Tencent", "giant", 0.9), crowd], "2030-12")
    said = capsys.readouterr().out
    assert "every world" not in said and "All giants" in said


def test_widths_by_hand():
    """Edges take 2, the gap 3: of 20 columns 15 are left; least are 5 and 4, of the 6 beyond the text takes all."""
    assert fitted_tables.widths(["", "says"], [["Zhipu", "aa bbbb cc"]], 20) == [5, 10]
    assert fitted_tables.widths(["", "says"], [["Zhipu", "aa bbbb cc dddd"]], 20) == [5, 10]
    assert fitted_tables.widths(["", "says"], [["Zhipu", "aa bbbb cc"]], 14) == [5, 4]
    assert fitted_tables.widths(["", "says"], [["Zhipu", "aa bbbb cc"]], 13) is None
    assert fitted_tables.dropped(["", "a", "b"], [["x", "1111", "2222"]], 10, ("b", "a")) == ([0, 1], ["b"])
    assert fitted_tables.told(["name", "a"], [["x", "1"]]) == ["name: x", "  a: 1"]


def spread(sd: float = 0.104, low: float = 0.076, high: float = 0.134) -> dict:
    """What is not known of every fate."""
    return {f"{fate}_sd{side}": value for fate in FATES for side, value in zip(BOUNDS, (sd, low, high), strict=True)}


def test_what_is_not_known_stands_below_each_share_in_whole_points(width, capsys):
    terminal.fates_table([{**row(name), **spread()} for name in NAMES], "2030-12")
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= width
    shown = [fate for fate in FATES[:5] if f" {fate}" in said.split("Left out")[0]]
    assert said.count("10 (8–13)") == len(NAMES) * len(shown) and said.count("not known") == len(NAMES)
    heads = [line.strip() for line in said.splitlines() if line.strip().startswith((*NAMES, "not known"))]
    assert all(head.startswith("not known") for head in heads[1::2]) and heads[0].startswith("Zhipu")


def test_where_nothing_is_uncertain_no_line_says_so_again_and_again(capsys):
    terminal.fates_table([{**row("Zhipu"), **spread(0.0, 0.0, 0.0)}], "2030-12")
    assert "not known" not in capsys.readouterr().out
