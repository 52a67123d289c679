"""Which parts of the service run here, and how many of each: both on one machine, or web servers and workers on machines of their own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.config import ConfigError
from feedback.processes import Child

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
PARTS = ("web", "worker")
#: More of one kind on one machine is a slip of the keyboard.
MOST = 64
#: Seconds an idle connection is kept. Longer than the proxy keeps it, or a form is sent into one that is just being closed and is lost.
KEEP_ALIVE = 75


@dataclass(frozen=True)
class Parts:
    """What this machine runs."""

    names: tuple[str, ...] = PARTS
    #: Processes of the web server, requests each works at, jobs the worker works at.
    processes: int = 2
    threads: int = 4
    jobs: int = 2

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Parts:
        """Read LIEMCHINH_PARTS, WEB_PROCESSES, WEB_THREADS, WORKER_JOBS; ConfigError for anything unusable."""
        names = tuple(name.strip() for name in env.get("LIEMCHINH_PARTS", "").split(",") if name.strip()) or PARTS
        if set(names) - set(PARTS):
            raise ConfigError(f"LIEMCHINH_PARTS must be web, worker, or web,worker; not {', '.join(names)!r}.")
        return cls(
            tuple(name for name in PARTS if name in names),
            _how_many(env, "WEB_PROCESSES", cls.processes),
            _how_many(env, "WEB_THREADS", cls.threads),
            _how_many(env, "WORKER_JOBS", cls.jobs),
        )

    def children(self, host: str, port: int) -> list[Child]:
        """The processes to keep running, the web server first."""
        gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:create_app()", "--bind", f"{host}:{port}", "--no-control-socket"]
        gunicorn += ["--worker-class", "gthread", "--workers", str(self.processes), "--threads", str(self.threads)]
        gunicorn += ["--keep-alive", str(KEEP_ALIVE)]
        gunicorn += ["--graceful-timeout", "5", "--log-level", "warning", "--config", "python:feedback.web_process"]
        worker = [*FLASK, "worker", "--concurrency", str(self.jobs)]
        every = {"web": Child("web", gunicorn, reloads=True), "worker": Child("worker", worker)}
        return [every[name] for name in self.names]


def _how_many(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "").strip() or str(default)
    if not value.isdigit() or not 1 <= int(value) <= MOST:
        raise ConfigError(f"{name} must be a whole number from 1 to {MOST}, not {value!r}.")
    return int(value)
