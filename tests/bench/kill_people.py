"""Who is at work while `tests.bench.kills` kills: citizens at form and API, officers at their desks, a mail server that remembers."""

from __future__ import annotations

import asyncio
import hashlib
import html
import http.client
import json
import random
import re
import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from aiosmtpd.smtp import SMTP, Envelope, Session

from feedback.intake.steps import UNKNOWN_AREA
from tests.faults.server import GONE, HOST
from tests.feedback.citizen import GROUPS, TOKEN, picture_bytes

VERSION = re.compile(r'name="version" value="(\d+)"')
#: What a person waits before he presses again.
BREATH = 0.3
#: Answers that mean: not now, or not known whether it was done.
AGAIN = (500, 502, 503)
ANSWER = "Đội thu gom đã đến hẻm sáng nay; từ nay gom rác mỗi ngày một lần."


class Broken(Exception):
    """The page broke off, or the server said that it cannot: nobody knows whether it was done."""


@dataclass
class Seen:
    """What people were told; every word of it must be true in the end."""

    #: By tracking code: text, whether with a name, photos on the last look.
    reports: dict[str, tuple[str, bool, int]] = field(default_factory=dict)
    #: Every text that anybody began to send.
    texts: set[str] = field(default_factory=set)
    #: Forms sent by officers, and those that were answered as done, by case and act.
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: int = 0
    #: Pages that came whole.
    answered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Postbox:
    """A mail server that remembers what it took, by the id of the message, and needs a moment for each."""

    def __init__(self, seed: int) -> None:
        self.taken: dict[str, list[bytes]] = defaultdict(list)
        self.under_way = 0
        self.dice = random.Random(seed)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 — the library's name
        """Take a message; it is taken when the answer goes out, whether or not anybody still hears it."""
        self.under_way += 1
        await asyncio.sleep(self.dice.uniform(0, 0.2))
        self.under_way -= 1
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken[str(message_from_bytes(content)["Message-ID"])].append(hashlib.sha256(content).digest())
        return "250 OK"


