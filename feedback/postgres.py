"""The embedded PostgreSQL server: start, stop, and keep it up for as long as somebody needs it.

It listens on a Unix socket that only its own account (and root) can reach, so it needs no password and takes no port.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import psycopg

from feedback.config import APP_ROLE, Config, embedded_socket_dir
from feedback.postgres_cluster import NAME, PostgresError, binaries, data_dir, make_var, prepare, run_as
from feedback.server_account import Account

__all__ = ["PostgresError", "is_alive", "is_running", "running", "start", "stop"]

START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOG_BYTES = 1_000_000
#: The processes of a killed server need a moment to notice and leave.
ATTEMPTS = 5
STILL_IN_USE = "is still in use"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Containers give 64 MB of shared memory; parallel plans want more and then fail in the middle of a question.
    "max_parallel_workers_per_gather": "0",
    # Nobody follows this server: what is loaded into a new table, as a restore does, need not be written to the log as well.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
#: For tests only: nothing survives a power cut, everything is quicker.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

#: Loaded before any fork: a fresh child must not import.
_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
#: Servers this process started, by their var folder, so that they can be reaped.
_children: dict[Path, subprocess.Popen[bytes]] = {}


def is_running(config: Config) -> bool:
    """Whether the embedded server answers."""
    try:
        _connect(config).close()
    except psycopg.OperationalError:
        return False
    return True


def is_alive(config: Config) -> bool:
    """Whether the server's process exists, be it too busy or not yet ready to answer."""
    return _postmaster(config) is not None


def start(config: Config, *, durable: bool = True, tied: bool = False) -> bool:
    """Make sure the embedded server runs and its database exists; True when this call started it.

    `tied` lets the operating system stop the server when the calling process dies, however it dies (Linux).
    Raises PostgresError.
    """
    with _turn(config):
        if _answers_in_time(config):
            return False
        try:
            account = prepare(config)
            _clear_traces(config)
            _launch(config, account, SETTINGS if durable else SETTINGS | CARELESS, tied=tied)
        except OSError as error:
            raise PostgresError(
                f"The database cannot be started in {data_dir(config)}: {error}. Check that this folder and its disk can be written to.",
                f"Không khởi động được cơ sở dữ liệu trong {data_dir(config)}. Xin kiểm tra quyền ghi và dung lượng của thư mục này.",
            ) from error
        _ensure_database(config)
        return True


def stop(config: Config) -> bool:
    """Stop the embedded server and wait until it is gone; True when there was one to stop."""
    with _turn(config):
        return _stop(config)


@contextmanager
def running(config: Config, *, tied: bool = False) -> Iterator[bool]:
    """Have the server up inside the block; yields whether it was started for it. The last user to leave stops it.

    With a server of the office's own (DATABASE_URL) this does nothing.
    """
    if not config.embedded:
        yield False
        return
    make_var(config)
    with (config.var / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield start(config, tied=tied)
        finally:
            with _turn(config):
                if _alone(users):
                    _stop(config)


@contextmanager
def _turn(config: Config) -> Iterator[None]:
    """One process at a time may start or stop the server."""
    make_var(config)
    with (config.var / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _alone(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop(config: Config) -> bool:
    pid = _postmaster(config)
    if pid is None:
        return False
    # SIGINT is PostgreSQL's "fast" shutdown: open sessions are rolled back, everything committed is kept.
    os.kill(pid, signal.SIGINT)
    child = _children.pop(config.var, None)
    deadline = time.monotonic() + STOP_SECONDS
    while _postmaster(config) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)
    if child is not None:
        child.wait()
    return True


def _launch(config: Config, account: Account, settings: dict[str, str], *, tied: bool) -> None:
    """Start the server and wait until it answers."""
    log = config.var / "postgres.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    order = [str(binaries() / "postgres"), "-D", str(data_dir(config)), "-k", str(embedded_socket_dir(config.var))]
    for name, value in settings.items():
        order += ["-c", f"{name}={value}"]
    tail = ""
    for _attempt in range(ATTEMPTS):
        tail = _attempt_launch(config, order, log, run_as(account) | {"preexec_fn": die_with_parent if tied else None})
        if not tail:
            return
        if STILL_IN_USE not in tail:
            break
        time.sleep(1)
    raise PostgresError(
        f"PostgreSQL did not start. Its last words (from {log}) are below.",
        "PostgreSQL không khởi động được; lý do ghi ở dưới.",
        tail,
    )


def _attempt_launch(config: Config, order: list[str], log: Path, options: dict[str, Any]) -> str:
    """One try; empty when the server answers, else the last lines of its log."""
    with log.open("ab") as out:
        before = out.tell()
        process = subprocess.Popen(order, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **options)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if is_running(config):
            _children[config.var] = process
            return ""
        time.sleep(0.05)
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        process.wait()
    lines = log.read_bytes()[before:].decode(errors="replace").strip().splitlines()
    return "\n".join(lines[-8:]) or "(nothing)"


def _answers_in_time(config: Config) -> bool:
    """Wait for a server that exists until it answers; False when there is none or it ends meanwhile."""
    deadline = time.monotonic() + START_SECONDS
    while is_alive(config):
        if is_running(config):
            return True
        if time.monotonic() > deadline:
            raise PostgresError(
                f"PostgreSQL runs but does not answer. See {config.var / 'postgres.log'}, or stop it with: flask --app wsgi postgres stop",
                f"PostgreSQL đang chạy nhưng không trả lời. Xin xem {config.var / 'postgres.log'}.",
            )
        time.sleep(0.05)
    return False


def die_with_parent(number: int = signal.SIGINT) -> None:
    """Ask Linux to send this process a signal when its parent dies, however it dies; called in a fresh child of a single thread."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, number)


def _connect(config: Config) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=str(embedded_socket_dir(config.var)), user=NAME, dbname="postgres", autocommit=True, connect_timeout=5)


def _ensure_database(config: Config) -> None:
    with _connect(config) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {NAME}")
        # Before any table: a backup that is restored into a new server grants rights to it.
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone() is None:
            connection.execute(f"CREATE ROLE {APP_ROLE} NOLOGIN")


def _postmaster(config: Config) -> int | None:
    """Number of the live server process, or None."""
    try:
        pid = int((data_dir(config) / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _is_postgres(pid) else None


def _clear_traces(config: Config) -> None:
    """Remove what a killed server left. PostgreSQL itself still refuses when any of its old processes holds the files."""
    if not is_alive(config):
        if (child := _children.pop(config.var, None)) is not None:
            child.wait()
        (data_dir(config) / "postmaster.pid").unlink(missing_ok=True)
        (embedded_socket_dir(config.var) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    """Whether the process is a PostgreSQL: after a restart of the machine its number may belong to anything."""
    if Path("/proc/self").exists():
        try:
            name, state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)
        except OSError:
            return False
        return "postgres" in name and state.split()[0] != "Z"
    answer = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return "postgres" in answer.stdout
