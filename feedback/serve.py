"""`python -m feedback.serve`: one process that brings up PostgreSQL, the web server and the worker, and takes them down together."""

from __future__ import annotations

import fcntl
import http.client
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg

from feedback import postgres
from feedback.config import Config, ConfigError
from feedback.parts import FLASK, Parts
from feedback.postgres_cluster import make_var
from feedback.processes import end, spawn

DEMO_CASES = "6000"
FIRST_PORT = 8000
#: With no PORT asked for, this many are tried before giving up.
PORTS_TRIED = 20
READY_SECONDS = 60.0
WORDS = {"web": ("the web server", "máy chủ web"), "worker": ("the worker", "tiến trình nền")}
#: A database that is away is asked again after so many seconds.
ASK_AGAIN_SECONDS = 2.0
#: Time the children get to finish what they do; the whole stop stays under ten seconds.
GRACE_SECONDS = 8.5


class CannotServe(Exception):
    """The service cannot start; the message says why and what to do."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C, or the system wants us gone, before everything was up."""


class Supervisor:
    """Brings the parts up in order, watches them, takes them down."""

    def __init__(self, config: Config, host: str, port: int, parts: Parts | None = None) -> None:
        self.config = config
        self.address = f"http://{host}:{port}"
        self.host, self.port = host, port
        self.stop_asked = self.renewal_asked = False
        self.began = time.monotonic()
        # Machines may share the folder, but not the numbers of their processes.
        self.counts = config.var / "metrics" / socket.gethostname()
        self.env = {
            "LIEMCHINH_PUBLIC_URL": self.address,
            "PROMETHEUS_MULTIPROC_DIR": str(self.counts),
            **os.environ,
            "PYTHONUNBUFFERED": "1",
        }
        self.children = (parts or Parts()).children(host, port)

    def run(self) -> None:
        """Serve until asked to stop. Raises CannotServe or PostgresError when a part does not come up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGUSR2, self._ask_to_renew)
        if self.config.embedded:
            self.say("Starting the database / Đang khởi động cơ sở dữ liệu")
        # Each process counts into a file of its own there; those of the last run belong to nobody.
        shutil.rmtree(self.counts, ignore_errors=True)
        with postgres.running(self.config, tied=True):
            try:
                self.await_database()
                self.prepare()
                for child in self.children:
                    if not child.alive:
                        child.start(self.env)
                english, vietnamese = zip(*(WORDS[child.name] for child in self.children), strict=True)
                self.say(f"Starting {' and '.join(english)} / Đang khởi động {' và '.join(vietnamese)}")
                sign_ins = self.do([*FLASK, "demo-sign-ins"]) if self.config.demo else ""
                address = f":  {self.address}" if self.wait_until_ready() else ""
                self.say(f"Ready / Sẵn sàng{address}   (Ctrl-C: stop / dừng)")
                print(sign_ins, end="", flush=True)
                self.watch_until(math.inf)
            except StopAsked:
                pass
            finally:
                self.say("Stopping / Đang dừng")
                self.stop_children()
        self.say("Stopped. Data stays in " + str(self.config.var) + " / Đã dừng, dữ liệu được giữ nguyên")

    def await_database(self) -> None:
        """Come back when the database answers. Until then the web server tells people that it does not, and forms are kept for them.

        It may be away, or its address be wrong: nobody can tell from here, so the reason is said at once, and whenever it changes.
        """
        said = ""
        while reason := why_no_database(self.config):
            if reason != said:
                self.say(f"{reason}\nTrying again; pages say so meanwhile / Đang thử lại, các trang báo cho người dân biết")
            for child in self.children if not said else ():
                if child.reloads:
                    child.start(self.env)
            said = reason
            self.watch_until(time.monotonic() + ASK_AGAIN_SECONDS)
            if self.stop_asked:
                raise StopAsked

    def prepare(self) -> None:
        """Bring the tables up to date and, in demo mode, fill an empty database with the demo city."""
        if self.config.demo:
            self.say("Checking the tables and the demo city / Đang kiểm tra các bảng và thành phố mẫu")
            self.do([*FLASK, "demo", "--if-empty", "--cases", os.environ.get("LIEMCHINH_DEMO_CASES", DEMO_CASES)])
        else:
            self.say("Checking the tables / Đang kiểm tra các bảng")
            self.do([*FLASK, "db", "upgrade"])

    def do(self, order: list[str]) -> str:
        """Run one step to its end and give what it printed to its output; StopAsked when interrupted, CannotServe when it fails."""
        process = spawn(order, self.env, stdout=subprocess.PIPE)
        while True:
            try:
                output, _ = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if self.stop_asked:
                    end(process, GRACE_SECONDS)
                    raise StopAsked from None
        if process.returncode != 0:
            raise CannotServe(
                f"The step `{' '.join(order[2:])}` failed; its messages are above.\n"
                "Một bước chuẩn bị không thành công; nội dung lỗi ở phía trên."
            )
        return output.decode(errors="replace")

    def renew(self) -> None:
        """Take up a release installed meanwhile, letting go of no request; when its tables cannot be made the former goes on."""
        self.renewal_asked = False
        try:
            self.prepare()
        except CannotServe as error:
            self.say(f"{error}\nThe former release goes on / Bản trước đó vẫn tiếp tục chạy")
            return
        for child in self.children:
            child.begin_anew(self.env, GRACE_SECONDS)
        self.say("The new release is taken up / Đã chuyển sang bản mới")

    def wait_until_ready(self) -> bool:
        """Wait for the first answer of the web server; False where none runs here."""
        if "web" not in [child.name for child in self.children]:
            return False
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.host, self.port):
            if self.stop_asked:
                raise StopAsked
            if not self.children[0].alive or time.monotonic() > deadline:
                raise CannotServe(
                    "The web server did not start; its messages are above.\nMáy chủ web không khởi động được; nội dung lỗi ở phía trên."
                )
            time.sleep(0.1)
        return True

    def watch_until(self, moment: float) -> None:
        """Look after what runs until that moment of the monotonic clock, or until asked to stop."""
        while not self.stop_asked and time.monotonic() < moment:
            self.watch()
            time.sleep(0.2)

    def watch(self) -> None:
        """Start again, after a growing wait, whatever has ended by itself. PostgresError when the database cannot be had back."""
        if self.renewal_asked:
            self.renew()
        if self.config.embedded and not postgres.is_alive(self.config):
            self.say("The database ended by itself; starting it again / Cơ sở dữ liệu tự dừng, đang khởi động lại")
            postgres.start(self.config, tied=True)
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.restart_at:
                    child.start(self.env)
            elif not child.alive:
                code = child.process.returncode
                end(child.process, 0)  # processes of a web server without its head serve nobody new and hold the port
                self.say(f"{child.name} ended by itself (code {code}); starting it again in {child.plan_restart():.0f} s")

    def stop_children(self) -> None:
        """Ask every child to finish, then end those that do not."""
        alive = [child.process for child in self.children if child.process is not None]
        for process in alive:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in alive:
            end(process, deadline - time.monotonic())

    def say(self, sentence: str) -> None:
        """One line of progress with the seconds since the start."""
        print(f"[{time.monotonic() - self.began:5.1f} s] {sentence}", flush=True)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True

    def _ask_to_renew(self, _number: int, _frame: FrameType | None) -> None:
        self.renewal_asked = True


def answers(host: str, port: int) -> bool:
    """Whether a web server answers there with a page that is no failure."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def why_no_database(config: Config) -> str:
    """Why the database server cannot be reached, for people; empty when it can."""
    try:
        psycopg.connect(config.database_url.replace("+psycopg", "", 1), connect_timeout=5).close()
    except psycopg.Error as error:
        return (
            f"The database does not answer: {error}\nCheck DATABASE_URL, or leave it out to use the embedded server.\n"
            "Không kết nối được cơ sở dữ liệu. Xin kiểm tra DATABASE_URL, hoặc bỏ trống để dùng máy chủ kèm theo."
        )
    return ""


