"""The other side of `tests.bench.scaling`: a process that sends prepared requests over kept connections and notes how long each took.

Plain sockets and no library, so that it takes as little as it can of the processors it shares with the server. It reads from standard
input the port, the number of connections, the seconds and the file with the requests; it prints what it measured as JSON.
"""

from __future__ import annotations

import json
import os
import pickle
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path


class Knocker:
    """Sends what is waiting, one request after the other, until nothing is left or the time is up."""

    def __init__(self, port: int, waiting: Iterator[bytes], until: float) -> None:
        self.port, self.waiting, self.until = port, waiting, until
        self.connection: socket.socket | None = None
        self.milliseconds: list[float] = []
        self.statuses: Counter[str] = Counter()

    def run(self) -> None:
        while time.perf_counter() < self.until and (request := next(self.waiting, None)) is not None:
            began = time.perf_counter()
            status = self.ask(request)
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            self.statuses[status] += 1

    def ask(self, request: bytes) -> str:
        """Status of the answer; on a connection that the server has closed meanwhile the request was not taken, and goes out again."""
        kept = self.connection is not None
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.connection.sendall(request)
            answer = self.connection.recv(65536)
        except ConnectionError:
            answer = b""
        if not answer:
            self.connection = None
            if kept:
                return self.ask(request)
            raise SystemExit("the server closes the connection without an answer")
        head, _end, body = answer.partition(b"\r\n\r\n")
        lower = head.lower()
        left = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0) - len(body)
        while left > 0:
            left -= len(self.connection.recv(65536))
        if b"connection: close" in lower:
            self.connection = None
        return head[9:12].decode() + (" " + lower.partition(b"location: ")[2].split(b"\r\n", 1)[0].decode() if head[9:10] == b"3" else "")


def main() -> None:
    """Send all of the file's requests by so many connections for at most so long."""
    port, connections, seconds, file = sys.stdin.readline().split()
    requests = pickle.loads(Path(file).read_bytes())
    lock, left = threading.Lock(), iter(requests)

    class Shared:
        def __iter__(self) -> Iterator[bytes]:
            return self

        def __next__(self) -> bytes:
            with lock:
                return next(left)

    began = time.perf_counter()
    knockers = [Knocker(int(port), iter(Shared()), began + float(seconds)) for _ in range(int(connections))]
    threads = [threading.Thread(target=each.run) for each in knockers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, own = time.perf_counter() - began, sum(os.times()[:2])
    statuses = sum((each.statuses for each in knockers), Counter())
    print(json.dumps({"seconds": took, "statuses": statuses, "ms": [ms for each in knockers for ms in each.milliseconds], "own": own}))


if __name__ == "__main__":
    main()
