"""The service as `make run` starts it, whole or its web server alone, killed and started again, and citizens who talk to it."""

from __future__ import annotations

import html
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psutil
from flask import Flask
from sqlalchemy import text

from feedback.config import ROOT, Config
from feedback.db import db, transaction
from feedback.intake import drafts
from feedback.intake.steps import STEPS, UNKNOWN_AREA
from feedback.parts import Parts
from feedback.serve import Supervisor, answers
from tests.feedback.citizen import GROUPS, TOKEN

HOST = "127.0.0.1"
START_SECONDS = 90
#: A server that died under the request, or that is not there.
GONE = (OSError, http.client.HTTPException)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class WebServer:
    """Gunicorn with its workers, in a process group of its own."""

    def __init__(self, config: Config, parts: Parts | None = None) -> None:
        self.port = free_port()
        supervisor = Supervisor(config, HOST, self.port, parts)
        self.order, self.env = supervisor.children[0].order, {**supervisor.env, **settings(config)}
        self.process: subprocess.Popen[bytes] | None = None
        self.up = threading.Event()
        self.closed = False

    def start(self) -> None:
        """Start it and wait for its first answer."""
        self.process = subprocess.Popen(self.order, cwd=ROOT, env=self.env, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while not answers(HOST, self.port):
            assert self.process.poll() is None, "the web server ended by itself"
            assert time.monotonic() < end, "the web server did not start"
            time.sleep(0.05)
        self.up.set()

    def wait(self) -> None:
        """Come back when it answers; an error when it never will."""
        assert self.up.wait(START_SECONDS), "the web server never came back"
        assert not self.closed, "the web server is gone for good"

    def close(self) -> None:
        """Kill it for good, and let nobody wait for it."""
        self.kill()
        self.closed = True
        self.up.set()

    def kill(self) -> None:
        """SIGKILL to all of it at once: nothing is finished, nothing is said."""
        self.up.clear()
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Running:
    """`python -m feedback.serve` in a folder of its own."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.port = int(settings.get("PORT") or free_port())
        clean = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL", "TRUSTED_HOSTS")}
        env = clean | {"LIEMCHINH_VAR": str(var), "PORT": str(self.port), "LIEMCHINH_DEMO_CASES": "40"} | settings
        self.out = (var.parent / "out.txt").open("w+b")
        self.process = subprocess.Popen([sys.executable, "-m", "feedback.serve"], cwd=ROOT, env=env, stdout=self.out, stderr=self.out)

    def text(self) -> str:
        """All that it has said."""
        self.out.seek(0)
        return self.out.read().decode()

    def wait_for(self, words: str, seconds: float) -> None:
        """Wait until it says so."""
        deadline = time.monotonic() + seconds
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)

    def wait_for_page(self, seconds: float) -> None:
        """Wait until the first page shows."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/", timeout=10) as page:
                    assert page.status == 200
                    return
            except OSError:
                assert time.monotonic() < deadline, self.text()
                time.sleep(0.2)

    def seconds_to_ready(self) -> float:
        """How long it said it took to come up."""
        found = re.search(r"\[ *([0-9.]+) s\] Ready", self.text())
        assert found is not None
        return float(found[1])

    def family(self) -> list[psutil.Process]:
        """All processes that it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def close(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.out.close()


def work_until_idle(config: Config) -> None:
    """A job worker comes up, long enough after the kill for the jobs to be due, and does what is waiting."""
    with transaction():
        db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > now()"))
    order = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--until-idle"]
    subprocess.run(order, cwd=ROOT, env={**os.environ, **settings(config)}, check=True, capture_output=True, timeout=90)


def settings(config: Config) -> dict[str, str]:
    """The environment in which another process serves this test's database. It trusts one proxy: each citizen has his own address."""
    return {
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "TRUSTED_HOSTS": HOST,
        "LIEMCHINH_VAR": str(config.var),
        "LIEMCHINH_DEMO": "0",
        "LIEMCHINH_HTTPS": "0",
        "LIEMCHINH_PROXIES": "1",
    }


class Citizen:
    """Somebody with a finished draft in his browser, about to press the last button."""

    def __init__(self, app: Flask, number: int, code: str, *, named: bool) -> None:
        self.number, self.code, self.named = number, code, named
        self.text = f"Rác ở hẻm số {number} ba ngày nay chưa ai thu gom."
        #: The code as the last page showed it; empty until then.
        self.shown = ""
        #: Set while the form is on its way and not yet answered.
        self.posting = threading.Event()
        self.port = 0
        draft = drafts.start(code)
        answers = {"text": self.text, "area": UNKNOWN_AREA, "public": "no", "started": 0.0}
        contact = {"named": "yes", "name": f"Người Thử {number}", "phone": f"0900{number:06}"} if named else {"named": "no"}
        draft.answers["steps"] = list(STEPS[:-1])
        drafts.save(draft, STEPS[-2], **answers, **contact)
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["code"] = code
        cookie = browser.get_cookie("phien")
        assert cookie is not None
        self.cookie = cookie.value

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """One request on a connection of its own; gives the status and the page. Raises GONE when the server dies under it."""
        headers = {"Cookie": f"phien={self.cookie}", "X-Forwarded-For": f"198.51.{self.number // 250}.{self.number % 250 + 1}"}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            given = SimpleCookie(line).get("phien")
            if given is not None:
                self.cookie = given.value
        return answer.status, page

    def fill_in(self, path: str, **fields: str) -> None:
        """Open a form and send it with its token; either step may lead on to another page, but not end in an error."""
        status, page = self.ask("GET", path)
        if status == 200:
            token = TOKEN.search(page)
            assert token is not None, page
            self.posting.set()
            try:
                status, page = self.ask("POST", path, csrf_token=html.unescape(token[1]), **fields)
            finally:
                self.posting.clear()
        assert status == 302, page

    def send(self) -> None:
        """Send the report, unless it has been sent, and read the code on the last page."""
        self.fill_in("/phan-anh/kiem-tra", category="")
        status, page = self.ask("GET", "/phan-anh/xong")
        assert status == 200, page
        found = GROUPS.search(page)
        assert found is not None, page
        self.shown = "".join(re.findall(r"[0-9A-Z]{5}", found[1]))

    def look_up(self, code: str) -> str:
        """Open a case by its code in a browser that knows nothing of it; the page of the case."""
        self.cookie = ""
        self.fill_in("/tra-cuu", code=code)
        status, page = self.ask("GET", "/tra-cuu/ho-so")
        assert status == 200
        return page
