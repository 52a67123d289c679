"""Processes that end when we do: started in their own group, ended together, started again after a crash."""

from __future__ import annotations

import functools
import math
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from feedback.config import ROOT
from feedback.postgres import die_with_parent

#: Each crash doubles the wait before the next start, each so many seconds of life halve it: what is killed now and then is back in a
#: second, what dies at every start is tried less and less often.
HALVING_SECONDS = 5.0
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    order: list[str]
    #: It takes up a new release on SIGHUP without letting go of a request; others end and begin again.
    reloads: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    #: Seconds it had to wait after its last crash.
    wait: float = 0.0
    #: When it is started again; what has never been started is not.
    restart_at: float = math.inf

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
        """After a crash give the seconds to wait: 1, 2, 4, … up to LONGEST_WAIT where it hardly lived."""
        moment = time.monotonic()
        doubled = 2 * self.wait * 0.5 ** ((moment - self.started_at) / HALVING_SECONDS)
        self.wait = min(max(doubled, SHORTEST_WAIT), LONGEST_WAIT)
        self.process, self.restart_at = None, moment + self.wait
        return self.wait


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
