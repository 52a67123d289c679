"""The service's processes for `tests.bench.scaling`: started as the service starts them, and how much processor and memory they take."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback.audit.reading import address_of
from feedback.config import Config
from feedback.db import db
from feedback.parts import Parts
from feedback.processes import Child, end
from feedback.serve import answers
from tests.bench import yardstick
from tests.faults.server import free_port

#: So many half seconds with less than so many milliseconds of processor time are nothing to do.
QUIET, IDLE_MS = 4, 30


@contextmanager
def serving(processes: int, *names: str) -> Iterator[tuple[int, dict[str, Child]]]:
    """Web and worker as the service starts them, warm; gives the port and the processes by name."""
    port = free_port()
    with running(Parts(names, processes).children("127.0.0.1", port), port) as children:
        if "web" in names:
            await_warm(children)
        yield port, children


@contextmanager
def running(order: list[Child], port: int) -> Iterator[dict[str, Child]]:
    """These processes, by name, once the web server among them answers."""
    children = {child.name: child for child in order}
    env = {"SECRET_KEY": _secret(), "TRUSTED_HOSTS": "127.0.0.1", "LIEMCHINH_HTTPS": "0", "LIEMCHINH_PROXIES": "1", "LIEMCHINH_DEMO": "0"}
    for child in children.values():
        child.start({**os.environ, **env, yardstick.ADDRESS: address_of(db.engine)})
    try:
        while not answers("127.0.0.1", port):
            assert children["web"].alive, "the web server did not start"
            time.sleep(0.1)
        yield children
    finally:
        for child in children.values():
            if child.process is not None:
                end(child.process, 8)


def await_warm(children: dict[str, Child]) -> None:
    """Wait until the web processes do nothing: they have read the figures' columns and counted what the city's page shows."""
    quiet, before = 0, Processor(children).used()["web"]
    while quiet < QUIET:
        time.sleep(0.5)
        used = Processor(children).used()["web"]
        quiet, before = quiet + 1 if used - before < IDLE_MS else 0, used


def _secret() -> str:
    from flask import current_app

    config: Config = current_app.extensions["config"]
    return config.secret_key


class Processor:
    """Processor time of groups of processes, and the memory they alone hold."""

    def __init__(self, children: dict[str, Child]) -> None:
        postmaster = int((Path(os.environ["LIEMCHINH_VAR"]) / "postgres" / "postmaster.pid").read_text().split()[0])
        self.roots = {"postgres": postmaster, **{name: child.process.pid for name, child in children.items() if child.process}}
        self.before = self.used()

    def members(self, root: int) -> list[tuple[int, list[str]]]:
        """Process and state of a root and of what it has started."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split() if folder.name.isdigit() else []
            except OSError:
                continue
            if fields and (int(folder.name) == root or int(fields[1]) == root):
                found.append((int(folder.name), fields))
        return found

    def used(self) -> dict[str, float]:
        """Milliseconds so far, of ended children too."""
        tick = 1000 / os.sysconf("SC_CLK_TCK")
        count = lambda fields, own: sum(int(part) for part in (fields[11:13] if not own else fields[11:15])) * tick  # noqa: E731
        return {name: sum(count(fields, key == root) for key, fields in self.members(root)) for name, root in self.roots.items()}

    def each(self, many: int, client: float) -> str:
        """Milliseconds of each of so many requests, by whom."""
        spent = {name: (used - self.before[name]) / many for name, used in self.used().items()} | {"client": client * 1000 / many}
        return f"{sum(spent.values()):.1f} = " + " + ".join(f"{ms:.1f} {name}" for name, ms in spent.items())

    def memory(self, name: str) -> list[float]:
        """Megabytes of each process, what several share divided among them."""
        sizes = []
        for key, _fields in self.members(self.roots[name]):
            lines = Path(f"/proc/{key}/smaps_rollup").read_text().splitlines()
            sizes.append(sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024)
        return sorted(sizes)
