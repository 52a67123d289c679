"""How long a city is gone: refuse a changed backup, restore on an empty server, follow a code: `python -m tests.bench.restore [cases]`.

The demo city of so many cases, every fiftieth with a photo, and one report more whose code is known. It is backed up by `flask backup`; one
byte is changed and `flask restore` on a new, empty installation must refuse it; the byte is put right and it must restore it. Then
`python -m feedback.serve` starts there, and a browser follows the code. The clock that counts runs from the beginning of the restore to the
page of the case. Both installations are in folders under $TMPDIR and have the settings of `make run`.
"""

from __future__ import annotations

import argparse
import html
import http.cookiejar
import json
import os
import platform
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy import text as sql

from analytics.demo.services import fill_city
from feedback import postgres
from feedback.acting import acting_for
from feedback.attachments import services
from feedback.attachments.cleaning import clean_file
from feedback.attachments.models import Attachment
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case
from feedback.cli import migrate_database
from feedback.codes import new_code
from feedback.config import DEMO_SECRET, ROOT, Config, embedded_url
from feedback.db import db
from feedback.intake import drafts
from feedback.operations.generations import newest
from tests.faults.server import free_port
from tests.feedback.attachments.samples import picture, saved
from wsgi import create_app

CASES = 20_000
#: One photo for so many cases.
PHOTO_EVERY = 50
WORDS = "Đèn đường trước nhà số 7 hỏng ba đêm nay."
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PATIENCE = 120.0


class Steps:
    """A table that grows: name of the step, its seconds, what it came to."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time the block; what it puts into the list stands beside its seconds."""
        said: list[str] = []
        began = time.perf_counter()
        yield said
        self.seconds[name] = time.perf_counter() - began
        print(f"{name:<42}{self.seconds[name]:>9.1f} s   {', '.join(said)}", flush=True)


def environment(var: Path) -> dict[str, str]:
    """Settings of an installation in that folder, in demo mode: its keys are known."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY", "FILES_URL", "BACKUP_KEY")}
    return kept | {"LIEMCHINH_VAR": str(var), "LIEMCHINH_DEMO": "1", "LIEMCHINH_HTTPS": "0"}


def command(var: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """A command as an administrator runs it: exit code and what it printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return ran.returncode, json.loads(ran.stdout)
    except ValueError:
        raise SystemExit(f"{words}: {ran.stderr[-2000:]}") from None


def fill(var: Path, cases: int, code: str) -> str:
    """The city in that folder, with photos and a report under the code; what it holds."""
    config = Config(database_url=embedded_url(var), secret_key=DEMO_SECRET, var=var, demo=True, https=False)
    with create_app(config).app_context(), postgres.running(config, tied=True):
        migrate_database()
        with acting_for(None):
            fill_city("2025", cases, 1, lambda items, _label: items)
        photo, photos = saved(picture((640, 480)), "JPEG"), cases // PHOTO_EVERY
        draft = drafts.start(code)
        first = services.attach(draft.id, "đèn.jpg", photo)
        sent = Report(text=WORDS, contact=ReportContact(name="Người Thử", phone="0900000123"))
        submit_report(sent, drafts.hmac_of(code), CITIZEN, draft_id=draft.id)
        _attach_more(first.id, photo, photos)
        size = db.session.scalar(sql("SELECT pg_database_size(current_database())")) or 0
        rows = db.session.scalar(sql("SELECT count(*) FROM audit_entry"))
        db.session.remove()
        db.engine.dispose()
    return f"{cases + 1} cases, {rows} rows in the record, {photos + 1} photos, database of {size / 1e6:.0f} MB"


def _attach_more(like: int, photo: bytes, photos: int) -> None:
    """Photos of cases, by the service: sealed each under a key of its own. The picture is cleaned once, for that takes a process."""
    cleaned = clean_file(photo)
    case_ids = db.session.scalars(select(Case.id).where(Case.id % PHOTO_EVERY == 0).order_by(Case.id).limit(photos)).all()
    for case_id in case_ids:
        draft = drafts.start(new_code())
        with mock.patch.object(services, "clean_file", return_value=cleaned):
            file = services.attach(draft.id, "ảnh.jpg", photo)
        db.session.execute(sql("UPDATE attachment SET draft_id = NULL, case_id = :case WHERE id = :id"), {"case": case_id, "id": file.id})
        db.session.execute(sql("DELETE FROM report_draft WHERE id = :id"), {"id": draft.id})
        db.session.commit()
    db.session.expire_all()
    assert db.session.get(Attachment, like) is not None


def flip(backup: Path, part: str) -> None:
    """Change one bit in the middle of a part; doing it twice puts it right."""
    with (newest(backup).path / part).open("r+b") as file:
        file.seek((newest(backup).path / part).stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


class Browser:
    """Somebody with the code on a note."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def page(self, path: str, **fields: str) -> str:
        """The page there; fields are posted."""
        with self.opener.open(self.address + path, urlencode(fields).encode() if fields else None, timeout=30) as answer:
            body: bytes = answer.read()
        return body.decode()

    def follow(self, code: str) -> str:
        """The page of the case, as soon as the server answers."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                form = TOKEN.search(self.page("/tra-cuu"))
                break
            except (urllib.error.URLError, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        assert form is not None
        return self.page("/tra-cuu", csrf_token=html.unescape(form[1]), code=code)


@contextmanager
def serving(var: Path, port: int) -> Iterator[None]:
    """The whole service from that folder, as `make run` starts it."""
    env = environment(var) | {"PORT": str(port), "LIEMCHINH_DEMO_CASES": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "feedback.serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main() -> None:
    """Print the steps; fails when the changed backup is taken, the whole one is not, or the code opens nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=CASES)
    cases, code, steps = parser.parse_args().cases, new_code(), Steps()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; {cases} cases", flush=True)
    with tempfile.TemporaryDirectory(prefix="liemchinh-restore-") as folder:
        base = Path(folder)
        base.chmod(0o711)
        old, new, backup = base / "old", base / "new", base / "backup"
        with steps.step("fill") as said:
            said.append(fill(old, cases, code))
        with steps.step("flask backup") as said:
            status, made = command(old, "backup", str(backup))
            assert status == 0, made
            said.append(f"{made['bytes'] / 1e6:.1f} MB")
        shutil.rmtree(old, ignore_errors=True)
        for part in ("database", "files"):
            flip(backup, part)
            with steps.step(f"flask restore, a bit of «{part}» changed") as said:
                status, refused = command(new, "restore", str(backup))
                assert status == 1, f"a changed backup was restored: {refused}"
                said.append("refused")
            flip(backup, part)
        shutil.rmtree(new)
        _restore_and_follow(steps, new, backup, code)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {children:.0f} MB")


def _restore_and_follow(steps: Steps, new: Path, backup: Path, code: str) -> None:
    port, began = free_port(), time.perf_counter()
    with steps.step("flask restore") as said:
        status, restored = command(new, "restore", str(backup))
        assert status == 0, restored
        said += [f"{name} {seconds} s" for name, seconds in restored.get("steps", {}).items()]
    with serving(new, port):
        with steps.step("start, and the code opens its case"):
            page = Browser(port).follow(code)
        gone = time.perf_counter() - began
        assert WORDS in html.unescape(page), "the code opens another page"
    print(f"\nfrom the beginning of the restore to the page of the case: {gone:.1f} s", flush=True)


if __name__ == "__main__":
    main()