def choose_port(host: str, asked: str) -> int:
    """The port asked for, or the first free one from 8000 on when none was; CannotServe when it is taken."""
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise CannotServe(f"PORT must be a number from 1 to 65535, not {asked!r}.")
        if not is_free(host, int(asked)):
            raise CannotServe(
                f"Port {asked} is taken by another program. Choose another, e.g.: make run PORT={int(asked) % 65535 + 1}\n"
                f"Cổng {asked} đang được chương trình khác dùng. Xin chọn cổng khác."
            )
        return int(asked)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(host, port):
            if port != FIRST_PORT:
                print(f"Port {FIRST_PORT} is taken; using {port}. / Cổng {FIRST_PORT} đang bận, dùng cổng {port}.", flush=True)
            return port
    raise CannotServe(f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are all taken. Name a free one: make run PORT=9000")


def is_free(host: str, port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def only_one(config: Config) -> Iterator[Callable[[str], None]]:
    """Refuse to start an embedded server that runs already; yields what notes our address for the one who tries.

    A server of one's own may be served from as many machines, and on one machine from as many ports, as one likes.
    """
    make_var(config)
    if not config.embedded:
        yield lambda _address: None
        return
    with (config.var / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotServe(f"It already runs at {lock.read()}\nHệ thống đang chạy sẵn ở địa chỉ trên.") from None

        def note(address: str) -> None:
            lock.truncate(0)
            lock.write(address)
            lock.flush()

        yield note


def main() -> int:
    """Serve; 0 after a stop that was asked for, 1 when something stands in the way."""
    try:
        config = Config.from_environment()
        host = os.environ.get("HOST", "127.0.0.1")
        with only_one(config) as note:
            parts = Parts.from_environment(os.environ)
            supervisor = Supervisor(config, host, choose_port(host, os.environ.get("PORT", "")), parts)
            note(supervisor.address)
            supervisor.run()
    except (CannotServe, ConfigError, postgres.PostgresError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
