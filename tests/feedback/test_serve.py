"""The supervisor: everything up with one command, everything gone with one key."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from feedback import processes, serve, web_process
from feedback.config import ROOT, Config, ConfigError, embedded_url
from feedback.parts import Parts
from tests.pace import slowness

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Running:
    """`python -m feedback.serve` in a folder of its own."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.port = int(settings.get("PORT") or free_port())
        clean = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DATABASE_URL", "TRUSTED_HOSTS")}
        env = clean | {"LIEMCHINH_VAR": str(var), "PORT": str(self.port), "LIEMCHINH_DEMO_CASES": "40"} | settings
        self.out = (var.parent / "out.txt").open("w+b")
        self.process = subprocess.Popen([sys.executable, "-m", "feedback.serve"], cwd=ROOT, env=env, stdout=self.out, stderr=self.out)

    def text(self) -> str:
        self.out.seek(0)
        return self.out.read().decode()

    def wait_for(self, words: str, seconds: float) -> None:
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
        return psutil.Process(self.process.pid).children(recursive=True)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.out.close()


def refusal(tmp_path: Path, **settings: str) -> str:
    """What it says when it cannot start."""
    running = Running(tmp_path / "var", **settings)
    try:
        assert running.process.wait(30) == 1
        return running.text()
    finally:
        running.close()


def gone(family: list[psutil.Process], seconds: float) -> list[str]:
    """Whoever is still there after so many seconds, by his orders; one that has ended and waits to be buried is gone."""
    return [orders for process in psutil.wait_procs(family, timeout=seconds)[1] if (orders := _orders(process))]


def _orders(process: psutil.Process) -> str:
    """The command line of a process that lives; "" of one that does not."""
    try:
        return "" if process.status() == psutil.STATUS_ZOMBIE else " ".join(process.cmdline()) or str(process)
    except psutil.NoSuchProcess:
        return ""


def test_port_taken_is_said(tmp_path: Path, taken: int) -> None:
    said = refusal(tmp_path, PORT=str(taken))
    assert f"Port {taken} is taken" in said
    assert f"Cổng {taken} đang được chương trình khác dùng" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("wrong", ["abc", "0", "65536"])
def test_port_that_is_no_port_is_said(wrong: str) -> None:
    with pytest.raises(serve.CannotServe, match="from 1 to 65535"):
        serve.choose_port(HOST, wrong)


def test_without_a_wish_the_next_free_port_is_taken(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "FIRST_PORT", taken)
    chosen = serve.choose_port(HOST, "")
    assert taken < chosen < taken + serve.PORTS_TRIED
    assert f"using {chosen}" in capsys.readouterr().out


def test_missing_settings_are_said(tmp_path: Path) -> None:
    assert "TRUSTED_HOSTS is missing" in refusal(tmp_path, SECRET_KEY="k" * 40)


def test_database_out_of_reach_is_said(tmp_path: Path) -> None:
    said = refusal(tmp_path, DATABASE_URL=f"postgresql://nobody@{HOST}:{free_port()}/x")
    assert "Check DATABASE_URL" in said
    assert "Traceback" not in said


def test_same_data_is_served_once(tmp_path: Path) -> None:
    config = Config(database_url=embedded_url(tmp_path), secret_key="x" * 40, var=tmp_path)
    with serve.only_one(config) as note:
        note("http://here:1")
        with pytest.raises(serve.CannotServe, match="already runs at http://here:1"), serve.only_one(config):
            pass
    with serve.only_one(config):
        pass
    elsewhere = dataclasses.replace(config, database_url="postgresql+psycopg://city@database/city")
    with serve.only_one(elsewhere), serve.only_one(elsewhere):
        pass


def test_what_runs_here_is_asked_for_by_name() -> None:
    assert [child.name for child in Parts().children(HOST, 1)] == ["web", "worker"]
    asked = Parts.from_environment({"LIEMCHINH_PARTS": " worker ,", "WORKER_JOBS": "5"})
    assert [child.order[-3:] for child in asked.children(HOST, 1)] == [["worker", "--concurrency", "5"]]
    web = Parts.from_environment({"LIEMCHINH_PARTS": "web", "WEB_PROCESSES": "3", "WEB_THREADS": "8"}).children(HOST, 1)
    assert " --workers 3 --threads 8 " in " ".join(web[0].order)
    assert web[0].order[-2:] == ["--config", f"python:{web_process.__name__}"]


@pytest.mark.parametrize("wrong", [{"LIEMCHINH_PARTS": "web,mail"}, {"WEB_PROCESSES": "0"}, {"WEB_THREADS": "many"}, {"WORKER_JOBS": "65"}])
def test_what_cannot_run_here_is_said(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Parts.from_environment(wrong)


def test_a_release_whose_tables_cannot_be_made_leaves_the_former_at_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = serve.Supervisor(Config(database_url=embedded_url(tmp_path), secret_key="x" * 40, var=tmp_path), HOST, free_port())
    sleeping = processes.Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    sleeping.start(os.environ)
    supervisor.children = [sleeping]
    before = sleeping.process
    supervisor.prepare = lambda: supervisor.do([sys.executable, "-c", "raise SystemExit(1)"])  # type: ignore[method-assign,assignment]
    try:
        supervisor.renew()
        assert "The former release goes on" in capsys.readouterr().out
        assert sleeping.process is before
        assert sleeping.alive
        supervisor.prepare = lambda: None  # type: ignore[method-assign]
        supervisor.renew()
        assert sleeping.process is not before
        assert sleeping.alive
    finally:
        supervisor.stop_children()


def test_crashed_child_waits_longer_each_time_until_it_was_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    child = processes.Child("web", [])
    child.started_at = time.monotonic()
    assert [child.plan_restart() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started_at = time.monotonic() - processes.HEALTHY_SECONDS - 1
    assert child.plan_restart() == 1


def test_what_will_not_finish_is_killed_with_its_family() -> None:
    stubborn = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    stubborn += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('up', flush=True); time.sleep(60)"
    process = processes.spawn([sys.executable, "-c", stubborn], os.environ, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    family = psutil.Process(process.pid).children()
    assert len(family) == 1
    processes.end(process, 0.3)
    assert process.returncode == -signal.SIGKILL
    assert gone(family, 5) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_up_with_one_command_and_gone_with_one_key(tmp_path: Path) -> None:
    var = tmp_path / "var"
    running = Running(var)
    try:
        running.wait_for("Ready", 120)
        running.wait_for_page(1)
        family = running.family()
        assert len(family) >= 4, "database, web server with its workers, job worker"
        running.process.send_signal(signal.SIGUSR2)
        running.wait_for("The new release is taken up", 60)
        running.wait_for_page(60)
        family = running.family()
        worker = next(process for process in family if "worker" in process.cmdline())
        worker.kill()
        running.wait_for("worker ended by itself", 10)
        postmaster = next(process for process in family if process.name() == "postgres")
        postmaster.kill()
        running.wait_for("The database ended by itself", 10)
        running.wait_for_page(20)

        family = running.family()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(15) == 0
        assert gone(family, 5) == []
    finally:
        running.close()

    again = Running(var)
    try:
        again.wait_for("Ready", 60)
        assert again.seconds_to_ready() < 20 * slowness(), "the second start finds everything in place (ten seconds on an idle machine)"
        family = again.family()
        again.process.kill()
        again.process.wait()
        assert gone(family, 10) == [], "nothing outlives a killed supervisor"
    finally:
        again.close()
