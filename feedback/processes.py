"""Processes that end when we do: started in their own group, ended together, started again after a crash."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from feedback.config import ROOT
from feedback.postgres import die_with_parent

#: A child that ran this long was healthy: its next crash counts as the first.
HEALTHY_SECONDS = 60.0
LONGEST_WAIT = 30.0


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    order: list[str]
    #: It takes up a new release on SIGHUP without letting go of a request; others end and begin again.
    reloads: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether it runs at this moment."""
        return self.process is not None and self.process.poll() is None

    def start(self, env: Mapping[str, str]) -> None:
        """Start it in a group of its own, so that Ctrl-C in the terminal reaches the supervisor alone."""
        self.process = spawn(self.order, env)
        self.started_at = time.monotonic()

    def begin_anew(self, env: Mapping[str, str], seconds: float) -> None:
        """Take up what has been installed since it began; one that has to end gets so many seconds to finish what it does."""
        if self.process is None:
            return
        if self.reloads:
            self.process.send_signal(signal.SIGHUP)
        else:
            end(self.process, seconds)
            self.start(env)

    def plan_restart(self) -> float:
        """Count a crash and give the seconds to wait: 1, 2, 4, … up to LONGEST_WAIT."""
        if time.monotonic() - self.started_at > HEALTHY_SECONDS:
            self.failures = 0
        self.failures += 1
        self.process = None
        wait = min(2.0 ** (self.failures - 1), LONGEST_WAIT)
        self.restart_at = time.monotonic() + wait
        return wait


def spawn(order: list[str], env: Mapping[str, str], stdout: int | None = None) -> subprocess.Popen[bytes]:
    """Start a process in its own group that ends when we do, however we end (Linux). We have no threads, so forking is safe."""
    return subprocess.Popen(
        order,
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=functools.partial(die_with_parent, signal.SIGTERM),  # noqa: PLW1509 - the supervisor has no threads
    )


def end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask a process to finish and, after its time is up, kill it; then kill whatever is left of its group."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(max(seconds, 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdout is not None:
        process.stdout.close()
