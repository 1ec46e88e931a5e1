"""Who may speak to the page: raw requests, as a hostile page or program would send them."""

from __future__ import annotations

import json
import socket

import pytest
from running import get, origin, place, post

from sim.live.guard import Guard


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"]
)
def test_another_host_is_refused(served, host):
    assert get(served, place(served), host=host.format(port=served.port))[0] == 400


def test_two_hosts_are_refused(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        own = f"127.0.0.1:{served.port}"
        line.sendall(f"GET {place(served)} HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_localhost_is_this_machine(served):
    assert get(served, place(served), host=f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/", "/catalogue", "/x/", "/{token}", "//{token}/", "/../{token}/", "/%2e%2e/{token}/"]
)
def test_without_the_token_there_is_nothing(served, path):
    token = place(served).strip("/")
    assert get(served, path.format(token=token))[0] == 404


@pytest.mark.parametrize(
    "path",
    ["../pyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "page/explore.js", "tables./etc/passwd", "full-report/page"],
)
def test_no_path_leads_to_a_file(served, path):
    status, text, _ = get(served, place(served) + path)
    assert status == 404 and "root:" not in text and "[build-system]" not in text


@pytest.mark.parametrize("name", ["answer", "full-report", "full-report/stop"])
@pytest.mark.parametrize("said", [{}, {"origin": "http://evil.example"}, {"origin": "null"}])
def test_a_change_from_elsewhere_is_refused(served, name, said):
    body = json.dumps({"tab": "x", "address": ""})
    assert get(served, place(served, name), "POST", body, **said)[0] == 403


def test_even_a_look_from_another_origin_is_refused(served):
    assert get(served, place(served, "catalogue"), origin="http://evil.example")[0] == 403
    assert get(served, place(served, "catalogue"), origin=origin(served))[0] == 200


def test_a_change_is_no_look(served):
    assert get(served, place(served, "answer"))[0] == 405
    assert get(served, place(served, "full-report/stop"))[0] == 405


def test_every_answer_has_its_policy(served):
    for path in (place(served), place(served, "catalogue"), "/", place(served, "nothing")):
        _, _, headers = get(served, path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe-eval" not in policy
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_only_a_notebook_may_frame_it():
    framed, alone = (dict(Guard(None, 1, "t", framed).headers)[b"content-security-policy"] for framed in (True, False))
    assert b"frame-ancestors 'none'" in alone
    assert b"frame-ancestors http://localhost:*" in framed and b"'none'" not in framed.split(b"frame-ancestors")[1]


def test_it_listens_on_this_machine_only(served):
    assert served.socket.getsockname()[0] == "127.0.0.1"


def test_websockets_are_not_spoken(served):
    asks = {"upgrade": "websocket", "connection": "Upgrade", "sec_websocket_version": "13", "sec_websocket_key": "eA=="}
    assert get(served, place(served), **asks)[0] in (200, 400)  # a page or a refusal, never an upgrade


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '{"tab": "x"}',
        json.dumps({"tab": "x", "address": "a" * 300_000}),
        '{"address": "sets=1", "tab": 1}',
    ],
)
def test_what_is_no_question_is_said_so(served, body):
    status, text, _ = post(served, "answer", body)
    assert status == 400 and "Traceback" not in text and text.strip()
