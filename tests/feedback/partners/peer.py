"""A partner's system as somebody would build it who has nothing but docs/PARTNERS.md: it shares no code with the application."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix("whsec_"))


def sign(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    mac = hmac.new(key_of(secret), f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


class Peer:
    """What landed, by id: a second copy changes nothing. It refuses what is not signed with its secret."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.landed: dict[str, dict[str, Any]] = {}
        #: Every knock, whatever became of it: the id and the answer.
        self.knocks: list[tuple[str, int]] = []
        #: Answers given instead of taking the message, one after the other.
        self.moods: list[int] = []
        self.address = ""

    @property
    def stories(self) -> list[tuple[str, bool]]:
        """Kinds in the order in which they landed, and whether the case was told with them."""
        return [(one["type"], bool(one["data"].get("case"))) for one in self.landed.values()]

    @property
    def last(self) -> dict[str, Any]:
        return list(self.landed.values())[-1]

    def take(self, given: dict[str, str], body: bytes) -> int:
        message_id, seconds = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
        if abs(time.time() - int(seconds or 0)) > 300:
            return 401
        right = sign(self.secret, message_id, seconds, body)
        if not any(hmac.compare_digest(right, one) for one in given.get("webhook-signature", "").split()):
            return 401
        if self.moods:
            return self.moods.pop(0)
        self.landed.setdefault(message_id, json.loads(body))
        return 204

    def say(self, door: str, kind: str, *, message_id: str = "", secret: str = "", **facts: str) -> tuple[int, dict[str, Any]]:
        """Answer at the application's door, as it is told on the page of the system."""
        body = json.dumps({"type": kind, "data": facts}).encode()
        message_id, seconds = message_id or f"msg_{uuid.uuid4().hex}", str(int(time.time()))
        signed = sign(secret or self.secret, message_id, seconds, body)
        where = urlsplit(door)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        headers = {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": signed}
        connection.request("POST", where.path, body, headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        return answer.status, said


@contextmanager
def listening(peer: Peer, port: int = 0) -> Iterator[Peer]:
    """The peer at a port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            given = {name.lower(): value for name, value in self.headers.items()}
            status = peer.take(given, body)
            peer.knocks.append((given.get("webhook-id", ""), status))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    peer.address = f"http://localhost:{server.server_port}/hook"
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
