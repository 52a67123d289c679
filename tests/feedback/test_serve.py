"""The supervisor: everything up with one command, everything gone with one key."""

from __future__ import annotations

import dataclasses
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from flask import Flask

from feedback import processes, serve, web_process
from feedback.config import ROOT, Config, ConfigError, embedded_url
from feedback.parts import Parts
from tests.faults.server import HOST, Running, free_port
from tests.pace import slowness

pytestmark = pytest.mark.allow_hosts([HOST])


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


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


@pytest.mark.parametrize("wrong", ["host:port/x", "u:secret@more@host/x", "u:two words@host/x", "u:100%s@host:1,other:2/x"])
def test_an_address_that_cannot_be_read_is_said_and_not_shown(wrong: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL cannot be read") as refused:
        Config.from_environment({"DATABASE_URL": f"postgresql://{wrong}"})
    assert wrong not in str(refused.value)
    kept = Config.from_environment({"DATABASE_URL": "postgres://u:p%2Fq%40@host:5433/x?sslmode=require"})
    assert kept.database_url == "postgresql+psycopg://u:p%2Fq%40@host:5433/x?sslmode=require"


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


def test_garbage_is_looked_for_seldom_in_web_processes_and_elsewhere_as_python_does(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[int] = []
    monkeypatch.setattr(gc, "set_threshold", lambda first, *_others: chosen.append(first))
    web_process.post_worker_init(SimpleNamespace(wsgi=Flask("nothing to fetch"))).join()
    assert chosen == [web_process.OBJECTS_BEFORE_A_LOOK]
    asked = "import gc; usual = gc.get_threshold(); import wsgi; print(gc.isenabled(), gc.get_threshold() == usual)"
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    assert said.stdout == "True True\n"


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


def test_crashed_child_waits_longer_each_time_unless_it_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    child, clock = processes.Child("web", []), [1000.0]
    monkeypatch.setattr(processes, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    def crash_after(seconds: float) -> float:
        child.started_at = clock[0]
        clock[0] += seconds
        return child.plan_restart()

    assert [crash_after(0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert [crash_after(processes.HALVING_SECONDS * 2) for _ in range(6)] == [15, 7.5, 3.75, 1.875, 1, 1], "the longer it lives the sooner"
    tried = [crash_after(2.5) for _ in range(20)]
    assert tried == sorted(tried), "what dies at every start is tried less and less often"
    assert tried[-1] == processes.LONGEST_WAIT
    assert crash_after(3600) == 1, "what had been at work is back at once"


def test_what_a_dead_part_leaves_behind_goes_before_it_starts_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = serve.Supervisor(Config(database_url="elsewhere", secret_key="x" * 40, var=tmp_path), HOST, free_port())
    waits = "import time; time.sleep(60)"
    child = processes.Child("web", [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {waits!r}])"])
    supervisor.children = [child]
    supervisor.watch()
    assert child.process is None, "what was never started is not started again"
    child.start(os.environ)
    try:
        assert child.process is not None
        head = psutil.Process(child.process.pid)
        while not (family := head.children()):
            time.sleep(0.01)
        head.kill()
        child.process.wait()
        supervisor.watch()
        assert gone(family, 5) == []
        assert "web ended by itself (code -9); starting it again in 1 s" in capsys.readouterr().out
        child.restart_at = 0
        supervisor.watch()
        assert child.alive
    finally:
        supervisor.stop_children()


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
def test_a_machine_of_workers_says_what_runs_there_and_names_no_address(tmp_path: Path, config: Config) -> None:
    own = {"DATABASE_URL": config.database_url, "SECRET_KEY": config.secret_key, "TRUSTED_HOSTS": "localhost"}
    running = Running(tmp_path / "var", **own, LIEMCHINH_PARTS="worker")
    try:
        running.wait_for("Ready", 60)
        said = running.text()
        assert "Starting the worker / Đang khởi động tiến trình nền" in said
        assert "Starting the database" not in said
        assert "http://" not in said
    finally:
        running.close()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_up_with_one_command_and_gone_with_one_key(tmp_path: Path) -> None:
    var = tmp_path / "var"
    running = Running(var)
    try:
        running.wait_for("Ready / Sẵn sàng:  http://", 120)
        assert "Starting the web server and the worker / Đang khởi động máy chủ web và tiến trình nền" in running.text()
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
