"""pg_dump and pg_restore of the PostgreSQL in use, fed and read as streams, and databases made beside the one in use."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url

from feedback.config import Config
from feedback.operations.sealing import BackupBroken, SealedReader, SealedWriter
from feedback.postgres_cluster import binaries, version

#: For sessions that load a database nobody uses yet. It is safe on disk when it gets its name: renaming waits for all written before.
LOADING = "-c synchronous_commit=off -c maintenance_work_mem=256MB -c max_parallel_maintenance_workers=0"
#: The first PostgreSQL that can put into a dump what its planner knows of the tables.
WITH_STATISTICS = 18
#: Bytes handed on at a time.
STEP = 1 << 18
#: Names under which libpq looks in the environment: a password on a command line could be read by everybody on the machine.
_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "sslmode": "PGSSLMODE"}


def url_of(config: Config, database: str | None = None) -> URL:
    """Address of the database in use, or of another one on its server."""
    url = make_url(config.database_url)
    return url if database is None else url.set(database=database)


def _program(name: str) -> str:
    own = binaries() / name
    found = str(own) if own.is_file() else shutil.which(name)
    if found is None:
        raise BackupBroken(f"{name} is missing: install the client programs of PostgreSQL")
    return found


def _environment(url: URL) -> dict[str, str]:
    parts = conninfo_to_dict(url.set(drivername="postgresql").render_as_string(hide_password=False))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {_ENVIRONMENT[name]: str(value) for name, value in parts.items() if name in _ENVIRONMENT and value}


def dump(config: Config, snapshot: str, target: SealedWriter) -> None:
    """Write the whole database, as it stood in the snapshot, in pg_dump's custom format. Raises BackupBroken.

    Packed lightly: its own way of packing is most of what a backup costs, and more effort takes off a seventh of the size.
    """
    url = url_of(config)
    order = [_program("pg_dump"), "--format=custom", "--compress=1", f"--snapshot={snapshot}", f"--dbname={url.database}"]
    if version() >= WITH_STATISTICS:  # so that the first lists of a restored city are planned for what is in it
        order.append("--statistics")
    with subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(url), cwd="/") as process:
        assert process.stdout is not None
        try:
            shutil.copyfileobj(process.stdout, target, STEP)
        except BaseException:
            process.kill()
            raise
        _check(process, "pg_dump")


def load(config: Config, database: str, source: SealedReader) -> None:
    """Read a dump into an empty database. Raises BackupBroken, before anything is written when the dump is broken.

    The opened dump lies in a file of our account while it is read: several sessions read it at once, which a stream does not allow.
    """
    url = url_of(config, database)
    order = [_program("pg_restore"), "--no-owner", "--exit-on-error", f"--jobs={os.cpu_count() or 1}", f"--dbname={database}"]
    with tempfile.NamedTemporaryFile(dir=config.var, prefix="restore-") as dump:
        shutil.copyfileobj(source, dump, STEP)
        dump.flush()
        env = _environment(url) | {"PGOPTIONS": LOADING}
        with subprocess.Popen([*order, dump.name], stderr=subprocess.PIPE, env=env, cwd="/") as process:
            _check(process, "pg_restore")


def _check(process: subprocess.Popen[bytes], name: str) -> None:
    assert process.stderr is not None
    words = process.stderr.read().decode(errors="replace").strip()
    if process.wait() != 0:
        raise BackupBroken(f"{name} failed: {words.splitlines()[0] if words else process.returncode}")


@contextmanager
def admin(config: Config) -> Iterator[psycopg.Connection]:
    """A connection beside the database in use, for making, renaming and dropping databases."""
    url = url_of(config, "postgres").set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def new_database(config: Config, purpose: str) -> str:
    """Make an empty database on the server; gives its name."""
    name = f"{url_of(config).database}_{purpose}_{secrets.token_hex(4)}"
    with admin(config) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return name


def drop_database(config: Config, name: str) -> None:
    """Drop a database that was made here."""
    with admin(config) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def take_the_place_of(config: Config, fresh: str, set_aside: str) -> None:
    """Give the database in use another name and its name to the fresh one. Whoever is connected to either is cut off."""
    live = url_of(config).database
    with admin(config) as connection:
        for old, new in ((live, set_aside), (fresh, live)):
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [old])
            try:
                connection.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
            except psycopg.Error:
                if old == fresh:
                    connection.execute(f'ALTER DATABASE "{set_aside}" RENAME TO "{live}"')
                raise


def free_bytes(folder: Path) -> int:
    """Free space on the disk of a folder that exists."""
    return shutil.disk_usage(folder).free
