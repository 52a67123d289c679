"""The embedded server: start, stop, survive, refuse with a sentence."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from feedback import postgres, postgres_cluster
from feedback.config import ROOT, Config, embedded_socket_dir, embedded_url
from feedback.server_account import Account, account_for, let_reach


def config_for(var: Path) -> Config:
    return Config(database_url=embedded_url(var), secret_key="x" * 40, var=var, testing=True)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Config]:
    config = config_for(tmp_path / "var")
    yield config
    postgres.stop(config)


def ask(config: Config, question: str) -> object:
    with psycopg.connect(config.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def server_pid(config: Config) -> int:
    return int((config.var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_starts_once_keeps_data_and_stops(own: Config) -> None:
    assert postgres.start(own) is True
    assert postgres.start(own) is False
    assert ask(own, "SHOW fsync") == "on"
    assert ask(own, "SHOW listen_addresses") == ""
    assert ask(own, "SHOW server_encoding") == "UTF8"
    with psycopg.connect(own.database_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = server_pid(own)
    assert postgres.stop(own) is True
    assert wait_until_gone(pid)
    assert postgres.stop(own) is False
    postgres.start(own)
    assert ask(own, "SELECT n FROM kept") == 7


def test_has_what_search_needs(own: Config) -> None:
    postgres.start(own, durable=False)
    assert ask(own, "SHOW fsync") == "off"
    assert ask(own, "SELECT count(*) FROM pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent')") == 2
    assert ask(own, "SELECT lower('ĐƯỜNG SÁ')") == "đường sá"


def test_starts_again_after_a_kill(own: Config) -> None:
    postgres.start(own)
    with psycopg.connect(own.database_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(server_pid(own), signal.SIGKILL)
    assert postgres.start(own) is True
    assert ask(own, "SELECT n FROM kept") == 7


def test_a_number_taken_over_by_another_process_is_no_server(own: Config) -> None:
    postgres.start(own)
    postgres.stop(own)
    (own.var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert postgres.start(own) is True


def test_a_busy_server_is_waited_for_not_doubled(own: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.start(own)
    answers = iter([False, False, True])
    monkeypatch.setattr(postgres, "is_running", lambda _config: next(answers))
    assert postgres.start(own) is False
    monkeypatch.setattr(postgres, "is_running", lambda _config: False)
    monkeypatch.setattr(postgres, "START_SECONDS", 0.1)
    with pytest.raises(postgres.PostgresError, match="does not answer"):
        postgres.start(own)


def test_last_user_stops_it(own: Config) -> None:
    with postgres.running(own) as outer:
        assert outer is True
        with postgres.running(own) as inner:
            assert inner is False
        assert postgres.is_running(own), "the outer user still needs it"
    assert not postgres.is_running(own)


def test_a_server_of_the_offices_own_is_left_alone(tmp_path: Path) -> None:
    config = Config(database_url="postgresql+psycopg://elsewhere/x", secret_key="x" * 40, var=tmp_path / "var")
    with postgres.running(config) as started:
        assert started is False
    assert not (tmp_path / "var").exists()


def test_full_disk_is_said(own: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(own.var.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=299 * 2**20))
    with pytest.raises(postgres.PostgresError, match=r"Only 299 MB are free(.|\n)*chỉ còn 299 MB"):
        postgres.start(own)


def test_a_var_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(postgres.PostgresError, match=r"LIEMCHINH_VAR(.|\n)*Xin đặt"):
        postgres.start(config_for(tmp_path / "var"))


def test_refusal_quotes_the_log(own: Config) -> None:
    postgres.start(own)
    postgres.stop(own)
    (own.var / "postgres" / "postgresql.conf").write_text("shared_buffers = 'much'\n")
    with pytest.raises(postgres.PostgresError, match=r"did not start(.|\n)*không khởi động(.|\n)*shared_buffers"):
        postgres.start(own)
    (own.var / "postgres" / "PG_VERSION").write_text("9\n")


def test_interrupted_first_start_is_made_good(own: Config) -> None:
    half = own.var / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert postgres.start(own) is True
    assert not half.exists()


def test_a_socket_folder_of_somebody_else_is_refused(own: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own.var / "postgres-socket"
    folder.mkdir(parents=True)
    monkeypatch.setattr(postgres_cluster, "account_for", lambda _data: Account(os.geteuid() + 1, os.getegid()))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(postgres.PostgresError, match="belongs to another account"):
        postgres_cluster.prepare(own)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_tied_server_dies_with_its_starter(tmp_path: Path) -> None:
    config = config_for(tmp_path / "var")
    program = f"""
        import os, signal
        from pathlib import Path
        from feedback import postgres
        from feedback.config import Config, embedded_url
        var = Path({str(config.var)!r})
        postgres.start(Config(database_url=embedded_url(var), secret_key="x" * 40, var=var), tied=True)
        print(int((var / "postgres" / "postmaster.pid").read_text().split()[0]), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert wait_until_gone(int(done.stdout))


root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")


@root_only
def test_root_gives_the_server_to_a_powerless_account(own: Config) -> None:
    postgres.start(own)
    assert Path(f"/proc/{server_pid(own)}").stat().st_uid != 0
    assert (own.var / "postgres").stat().st_mode & 0o077 == 0
    assert embedded_socket_dir(own.var).stat().st_mode & 0o077 == 0


@root_only
def test_root_keeps_the_account_that_owns_the_files(tmp_path: Path) -> None:
    os.chown(tmp_path, 4321, 4321)
    assert account_for(tmp_path) == Account(4321, 4321)


@root_only
def test_closed_folders_become_passable_not_readable(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    closed.chmod(0o700)
    let_reach(Account(4321, 4321), closed / "var")
    assert closed.stat().st_mode & 0o777 == 0o701


@root_only
def test_plain_user_needs_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same start and stop in a child that gave up being root."""
    somebody = pwd.getpwnam("nobody")
    home = tmp_path_factory.mktemp("plain")
    os.chown(home, somebody.pw_uid, somebody.pw_gid)
    let_reach(Account(somebody.pw_uid, somebody.pw_gid), home / "var")
    config = config_for(home / "var")
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(somebody.pw_gid)
            os.setuid(somebody.pw_uid)
            good = postgres.start(config) and ask(config, "SELECT 1") == 1 and postgres.stop(config)
            os._exit(0 if good else 3)
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (home / "var" / "postgres").stat().st_uid == somebody.pw_uid
