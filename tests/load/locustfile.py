"""The full life of a case, by everybody who has a part in it, in the proportions of a day. Run by `make load` (tests/load/__main__.py).

Citizens send, follow and rate; the desk hands over; the agency accepts and answers; its head approves; leadership reads. Officers sign in
by STAFF, a JSON object of role to name, password and agency. A step that somebody else was faster at is no failure: such is a day.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections import deque

from locust import HttpUser, between, task
from pages import PATHS, Form, code_of, form_of, keys_of

STAFF = json.loads(os.environ.get("STAFF", "{}"))
#: Multiplies every pause: 1 is about how fast people read; smaller presses harder.
PACE = float(os.environ.get("PACE", "1"))
#: Codes of the reports sent in this run, for their senders to come back to.
sent: deque[str] = deque(maxlen=500)
_desk_at = threading.Lock()
TEXTS = (
    "Rác thải sinh hoạt đổ đống ở đầu hẻm ba ngày nay chưa ai thu gom.",
    "Đèn đường trước trường học hỏng cả tuần, tối rất nguy hiểm cho các cháu.",
    "Nước máy đục và có mùi hôi từ sáng hôm qua.",
    "Quán ăn lấn chiếm vỉa hè, người đi bộ phải xuống lòng đường.",
    "Hồ sơ cấp phép xây dựng nộp đã quá ngày hẹn mà chưa có kết quả.",
    "Cống thoát nước nghẹt, mưa là ngập vào nhà dân.",
)


class Person(HttpUser):
    """Somebody at a browser; each comes from an address of his own where the server trusts a proxy to say so."""

    abstract = True
    wait_time = between(2 * PACE, 8 * PACE)

    def on_start(self) -> None:
        self.client.headers["X-Forwarded-For"] = ".".join(str(random.randrange(1, 255)) for _ in range(4))

    def read(self, name: str, key: str = "", query: str = "") -> str:
        """Open a page; its text."""
        return str(self.client.get(PATHS[name][1].format(key=key) + query, name=f"read {name}").text)

    def open(self, name: str, key: str = "") -> str:
        """Open the page that asks what `name` sends."""
        return str(self.client.get(PATHS[name][1].format(key=key), name=f"read {name}").text)

    def send(self, step: str, form: Form | None, key: str = "", /, late: tuple[int, ...] = (), **values: str) -> str | None:
        """Send a form with these values; the text of the page that follows. None without a form, or when somebody was faster."""
        if form is None:
            return None
        body = {**form.values, **values}
        with self.client.post(PATHS[step][1].format(key=key), data=body, name=f"send {step}", catch_response=True) as answer:
            if answer.status_code in late:
                answer.success()
                return None
            if answer.status_code >= 400:
                answer.failure(f"{answer.status_code}")
                return None
            return str(answer.text)


class Citizen(Person):
    """On a telephone: most look something up, some send a report."""

    weight = 20

    @task(3)
    def report(self) -> None:
        self.client.cookies.clear()
        self.read("home")
        page = self.open("start")
        page = self.send("start", form_of(page, "", PATHS["start"][1])) or ""
        for step, values in (
            ("what", {"text": random.choice(TEXTS)}),
            ("where", {"area": "?", "place": "12 Lê Lợi"}),
            ("evidence", {}),
            ("contact", {"named": "no", "public": "yes"}),
        ):
            self.wait()
            page = self.send(step, form_of(page), **values) or ""
        form = form_of(page)
        for _try in range(2):  # who answers faster than people do is asked once to look again
            page = self.send("check", form) or ""
            if (code := code_of(page)) is not None:
                sent.append(code)
                return
            form = form_of(page)

    @task(6)
    def follow(self) -> None:
        if not sent:
            return
        form = form_of(self.open("code"), "", PATHS["code"][1])
        page = self.send("code", form, code=random.choice(sent), late=(429,)) or ""
        rating = form_of(page, PATHS["rate"][1])
        if rating is not None:
            self.wait()
            self.send("rate", rating, solved=random.choice(("yes", "yes", "partly")), satisfaction="4", late=(409, 422))

    @task(2)
    def browse(self) -> None:
        self.read("public")


class Officer(Person):
    """Somebody who signs in first; one whose name is not known does nothing."""

    abstract = True
    role = ""
    wait_time = between(1 * PACE, 4 * PACE)

    def on_start(self) -> None:
        super().on_start()
        known = STAFF.get(self.role)
        if known is None:
            self.stop()
            return
        form = form_of(self.open("sign in"), "", PATHS["sign in"][1])
        self.send("sign in", form, name=known["name"], password=known["password"])

    def one_of(self, page: str, before: str) -> str | None:
        """A case near the top of a list: two officers do not take the same one each time."""
        keys = keys_of(page, before)[:8]
        return random.choice(keys) if keys else None

    def act(self, query: str, name: str, **values: str) -> None:
        """One step of a case in a list."""
        key = self.one_of(self.read("inbox", query=query), "/can-bo/ho-so/")
        if key is None:
            return
        with self.client.get(PATHS["case"][1].format(key=key), name="read case", catch_response=True) as opened:
            opened.success()
            form = form_of(str(opened.text), PATHS[name][1].format(key=key))
        self.wait()
        self.send(name, form, key, late=(403, 404, 409), **values)


class DeskOfficer(Officer):
    """Confirms field and agency, and hands over."""

    fixed_count = 2
    role = "front_desk"

    @task
    def hand_over(self) -> None:
        page = self.read("queue")
        key = self.one_of(page, "/can-bo/tiep-nhan/")
        if key is None:
            return
        with self.client.get(PATHS["desk case"][1].format(key=key), name="read desk case", catch_response=True) as answer:
            answer.success()  # gone meanwhile: another officer was faster
            form = form_of(str(answer.text), PATHS["hand over"][1].format(key=key))
        if form is None:
            return
        agency = next((value for value, text in form.options.get("agency", ()) if text == STAFF.get("handler", {}).get("agency")), "")
        self.wait()
        self.send("hand over", form, key, late=(404, 409), act="forward", agency=agency or form.values.get("agency", ""))


class Handler(Officer):
    """Accepts what was handed over, and answers."""

    fixed_count = 3
    role = "handler"

    @task(2)
    def accept(self) -> None:
        self.act("?the=chua-nhan", "accept")

    @task(2)
    def answer(self) -> None:
        self.act("", "answer", outcome="solved", text="Cơ quan đã cho xử lý xong và kiểm tra lại tại chỗ. Trân trọng cảm ơn Ông/Bà.")

    @task(1)
    def search(self) -> None:
        self.read("inbox", query="?tim=rac+thai")


class Head(Officer):
    """Approves answers."""

    fixed_count = 1
    role = "agency_head"

    @task
    def approve(self) -> None:
        self.act("?the=cho-duyet", "approve")


class Leader(Officer):
    """Reads the figures."""

    fixed_count = 1
    role = "leadership"
    wait_time = between(3 * PACE, 10 * PACE)

    @task
    def figures(self) -> None:
        self.read(random.choice(("city", "city", "compare", "transit", "list")))