class Browser:
    """One person's browser, on a connection of its own for every request, coming from an address of its own."""

    def __init__(self, port: int, number: int, seen: Seen, cookie: str = "") -> None:
        self.port, self.number, self.seen, self.cookie = port, number, seen, cookie
        #: Set while something is on its way and not yet answered.
        self.posting = threading.Event()

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, page, and where it leads. Raises Broken."""
        headers |= {
            "Cookie": f"phien={self.cookie}",
            "X-Forwarded-For": f"198.{18 + self.number // 62500}.{self.number // 250 % 250}.{self.number % 250 + 1}",
        }
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        if method == "POST":
            self.posting.set()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode(errors="replace")
        except GONE as error:
            raise Broken from error
        finally:
            self.posting.clear()
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            given = SimpleCookie(line).get("phien")
            if given is not None:
                self.cookie = given.value
        if answer.status in AGAIN:
            raise Broken(answer.status)
        with self.seen.lock:
            self.seen.answered += 1
        return answer.status, page, answer.headers.get("Location", "")

    def post(self, path: str, page: str, **fields: str) -> tuple[int, str, str]:
        """Send a form with the token of the page that shows it."""
        return self.ask("POST", path, urlencode({"csrf_token": token_of(page), **fields}).encode(), "application/x-www-form-urlencoded")

    def upload(self, path: str, page: str, data: bytes) -> None:
        """Send a photo and stay at the step."""
        mark = secrets.token_hex(8)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("csrf_token", token_of(page)), ("choice", "add"))
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        body = ("".join(parts) + head).encode() + data + f"\r\n--{mark}--\r\n".encode()
        self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")


def token_of(page: str) -> str:
    """The anti-forgery token of a page."""
    found = TOKEN.search(page)
    if found is None:
        raise Broken("a page without a form")
    return html.unescape(found[1])


def until(act: Callable[[], bool], seen: Seen) -> None:
    """Do as a patient person does: when the page breaks off, wait and look again."""
    while True:
        try:
            if act():
                return
        except Broken:
            with seen.lock:
                seen.broken += 1
            time.sleep(BREATH)


class FormCitizen:
    """Somebody who fills in the form, goes where it leads, and looks again when it breaks off."""

    def __init__(self, browser: Browser, *, named: bool, photos: int) -> None:
        self.browser, self.named, self.photos, self.shown = browser, named, photos, 0
        self.text = f"Rác ở hẻm số {browser.number} ba ngày nay chưa ai thu gom."
        with browser.seen.lock:
            browser.seen.texts.add(self.text)

    def send(self) -> None:
        """Until the code is on the screen."""
        until(self._step, self.browser.seen)

    def _step(self) -> bool:
        path = "/phan-anh/kiem-tra"
        for _ in range(4):  # the site leads to the first question that is open, or to the code
            status, page, leads = self.browser.ask("GET", path)
            if status == 200:
                break
            path = leads
        if path == "/phan-anh/xong":
            self._read_code(page)
            return True
        self._answer(path, page)
        return False

    def _answer(self, path: str, page: str) -> None:
        contact = {"named": "yes", "name": "Người Thử", "email": f"nguoi.thu.{self.browser.number}@example.vn"}
        fields: dict[str, dict[str, str]] = {
            "/phan-anh": {},
            "/phan-anh/su-viec": {"text": self.text},
            "/phan-anh/dia-diem": {"area": UNKNOWN_AREA, "place": ""},
            "/phan-anh/bang-chung": {"choice": "next"},
            "/phan-anh/lien-he": {"public": "no", **(contact if self.named else {"named": "no"})},
            "/phan-anh/kiem-tra": {"category": ""},
        }
        if path == "/phan-anh/bang-chung":
            self.shown = page.count("/phan-anh/bang-chung/")
            if self.shown < self.photos:
                self.browser.upload(path, page, picture_bytes())
                return
        status, page, _leads = self.browser.post(path, page, **fields[path])
        if status == 429 or (status == 422 and path != "/phan-anh/kiem-tra"):
            raise SystemExit(f"{path} answers {status}: {page[-3000:]}")

    def _read_code(self, page: str) -> None:
        found = GROUPS.search(page)
        if found is None:
            raise Broken("no code")
        code = "".join(re.findall(r"[0-9A-Z]{5}", found[1]))
        with self.browser.seen.lock:
            self.browser.seen.reports[code] = (self.text, self.named, self.shown)


class Program:
    """A program that sends by the API, each report under a key of its own, the same key on every try."""

    def __init__(self, browser: Browser, *, named: bool) -> None:
        self.browser, self.named, self.key = browser, named, secrets.token_hex(16)
        self.text = f"Đèn đường số {browser.number} hỏng ba đêm nay, xin sửa."
        with browser.seen.lock:
            browser.seen.texts.add(self.text)

    def send(self) -> None:
        """Until it is answered with a code."""
        until(self._try, self.browser.seen)

    def _try(self) -> bool:
        report: dict[str, Any] = {"text": self.text}
        if self.named:
            report["contact"] = {"name": "Người Thử", "email": f"nguoi.thu.{self.browser.number}@example.vn"}
        headers = {"Idempotency-Key": self.key}
        status, answer, _leads = self.browser.ask("POST", "/api/v1/reports", json.dumps(report).encode(), "application/json", **headers)
        if status in (409, 429):  # the first one is still held to be at it; or it was tried too often while nobody answered
            time.sleep(BREATH * 5)
            raise Broken(status)
        if status != 201:
            raise SystemExit(f"/api/v1/reports answers {status}: {answer}")
        code = re.sub(r"[^0-9A-Z]", "", json.loads(answer)["code"])
        with self.browser.seen.lock:
            self.browser.seen.reports[code] = (self.text, self.named, 0)
        return True


@dataclass
class OfficerAtWork:
    """An officer who does one kind of act to one case after the other; after a break he looks at the page again."""

    browser: Browser
    act: str
    pick: Callable[[], str | None]
    page: str
    path: str
    fields: dict[str, str]

    def do_one(self) -> bool:
        """One case, if one waits; whether there was one."""
        public_id = self.pick()
        if public_id is None:
            return False
        status, page, _leads = self.browser.ask("GET", self.page.format(public_id))
        version = VERSION.search(page)
        path = self.path.format(public_id)
        if status != 200 or version is None or f'action="{path}' not in page:
            return False
        seen = self.browser.seen
        with seen.lock:
            seen.sent[public_id, self.act] += 1
        status, _page, _leads = self.browser.post(path, page, version=version[1], **self.fields)
        if status == 302:
            with seen.lock:
                seen.done[public_id, self.act] += 1
        return True
