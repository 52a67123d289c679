"""Settings, read once from the environment into one frozen value.

A wrong setting stops the start with a sentence that says what to do; nothing falls back in silence.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent
#: Known to everyone who reads this file; accepted in demo mode only.
DEMO_SECRET = "demo-secret-known-to-everyone-never-for-real-cases"
#: The role transactions work as (feedback/acting.py). It cannot sign in and owns nothing; the account of DATABASE_URL is its member.
APP_ROLE = "liemchinh_app"
#: A Unix socket path longer than this is refused by the operating system (sun_path is 108 bytes with its NUL).
SOCKET_PATH_LIMIT = 90
#: Providers of short messages there is an adapter for (`feedback/notices/channels.py`).
MESSENGERS = ("log",)


class ConfigError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


def embedded_socket_dir(var: Path) -> Path:
    """Folder of the embedded server's Unix socket: short, and the same for the same `var`."""
    preferred = var / "postgres-socket"
    if len(str(preferred)) <= SOCKET_PATH_LIMIT:
        return preferred
    name = hashlib.sha256(str(var).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"liemchinh-{name}"


@dataclass(frozen=True)
class Config:
    """Everything the application needs to know about where it runs."""

    database_url: str
    secret_key: str = field(repr=False)
    var: Path = ROOT / "var"
    #: A streaming replica that pages for reading may use (feedback/replica); "" for none.
    replica_url: str = ""
    #: Seconds its data may be old before those pages read from the primary again.
    replica_max_lag: int = 60
    #: True: demo sign-ins and the known key are allowed, pages carry a banner.
    demo: bool = False
    #: True: cookies travel over HTTPS only and carry the `__Host-` prefix.
    https: bool = True
    #: Number of trusted reverse proxies in front (X-Forwarded-For is believed that many hops deep).
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8000"
    smtp_host: str = ""
    smtp_port: int = 25
    mail_from: str = "phan-anh@localhost"
    #: Provider of short messages to senders who left a telephone number only; "" for none.
    sms_sender: str = ""
    zalo_sender: str = ""
    #: Where rate limits are counted; `memory://` in tests only.
    limits_url: str = "database://"
    #: Former secrets, the oldest last: they still open, check and find what was sealed, signed and hashed under them.
    older_secrets: tuple[str, ...] = field(default=(), repr=False)
    #: What backups are sealed under; "" when none is set, and then none can be made.
    backup_key: str = field(default="", repr=False)
    #: Where photos and PDF lie, `s3://bucket/prefix`; "" for the folder `attachments` under `var`.
    files_url: str = ""
    #: What a Prometheus server shows to read /metrics; "" for nobody.
    metrics_token: str = field(default="", repr=False)
    #: Networks besides the public internet that partner systems may lie in, e.g. the city's own.
    partner_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    testing: bool = False

    @property
    def embedded(self) -> bool:
        """Whether the embedded server under `var` is used."""
        return self.database_url == embedded_url(self.var)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the settings; raise ConfigError for anything unusable."""
        var = Path(env.get("LIEMCHINH_VAR", str(ROOT / "var"))).resolve()
        demo = _flag(env, "LIEMCHINH_DEMO", default=not env.get("SECRET_KEY"))
        secret = env.get("SECRET_KEY") or (DEMO_SECRET if demo else "")
        if len(secret) < 32 or (secret == DEMO_SECRET and not demo):
            raise ConfigError(
                "SECRET_KEY is missing or too short (32 characters at least). "
                "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        hosts = tuple(h.strip() for h in env.get("TRUSTED_HOSTS", "").split(",") if h.strip())
        if not demo and not hosts:
            raise ConfigError(
                "TRUSTED_HOSTS is missing. Set it to the names people reach this server by, e.g. TRUSTED_HOSTS=phananh.example.vn"
            )
        return cls(
            database_url=_postgres_url(env, "DATABASE_URL") or embedded_url(var),
            secret_key=secret,
            replica_url=_postgres_url(env, "REPLICA_URL"),
            replica_max_lag=_number(env, "REPLICA_MAX_LAG", 60),
            var=var,
            demo=demo,
            https=_flag(env, "LIEMCHINH_HTTPS", default=not demo),
            proxies=_number(env, "LIEMCHINH_PROXIES", 0),
            trusted_hosts=hosts,
            public_url=env.get("LIEMCHINH_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=_number(env, "SMTP_PORT", 25),
            mail_from=env.get("MAIL_FROM", "phan-anh@localhost"),
            sms_sender=_choice(env, "SMS_SENDER", MESSENGERS),
            zalo_sender=_choice(env, "ZALO_SENDER", MESSENGERS),
            limits_url=env.get("LIMITS_URL", "database://"),
            older_secrets=_older(env.get("OLDER_SECRET_KEYS", "")),
            files_url=_files_url(env.get("FILES_URL", "")),
            metrics_token=_metrics_token(env.get("METRICS_TOKEN", "")),
            backup_key=_backup_key(env.get("BACKUP_KEY", "") or (DEMO_SECRET if demo else "")),
            partner_networks=_networks(env.get("PARTNER_NETWORKS", "")),
        )


def embedded_url(var: Path) -> str:
    """Address of the embedded server's database; computed, so that making an app does no I/O."""
    return f"postgresql+psycopg://liemchinh@/liemchinh?host={embedded_socket_dir(var)}"


def _postgres_url(env: Mapping[str, str], name: str) -> str:
    given = env.get(name, "")
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if given.startswith(prefix):
            place = given.removeprefix(prefix)
            if not _can_be_read(f"postgresql://{place}"):
                # Not said what stands there: it may be the password.
                raise ConfigError(
                    f"{name} cannot be read. It looks like postgresql://account:password@host:5432/database; "
                    "a password has no blanks, and @ / : ? # % [ are written %40 %2F %3A %3F %23 %25 %5B in it."
                )
            return f"postgresql+psycopg://{place}"
    if given:
        raise ConfigError(f"{name} must start with postgresql:// (PostgreSQL is the only engine; see docs/adr/0001).")
    return ""


def _can_be_read(address: str) -> bool:
    """Whether libpq and SQLAlchemy read the same in it: signs that are not written as %.. divide it differently for them."""
    try:
        conninfo_to_dict(address)
        parts = urlsplit(address)
        _ = parts.port
    except (ValueError, ProgrammingError):
        return False
    return parts.netloc.count("@") <= 1


def _choice(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = env.get(name, "").strip().lower()
    if value and value not in known:
        raise ConfigError(f"{name} must be empty or one of: {', '.join(known)}; not {value!r}.")
    return value


def _older(given: str) -> tuple[str, ...]:
    secrets_held = tuple(given.split())
    if any(len(each) < 32 for each in secrets_held):
        raise ConfigError("OLDER_SECRET_KEYS must be former values of SECRET_KEY, the newest first, with blanks between them.")
    return secrets_held


def _backup_key(given: str) -> str:
    if given and len(given) < 32:
        raise ConfigError("BACKUP_KEY is too short (32 characters at least). Leave it empty to make no backups.")
    return given


def _files_url(given: str) -> str:
    if given and not given.startswith("s3://"):
        raise ConfigError("FILES_URL must be s3://bucket/prefix; leave it empty to keep files in the folder of LIEMCHINH_VAR.")
    return given


def _metrics_token(given: str) -> str:
    if given and len(given) < 32:
        raise ConfigError("METRICS_TOKEN is too short (32 characters at least). Leave it empty to keep /metrics closed.")
    return given


def _networks(given: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in given.split(",") if each.strip())
    except ValueError as error:
        raise ConfigError(f"PARTNER_NETWORKS must be networks with commas between them, e.g. 10.20.0.0/16: {error}.") from error


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = env.get(name, "").strip().lower()
    if value in ("", "0", "1", "true", "false", "yes", "no"):
        return default if value == "" else value in ("1", "true", "yes")
    raise ConfigError(f"{name} must be 1 or 0, not {value!r}.")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "").strip()
    if not value:
        return default
    if not value.isdigit():
        raise ConfigError(f"{name} must be a whole number, not {value!r}.")
    return int(value)
