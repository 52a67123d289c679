"""A new release, or new settings, are taken up by telling the web server to begin anew: nobody who is being served notices."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time

import psutil
import pytest

from feedback.config import Config
from tests.faults.server import HOST, START_SECONDS, WebServer

VISITORS = 4
pytestmark = [pytest.mark.allow_hosts([HOST]), pytest.mark.slow]


def workers(server: WebServer) -> set[int]:
    assert server.process is not None
    return {child.pid for child in psutil.Process(server.process.pid).children()}


class Visitors:
    """People who open page after page, each on a connection of its own, until told to go home."""

    def __init__(self, port: int) -> None:
        self.port, self.answers, self.go_home = port, list[int | str](), threading.Event()
        self.threads = [threading.Thread(target=self.visit) for _ in range(VISITORS)]
        for thread in self.threads:
            thread.start()

    def visit(self) -> None:
        while not self.go_home.is_set():
            connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
            try:
                connection.request("GET", "/tra-cuu")
                answer = connection.getresponse()
                answer.read()
                self.answers.append(answer.status)
            except (OSError, http.client.HTTPException) as error:
                self.answers.append(repr(error))
            finally:
                connection.close()

    def send_home(self) -> None:
        self.go_home.set()
        for thread in self.threads:
            thread.join()


def test_beginning_anew_loses_no_request(config: Config) -> None:
    server = WebServer(config)
    server.start()
    visitors = Visitors(server.port)
    try:
        before, end = workers(server), time.monotonic() + START_SECONDS
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGHUP)
        while before & workers(server) or len(workers(server)) != len(before):
            assert time.monotonic() < end, "the old workers stay"
            time.sleep(0.05)
        served = len(visitors.answers)
        while len(visitors.answers) < served + 20:
            assert time.monotonic() < end, "the new workers do not answer"
            time.sleep(0.01)
    finally:
        visitors.send_home()
        server.close()
    assert set(visitors.answers) == {200}
