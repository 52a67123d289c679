"""kill -9 at random moments under load: `python -m tests.bench.kills [kills] [--seed N]`.

The whole service as `python -m feedback.serve` runs it (durable PostgreSQL, web server, worker), with citizens at the form and at the
API, officers who forward, accept, hand on, answer and approve, and a mail server that remembers. Again and again one process gets
SIGKILL: the web server's master, one of its processes, the worker, a backend of PostgreSQL, PostgreSQL itself; the supervisor brings it
back. In the end what people were told is compared with what is there (tests/bench/kill_checks.py). The seed decides whom the kills meet
and when, not how the processes happen to run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text as sql

from feedback import postgres
from feedback.city.loader import load_city
from feedback.cli import migrate_database
from feedback.config import ROOT, Config, embedded_url
from feedback.db import db
from feedback.serve import answers
from tests.bench.kill_checks import complaints, drain
from tests.bench.kill_people import ANSWER, BREATH, Broken, Browser, FormCitizen, OfficerAtWork, Postbox, Program, Seen
from tests.faults.server import HOST, free_port
from tests.feedback.officers import Office
from wsgi import create_app

KILLS, CITIZENS, PROGRAMS = 50, 6, 2
VICTIMS = ("web server", "web process", "worker", "backend", "PostgreSQL")
#: Pages that are answered between everything being back and the next kill: counted in work and not in seconds, a busy machine gets as far.
QUIET = (10, 200)
BACK_SECONDS = 180.0
KEY = "only for the bench, forty characters long"
#: Who the service is for, in place of everybody, while it runs.
SETTINGS = {"SECRET_KEY": KEY, "TRUSTED_HOSTS": HOST, "LIEMCHINH_DEMO": "0", "LIEMCHINH_HTTPS": "0", "LIEMCHINH_PROXIES": "1"}


class Service:
    """`python -m feedback.serve` on a folder of its own."""

    def __init__(self, var: Path, mail_port: int) -> None:
        self.var, self.port = var, free_port()
        self.config = Config(database_url=embedded_url(var), secret_key=KEY, var=var, https=False, trusted_hosts=(HOST, "localhost"))
        mail = {"SMTP_HOST": HOST, "SMTP_PORT": str(mail_port), "LIEMCHINH_PUBLIC_URL": "https://phananh.example"}
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FILES_URL", "BACKUP_KEY")}
        self.env = {**kept, **SETTINGS, **mail, "LIEMCHINH_VAR": str(var), "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything; what it says goes to a file."""
        with (self.var / "serve.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "feedback.serve"], cwd=ROOT, env=self.env, stdout=log, stderr=log)
        self.wait_until_back()

    def stop(self) -> None:
        """Stop it as an administrator does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def victims(self, kind: str) -> list[psutil.Process]:
        """The processes of that kind that run now."""
        assert self.process is not None
        ours = psutil.Process(self.process.pid).children()
        web = [child for child in ours if "gunicorn" in " ".join(child.cmdline())]
        database = [child for child in ours if child.name() == "postgres"]
        match kind:
            case "web server":
                return web
            case "web process":
                return [child for parent in web for child in parent.children()]
            case "worker":
                return [child for child in ours if "worker" in child.cmdline()]
            case "backend":
                backends = [child for parent in database for child in parent.children()]
                return [child for child in backends if "liemchinh liemchinh" in " ".join(child.cmdline())]
            case _:
                return database

    def _running(self, kind: str) -> list[psutil.Process]:
        try:
            return self.victims(kind)
        except psutil.Error:
            return []

    def is_back(self) -> bool:
        """Whether it answers, and every part runs."""
        return answers(HOST, self.port) and all(self._running(kind) for kind in VICTIMS)

    def wait_until_back(self) -> None:
        """Come back when it is."""
        end = time.monotonic() + BACK_SECONDS
        while not self.is_back():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The service does not come back:\n{(self.var / 'serve.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def kill_one(self, kind: str, dice: random.Random) -> int:
        """SIGKILL to one of that kind; its number."""
        while True:
            found = self._running(kind)
            if found:
                victim = dice.choice(sorted(found, key=lambda one: one.pid))
                try:
                    victim.kill()
                except psutil.Error:
                    continue
                return int(victim.pid)


class Load:
    """Everybody at work, each in a thread, until told to go home."""

    def __init__(self, app: Flask, service: Service, seen: Seen, seed: int) -> None:
        self.app, self.service, self.seen = app, service, seen
        self.home = threading.Event()
        self.numbers, self.lock = iter(range(1, 60_000)), threading.Lock()
        #: Who sits at one now, by the thread of a citizen or the cookie of an officer.
        self.browsers: dict[str, Browser] = {}
        self.failures: list[BaseException] = []
        jobs: list[Callable[[], None]] = [self._citizens(random.Random(seed + n)) for n in range(CITIZENS)]
        jobs += [self._programs(random.Random(seed + 100 + n)) for n in range(PROGRAMS)]
        jobs += [self._officer(*about) for about in self._office()]
        self.threads = [threading.Thread(target=self._guarded, args=(job,)) for job in jobs]

    def begin(self) -> None:
        """Everybody comes to work."""
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Everybody finishes what he has begun and goes home."""
        self.home.set()
        for thread in self.threads:
            thread.join()
        self.look()

    def look(self) -> None:
        """Raise what somebody met that nobody should."""
        if self.failures:
            raise self.failures[0]

    def on_the_way(self) -> int:
        """Forms that are sent and not yet answered."""
        return sum(browser.posting.is_set() for browser in list(self.browsers.values()))

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # told to the main thread, which waits for nothing else
            self.failures.append(error)

    def _browser(self, cookie: str = "") -> Browser:
        with self.lock:
            browser = Browser(self.service.port, next(self.numbers), self.seen, cookie)
            self.browsers[cookie or str(threading.get_ident())] = browser
        return browser

    def _citizens(self, dice: random.Random) -> Callable[[], None]:
        def work() -> None:
            while not self.home.is_set():
                FormCitizen(self._browser(), named=dice.random() < 0.7, photos=dice.choice((0, 0, 1, 2))).send()

        return work

    def _programs(self, dice: random.Random) -> Callable[[], None]:
        def work() -> None:
            while not self.home.is_set():
                Program(self._browser(), named=dice.random() < 0.5).send()
                time.sleep(0.2)

        return work

    def _office(self) -> Iterator[tuple[str, str, str, str, str, dict[str, str]]]:
        """Cookie, act, whose cases, page, form, fields of each officer."""
        with self.app.app_context():
            office = Office(self.app)
            db.session.execute(sql("UPDATE staff_user SET email = sign_in_name || '@agency.example'"))
            db.session.commit()
            one, other = office.agency, office.other

            def cookie(officer: object) -> str:
                browser = office.browser(officer)  # type: ignore[arg-type]
                found = browser.get_cookie("phien")
                assert found is not None
                return found.value

            case = "/can-bo/ho-so/{}"
            at_desk = {"category": "urban_environment", "agency": str(one), "note": ""}
            yield cookie(office.desk), "forward", "state = 'sorting'", "/can-bo/tiep-nhan/{}", "/can-bo/tiep-nhan/{}", at_desk
            for agency, handler, head in ((one, office.handler, office.head), (other, office.stranger, office.strange_head)):
                yield cookie(handler), "accept", f"state = 'forwarded' AND to_agency_id = {agency}", case, case + "/thu-ly", {}
                mine = f"agency_id = {agency}"
                answer = {"outcome": "solved", "text": ANSWER}
                yield cookie(handler), "submit_answer", f"state = 'in_progress' AND {mine} AND id % 4 > 0", case, case + "/trinh", answer
                yield cookie(head), "approve", f"state = 'awaiting_approval' AND {mine}", case, case + "/duyet", {}
            on = {"to_agency": str(other), "hand_on_reason": "Việc thuộc địa bàn bên cạnh."}
            waits = f"state = 'in_progress' AND agency_id = {one} AND id % 4 = 0"
            yield cookie(office.handler), "hand_on", waits, case, case + "/chuyen-tiep", on
            passed = f"state = 'in_progress' AND agency_id = {other} AND id % 4 = 0"
            yield cookie(office.stranger), "submit_answer", passed, case, case + "/trinh", {"outcome": "solved", "text": ANSWER}
            db.session.remove()

    def _officer(self, cookie: str, act: str, whose: str, page: str, path: str, fields: dict[str, str]) -> Callable[[], None]:
        dice = random.Random(act)

        def pick() -> str | None:
            """One of the newest: officers read lists, and two may take the same line."""
            address = self.service.config.database_url.replace("+psycopg", "")
            try:
                with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
                    query = f"SELECT public_id FROM cases WHERE NOT sealed AND {whose} ORDER BY id DESC LIMIT 20"
                    found = [public_id for (public_id,) in connection.execute(query)]
            except psycopg.Error as error:
                raise Broken from error
            return dice.choice(found) if found else None

        worker = OfficerAtWork(self._browser(cookie), act, pick, page, path, fields)

        def work() -> None:
            while not self.home.is_set():
                try:
                    waited = not worker.do_one()
                except Broken:
                    waited = True
                time.sleep(BREATH if waited else 0.05)

        return work


@contextmanager
def installation(seed: int) -> Iterator[tuple[Flask, Service, Postbox]]:
    """A folder, the mail server, and the application for looking in; nothing runs yet."""
    with tempfile.TemporaryDirectory(prefix="liemchinh-kills-") as folder:
        var = Path(folder)
        var.chmod(0o711)
        postbox = Postbox(seed)
        mail = Controller(postbox, hostname=HOST, port=free_port())
        mail.start()
        service = Service(var, mail.port)
        app = create_app(service.config)
        try:
            with app.app_context():
                yield app, service, postbox
        finally:
            service.stop()
            mail.stop()


@contextmanager
def database(service: Service) -> Iterator[None]:
    """The installation's database, while the service does not run."""
    with postgres.running(service.config, tied=True):
        yield
        db.session.remove()
        db.engine.dispose()


def rounds(service: Service, load: Load, postbox: Postbox, kills: int, seed: int) -> None:
    """Kill, wait until it is back, wait a little, and again; each a line of the table."""
    dice, met = random.Random(seed), Counter[str]()
    order = [VICTIMS[number % len(VICTIMS)] for number in range(kills)]
    dice.shuffle(order)
    print(f"{'':>4} {'killed':<14}{'forms under way':>17}{'mails under way':>17}{'codes shown':>13}{'back after':>12}", flush=True)
    for number, kind in enumerate(order, 1):
        until = load.seen.answered + dice.randint(*QUIET)
        while load.seen.answered < until:
            load.look()
            time.sleep(0.01)
        forms, mails, shown = load.on_the_way(), postbox.under_way, len(load.seen.reports)
        service.kill_one(kind, dice)
        began = time.monotonic()
        time.sleep(0.2)
        service.wait_until_back()
        met[kind] += 1
        print(f"{number:>4} {kind:<14}{forms:>17}{mails:>17}{shown:>13}{time.monotonic() - began:>10.1f} s", flush=True)
    print(", ".join(f"{kind} {count}" for kind, count in met.items()))


def main() -> None:
    """Print the table and what was found; fails when anything that was acknowledged is not there, or something is there twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", nargs="?", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    print(f"{asked.kills} kills, seed {asked.seed}", flush=True)
    seen = Seen()
    with installation(asked.seed) as (app, service, postbox):
        with database(service):
            migrate_database()
            load_city("2025")
            load = Load(app, service, seen, asked.seed)
        service.start()
        load.begin()
        try:
            rounds(service, load, postbox, asked.kills, asked.seed)
        finally:
            load.end()
        drain()
        db.session.remove()
        db.engine.dispose()
        service.stop()
        with database(service):
            wrong = list(complaints(app, seen, postbox))
    print("\n".join(wrong) or "Nothing is lost, nothing is there twice, nothing is half there.")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
