"""Who may speak to the page: only this machine's browser, and only one that knows the address.

Whatever the browser is shown elsewhere cannot reach the server by a name that leads here (DNS rebinding): the host is
checked. No other page can send it anything: the origin is checked, and the address holds a token that nobody can guess.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

HOST = "127.0.0.1"
OWN_NAMES = (HOST, "localhost")
TOKEN_BYTES = 24
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
NOTEBOOKS = "http://localhost:* http://127.0.0.1:* https://localhost:* vscode-webview:"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Guard:
    """Lets through to ``app`` what comes from the page itself; all else gets 400, 403 or 404 and a line of text.

    ``framed``: a notebook on this machine may show the page in a cell.
    """

    def __init__(self, app: App, port: int, token: str, framed: bool = False) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}".encode() for name in OWN_NAMES}
        self.origins = {b"http://" + host for host in self.hosts}
        self.place = f"/{token}/".encode()
        self.headers = [
            (
                b"content-security-policy",
                f"{POLICY}; frame-ancestors {NOTEBOOKS if framed else chr(39) + 'none' + chr(39)}".encode(),
            ),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-store"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refused = (400, "websockets are not spoken here") if scope["type"] != "http" else self.refused(scope)
        if refused is not None:
            await _say(*refused, send, self.headers)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [header for header in self.headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self.app(scope, receive, headed)

    def refused(self, scope: Message) -> tuple[int, str] | None:
        """Status and reason, if this request is not to be answered."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        if headers.get(b"host", [b""])[0] not in self.hosts or len(headers.get(b"host", [])) != 1:
            return 400, "this is not the host that was asked for"
        path = scope["raw_path"] if scope.get("raw_path") else scope["path"].encode()
        if not hmac.compare_digest(path[: len(self.place)], self.place):
            return 404, "there is nothing here: use the whole address that the command printed"
        origin = headers.get(b"origin", [])
        if scope["method"] not in ("GET", "HEAD") and not origin:
            return 403, "a change without an origin"
        if any(one not in self.origins for one in origin):
            return 403, "a page from elsewhere"
        return None


async def _say(status: int, text: str, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    plain = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [plain, *headers]})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})
