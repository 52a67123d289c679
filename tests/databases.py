"""The run's database server and fresh databases on it."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from feedback import postgres
from feedback.config import Config, embedded_socket_dir, embedded_url
from feedback.postgres_cluster import NAME, binaries, data_dir, make_var, run_as
from feedback.server_account import account_for

#: Environment variable with the folder of this run's server; workers inherit it.
VAR = "LIEMCHINH_TEST_VAR"
SECRET = "a secret for tests, forty characters ok"
_numbers = itertools.count(1)


def server_config() -> Config:
    """Settings of the run's server."""
    var = Path(os.environ[VAR])
    return Config(database_url=embedded_url(var), secret_key=SECRET, var=var, https=False, limits_url="memory://", testing=True)


def url_of(database: str) -> str:
    """Address of one database on the run's server."""
    return embedded_url(Path(os.environ[VAR])).replace("@/liemchinh?", f"@/{database}?")


@contextmanager
def admin() -> Iterator[psycopg.Connection]:
    """A connection that may make and drop databases."""
    with psycopg.connect(url_of("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@contextmanager
def fresh_database(source: str) -> Iterator[str]:
    """Address of a new database cloned from `source` (`template1` for an empty one), dropped at the end."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with admin() as connection:
        # Copying files takes half the work of writing every page to the log; the server's caches of its catalogue come along.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
        try:
            yield url_of(name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copy_database(source: str, target: Config) -> None:
    """Bring a database of the run's server to another server, which has an empty one of the usual name."""
    options = ["--username", NAME, "--host"]
    dump = [binaries() / "pg_dump", *options, embedded_socket_dir(server_config().var), "--format=custom", source]
    restore = [binaries() / "pg_restore", *options, embedded_socket_dir(target.var), "--dbname", NAME, "--single-transaction"]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
        subprocess.run(restore, stdin=dumping.stdout, check=True)


def make_replica(primary: Config, replica: Config) -> None:
    """Make the files of a server that follows the primary, which runs; `postgres.start` starts it."""
    make_var(replica)
    account = account_for(data_dir(replica))
    data_dir(replica).mkdir(mode=0o700)
    account.own(data_dir(replica))
    order = [binaries() / "pg_basebackup", "--write-recovery-conf", "--no-sync", "--checkpoint=fast", "--username", NAME]
    order += ["--host", embedded_socket_dir(primary.var), "--pgdata", data_dir(replica)]
    subprocess.run([str(part) for part in order], check=True, **run_as(account))
    postgres.start(replica, tied=True)
