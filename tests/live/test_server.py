"""The server: what it answers, what can be taken away, how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from running import FEW, WORLDS, ask, events, get, place, post

import sim
from sim.archive import digest
from sim.foundation.errors import InputError
from sim.live import full_report
from sim.live.asked import Asked
from sim.live.catalogue import DIALS, LEVERS, catalogue
from sim.live.serve import Served, browser, desk_of, show
from sim.scenario.load import with_sets
from sim.study.how import How
from sim.study.run import Run

CHANGE = "assumptions.exchange.window=0@2024-07"


def named(said, name):
    return [data for event, data in said if event == name]


def test_an_answer_comes_in_stages(served):
    said = ask(served, Asked((CHANGE,), ("cold: assumptions.climate.regime=2",), ("moonshot",)))
    heads = named(said, "told")
    assert [head["worlds"] for head in heads] == [256, WORLDS] and [head["last"] for head in heads] == [False, True]
    assert heads[1]["sentences"][0].startswith("Now: Shutting the listing window") and len(heads[1]["sentences"]) == 2
    assert "300 worlds" in heads[1]["note"]
    stages = named(said, "stage")
    assert stages[-1]["sections"][:3] == ["left", "survival", "firm-moonshot"]
    assert [data["id"] for data in named(said, "section")] == stages[0]["sections"] + stages[1]["sections"]
    assert stages[0]["sections"] == stages[1]["sections"][:2]  # the quickest stage is told in short
    assert [stage["whole"] for stage in stages] == [False, True]
    assert all("300 worlds" in data["html"] for data in named(said, "section")[-3:-1])


def test_the_sentence_is_that_of_the_what_if(served):
    said = named(ask(served, Asked((CHANGE,))), "told")[-1]["sentences"]
    assert said == sim.what_if(sim.load("six-dragons", FEW), [CHANGE], worlds=WORLDS).headline


def test_the_base_alone_has_its_own_sentence(served):
    said = named(ask(served, Asked()), "told")[-1]
    assert "still independent in December 2025" in said["sentences"][0] and said["note"].startswith(
        "Nothing is changed"
    )


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (Asked(("assumptions.scale.strength=99",)), "0 to 3"),
        (Asked(("assumptions.scale.strenght=1",)), "nearest: assumptions.scale.strength"),
        (Asked(("assumptions.scale.strength=__import__('os')",)), "strength"),
        (Asked(pinned=("base: assumptions.scale.strength=1",)), "a name that is taken"),
        (Asked(firms=("monshot",)), "nearest: moonshot"),
        (Asked(("worlds=5",)), "a variant shares it with its base"),
    ],
)
def test_what_is_wrong_is_said_as_on_the_command_line(served, asked, part):
    said = ask(served, asked)
    assert [name for name, _ in said] == ["wrong"] and part in said[0][1]["message"]


def test_names_of_a_scenario_are_data(served):
    said = ask(served, Asked(("firms.zhipu.name=<img src=x onerror=alert(1)>",), (), ("zhipu",)))
    html = "".join(data["html"] for data in named(said, "section"))
    assert "<img" not in html


def test_a_newer_question_of_a_tab_stops_the_older(served):
    desk = served.desk
    older = desk.begin("tab")
    assert not older.is_set() and not desk.begin("another").is_set()
    newer = desk.begin("tab")
    assert older.is_set() and not newer.is_set()


def test_who_goes_away_stops_the_question(served):
    body = json.dumps({"tab": "leaver", "address": "set=assumptions.demand.growth_year=0.123"}).encode()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as line:
        host = f"127.0.0.1:{served.port}"
        head = f"POST {place(served, 'answer')} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert line.recv(15) == b"HTTP/1.1 200 OK"
    stop = served.desk.stands["leaver"]
    assert stop.wait(10)


def test_the_command_and_the_files_to_take_away(served, tmp_path: Path):
    asked = Asked((CHANGE,))
    ask(served, asked)
    _, command, _ = get(served, place(served, "command", set=[CHANGE]))
    assert command == f"shakeout whatif base.yaml --set {CHANGE} --worlds {WORLDS} --seed 7"
    _, base, headers = get(served, place(served, "base.yaml"))
    assert 'filename="base.yaml"' in headers["content-disposition"]
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    _, overlay, _ = get(served, place(served, "variant.yaml", set=[CHANGE]))
    assert "extends: six-dragons" in overlay
    assert sim.load(tmp_path / "base.yaml").end == served.desk.base.end


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_the_tables_to_take_away(served, form):
    ask(served, Asked((CHANGE,)))
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", place(served, f"tables.{form}", set=[CHANGE]))
    content = connection.getresponse().read()
    connection.close()
    expected = served.desk.last[Asked((CHANGE,))].study.differences
    if form == "xlsx":
        found = pd.read_excel(io.BytesIO(content), sheet_name="differences")
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = pd.read_csv(archive.open("differences.csv"))
            assert "shakeout whatif" in archive.read("README.txt").decode()
    assert len(found) == len(expected)
    assert found["difference"].to_numpy() == pytest.approx(expected["difference"].to_numpy(), nan_ok=True)


def test_tables_that_are_not_there_yet(served):
    status, text, _ = get(served, place(served, "tables.xlsx", set=["assumptions.scale.strength=2.9"]))
    assert status == 400 and "not there yet" in text


def test_a_sheet_holds_no_formula(served):
    from sim.live.tables import as_xlsx

    stage = served.desk.explorer
    last = list(stage.answers([], (), threading.Event()))[-1]
    book = as_xlsx(last, "=1+1\n")
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_the_catalogue_has_every_assumption():
    base = sim.load("six-dragons")
    told = catalogue(base)
    rows = told["assumptions"]
    for path, value in base.assumptions.items():
        assert rows[path]["source"] == value.source
    assert rows["firms.zhipu.lists"]["base"] == "rule" and rows["firms.zhipu.cash"]["base"] == 1000
    assert rows["assumptions.exchange.window"]["events"] == 2
    for lever in (*DIALS, *LEVERS):
        row = rows[lever.path]
        assert row["low"] <= lever.low <= row["base"] <= lever.high <= row["high"]
    json.dumps(told)


def test_a_full_report_is_made_in_the_background(served, monkeypatch):
    import sim.live.server as server

    monkeypatch.setattr(server, "REPORT_WORLDS", 64)
    assert post(served, "full-report", set=[CHANGE], firm=["moonshot"])[0] == 200
    standing = finished(served)
    assert standing["state"] == "done" and Path(standing["page"]).name == "whatif-moonshot.html"
    status, page, _ = get(served, place(served, "full-report/page"))
    assert status == 200 and "64 worlds" in page
    manifest = json.loads((Path(standing["page"]).parent / "manifest.json").read_text())
    assert manifest["command"] == "shakeout explore" and manifest["worlds"] == 64


def finished(served):
    for _ in range(600):
        standing = json.loads(get(served, place(served, "full-report/standing"))[1])
        if standing["state"] != "at work":
            return standing
        time.sleep(0.1)
    raise AssertionError(standing)


def test_a_full_report_can_be_called_off(tmp_path: Path):
    report, begun, go_on = full_report.FullReport(), threading.Event(), threading.Event()

    def ask_long(how: How) -> Run:
        begun.set()
        go_on.wait(10)
        how.tell("simulating", 1, 2)
        raise AssertionError("nobody called it off")

    assert report.begin(ask_long, How(worlds=2, out=tmp_path))
    assert not report.begin(ask_long, How(worlds=2, out=tmp_path))  # one at a time
    begun.wait(10)
    report.call_off()
    go_on.set()
    report.close()
    assert report.standing.state == full_report.CALLED_OFF


def test_what_goes_wrong_in_a_full_report_is_told(tmp_path: Path):
    report = full_report.FullReport()

    def ask_wrong(how: How) -> Run:
        raise InputError("no such thing", key="x")

    report.begin(ask_wrong, How(worlds=2, out=tmp_path))
    report._thread.join()
    assert report.standing.state == full_report.WENT_WRONG and "no such thing" in report.standing.problem


def test_a_port_in_use(served, tmp_path: Path):
    with pytest.raises(InputError, match="--port"):
        Served(served.desk, served.port)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_is_none(served, port):
    with pytest.raises(InputError, match="--port"):
        Served(served.desk, port)


def test_no_browser_is_one_message(monkeypatch):
    import webbrowser

    monkeypatch.setattr(webbrowser, "get", lambda: (_ for _ in ()).throw(webbrowser.Error("none")))
    with pytest.raises(InputError, match="--no-open"):
        browser()
    with pytest.raises(InputError, match="--no-open"):
        show("http://127.0.0.1/", lambda _address: False)


def test_the_extra_is_asked_for(monkeypatch, tmp_path: Path):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else object())
    with pytest.raises(InputError, match=r"shakeout\[explore\]"):
        desk_of("six-dragons", (), None, None, tmp_path, How())


def test_a_scenario_in_memory_is_its_own_base(tmp_path: Path):
    page = sim.explore(sim.load("six-dragons", FEW), worlds=16, out=tmp_path / "results")
    try:
        _, command, _ = get(page, place(page, "command"))
        _, base, _ = get(page, place(page, "base.yaml"))
        _, overlay, _ = get(page, place(page, "variant.yaml", set=[CHANGE]))
    finally:
        page.close()
    assert command == "shakeout run base.yaml --worlds 16 --seed 7" and "extends: base.yaml" in overlay
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(overlay, encoding="utf-8")
    mine, asked = sim.load(tmp_path / "mine.yaml"), with_sets(sim.load("six-dragons", FEW), [CHANGE])
    assert digest.stem(mine) == digest.stem(asked)


def test_from_python_and_in_a_notebook(tmp_path: Path):
    page = sim.explore("six-dragons", worlds=16, out=tmp_path)
    try:
        assert page.address in repr(page) and f'<iframe src="{page.address}"' in page._repr_html_()
        status, _, headers = get(page, place(page))
        assert status == 200 and "http://localhost:*" in headers["content-security-policy"]
    finally:
        page.close()
    with pytest.raises(OSError):
        get(page, place(page))


@pytest.mark.parametrize(
    ("words", "said"), [(["nobody.yaml"], "nobody.yaml"), (["six-dragons", "--worlds", "0"], "--worlds")]
)
def test_a_wrong_start_is_exit_code_2(words, said, command):
    ended = command("explore", *words, "--no-open")
    assert ended.code == 2 and said in ended.err


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="a signal to a process of its own")
def test_an_interrupt_ends_it(tmp_path: Path):
    words = [sys.executable, "-m", "sim", "explore", "six-dragons", "--no-open", "--worlds", "4096"]
    with subprocess.Popen(
        [*words, "--out", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().removeprefix("Explore: ").strip()
        port, token = address.split("/")[2].split(":")[1], address.split("/")[3]
        with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as line:
            body = json.dumps({"tab": "x", "address": ""}).encode()
            own = f"127.0.0.1:{port}"
            head = f"POST /{token}/answer HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\n"
            head += f"Content-Length: {len(body)}\r\n\r\n"
            line.sendall(head.encode() + body)
            line.recv(10)  # it is at work
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
    assert (
        process.returncode == 130
        and said.endswith("shakeout: interrupted; the page has ended\n")
        and "Traceback" not in said
    )


def test_events_are_read_back():
    assert list(events('event: told\ndata: {"a": 1}\n\n')) == [("told", {"a": 1})]
