"""`make load`: a day's life of the city by locust against a demo server started here, or against HOST=….

USERS, SPAWN, MINUTES and PACE shape it; with HOST, STAFF names officers as in `locustfile.py`, and without it citizens alone come.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedback.config import ROOT, Config
from feedback.processes import end
from feedback.serve import answers, is_free
from wsgi import create_app

LOCUST = os.environ.get("LOCUST", str(ROOT / ".venv-load" / "bin" / "locust"))
START_SECONDS = 600


@contextmanager
def demo_server() -> Iterator[tuple[str, str]]:
    """A demo city on a server of its own, removed afterwards; its address and its officers."""
    beside = ROOT / "var"
    beside.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="load-", dir=beside) as folder:
        Path(folder).chmod(0o711)
        port = next(number for number in range(8600, 8700) if is_free("127.0.0.1", number))
        env = {"LIEMCHINH_VAR": folder, "LIEMCHINH_DEMO": "1", "LIEMCHINH_PROXIES": "1", "PORT": str(port), "HOST": "127.0.0.1"}
        env = {"LIEMCHINH_DEMO_CASES": "2000", **os.environ, **env}
        env.pop("SECRET_KEY", None)
        env.pop("DATABASE_URL", None)
        server = subprocess.Popen([sys.executable, "-m", "feedback.serve"], cwd=ROOT, env=env, start_new_session=True)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not answers("127.0.0.1", port):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("The demo server did not start; its messages are above.")
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}", staff(env)
        finally:
            end(server, 20)


def staff(env: dict[str, str]) -> str:
    """One officer of each role, as the demo prints them."""
    from analytics.demo.signins import sign_ins

    with create_app(Config.from_environment(env)).app_context():
        found = {row.role.value: {"name": row.name, "password": row.password, "agency": row.agency} for row in sign_ins()}
    return json.dumps(found, ensure_ascii=False)


def locust(host: str, officers: str) -> int:
    """Run the scenario without a screen; locust's exit code, 1 when a request failed."""
    order = [LOCUST, "-f", "tests/load/locustfile.py", "--headless", "--only-summary", "--host", host]
    order += ["--users", os.environ.get("USERS", "40"), "--spawn-rate", os.environ.get("SPAWN", "4")]
    order += ["--run-time", f"{float(os.environ.get('MINUTES', '1')) * 60:.0f}s", "--stop-timeout", "10"]
    return subprocess.run(order, cwd=ROOT, env={**os.environ, "STAFF": officers}, check=False).returncode


def main() -> int:
    """Run against HOST, or a demo server."""
    if host := os.environ.get("HOST"):
        return locust(host, os.environ.get("STAFF", "{}"))
    with demo_server() as (address, officers):
        return locust(address, officers)


if __name__ == "__main__":
    sys.exit(main())
