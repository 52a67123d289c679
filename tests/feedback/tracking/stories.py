"""A sender, his browser, and the office bringing his case into every state there is."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.cases import desk, dialogue, ending, extending, handling, partners, transfers
from feedback.cases.access import CITIZEN, Actor
from feedback.cases.clock_models import Ground
from feedback.cases.handover_models import ReturnReason
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.models import Case, Channel, Outcome, Refusal
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.city.kinds import Track
from feedback.codes import new_code, show_code
from feedback.db import now
from feedback.intake.drafts import hmac_of
from feedback.localtime import CITY_TIME, local_day
from tests.feedback.citizen import BRIBE, TEXT, follow, post
from tests.feedback.officers import ANSWER, Browser, Office, case_by_key

#: A Monday morning after the day from which complaints may be suspended, with no holiday near.
MONDAY = datetime(2026, 8, 3, 9, 0, tzinfo=CITY_TIME)
QUESTION = "Xin cho biết rác nằm ở đầu hẻm hay cuối hẻm?"
GUIDANCE = "Xin nộp đơn có chữ ký tại nơi tiếp công dân."
PROGRESS = "Đã khảo sát hẻm, đang sắp xếp xe."
DAMP = "Tường nhà bên cạnh bị ngấm nước thải từ hẻm."


@dataclass
class Sender:
    """One report, its code, and a browser that follows it."""

    case_id: int
    code: str
    client: FlaskClient

    def follow(self) -> None:
        """Open the case by its code; a browser forgets it after a month."""
        assert follow(self.client, self.code).location == "/tra-cuu/ho-so"

    def page(self, path: str = "/tra-cuu/ho-so") -> str:
        """What he reads, on one line."""
        return words_of(self.client.get(path))

    def act(self, path: str, page: str = "/tra-cuu/ho-so", **fields: object) -> TestResponse:
        """Send one of his forms."""
        return post(self.client, path, page, **fields)

    @property
    def case(self) -> Case:
        """The row as the database has it now."""
        return case_by_key(self.case_id)


def words_of(answer: TestResponse) -> str:
    """What stands in the middle of a page, tags away, on one line."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return re.sub(r" ([.,;])", r"\1", " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split()))


class Story:
    """The office acts by services, the sender by his browser."""

    def __init__(self, office: Office, clock: Callable[[datetime], None]) -> None:
        self.office, self.clock = office, clock
        self.clock(MONDAY)

    def sender(self, text: str = TEXT, *, read: bool = True, **parts: object) -> Sender:
        """Somebody reports and follows his report; `read`: the machine has read it."""
        code = new_code()
        area = city.wards()[0].id
        report = Report(text=text, area_id=area, place="12 Hoa Sữa", **parts)  # type: ignore[arg-type]
        submitted = submit_report(report, hmac_of(code), CITIZEN)
        if read:
            classify_case(submitted.case_id)
        client = Browser(self.office.app, self.office.app.response_class, use_cookies=True)
        sender = Sender(submitted.case_id, show_code(code), client)
        sender.follow()
        return sender

    def days_later(self, days: float) -> None:
        """Let time go by."""
        self.clock(now() + timedelta(days=days))

    def does(self, act: Callable[..., object], officer: Actor, sender: Sender, *rest: object, **named: object) -> None:
        """An officer's move on the sender's case as it stands now."""
        case = sender.case
        act(officer, case.public_id, case.version, *rest, **named)

    def sorting(self) -> Sender:
        return self.sender()

    def received(self) -> Sender:
        return self.sender(read=False)

    def triage(self) -> Sender:
        return self.sender(BRIBE)

    def forwarded(self, sender: Sender | None = None, agency_id: int | None = None) -> Sender:
        sender = sender or self.sender()
        self.does(desk.forward, self.office.desk.actor, sender, desk.Decision("urban_environment", agency_id or self.office.agency))
        return sender

    def returned(self, sender: Sender | None = None) -> Sender:
        sender = self.forwarded(sender)
        self.does(transfers.give_back, self.office.handler.actor, sender, ReturnReason.OTHER_AREA, "nội bộ: phường bên cạnh")
        return sender

    def referee(self) -> Sender:
        sender = self.forwarded(self.returned(), self.office.other)
        self.does(
            transfers.give_back, self.office.stranger.actor, sender, ReturnReason.OTHER_FIELD, "nội bộ: không phải việc của chúng tôi"
        )
        return sender

    def in_progress(self, sender: Sender | None = None) -> Sender:
        sender = self.forwarded(sender)
        self.does(transfers.accept, self.office.handler.actor, sender)
        return sender

    def awaiting_supplement(self) -> Sender:
        sender = self.in_progress()
        self.does(dialogue.ask, self.office.handler.actor, sender, QUESTION)
        return sender

    def suspended(self) -> Sender:
        sender = self.complaint()
        self.does(dialogue.suspend, self.office.head.actor, sender, "Chờ kết quả đo đạc của tòa án.")
        return sender

    def complaint(self) -> Sender:
        sender = self.sender(channel=Channel.PAPER, contact=ReportContact(name="Người Thử", phone="0900000123"))
        self.does(desk.set_petition, self.office.desk.actor, sender, Track.COMPLAINT)
        return self.in_progress(sender)

    def awaiting_approval(self, sender: Sender | None = None, text: str = ANSWER) -> Sender:
        sender = sender or self.in_progress()
        self.does(handling.submit_answer, self.office.handler.actor, sender, Outcome.SOLVED, text)
        return sender

    def answered(self, sender: Sender | None = None, text: str = ANSWER) -> Sender:
        sender = self.awaiting_approval(sender, text)
        self.does(handling.approve, self.office.head.actor, sender)
        return sender

    def closed(self) -> Sender:
        sender = self.answered()
        assert sender.act("/tra-cuu/ho-so/danh-gia", solved="yes").status_code == 302
        return sender

    def refused(self) -> Sender:
        sender = self.sender()
        self.does(ending.refuse, self.office.desk.actor, sender, Refusal.NEEDS_PETITION, GUIDANCE)
        return sender

    def withdrawn(self) -> Sender:
        sender = self.in_progress()
        assert sender.act("/tra-cuu/ho-so/rut", "/tra-cuu/ho-so/rut").status_code == 302
        return sender

    def merged(self, lead: Sender | None = None) -> Sender:
        lead, sender = lead or self.in_progress(), self.in_progress()
        self.does(ending.merge, self.office.handler.actor, sender, lead.case.public_id)
        return sender

    def split(self) -> Sender:
        sender = self.sender()
        case = sender.case
        for part in ending.split(self.office.desk.actor, case.public_id, case.version, [TEXT, DAMP]):
            classify_case(part.id)
        return sender

    def reopened(self) -> Sender:
        sender = self.answered()
        assert sender.act("/tra-cuu/ho-so/xem-xet-lai", why="Hôm nay rác lại đầy hẻm.").status_code == 302
        return sender

    def overdue(self) -> Sender:
        sender = self.in_progress()
        self.clock(sender.case.due_at + timedelta(days=1))
        return sender

    def extended(self) -> Sender:
        sender = self.in_progress()
        rule = extending.possible_extensions(sender.case)[0].code
        self.does(extending.extend, self.office.head.actor, sender, rule, Ground.SEVERAL_PLACES, "nội bộ: hẻm dài")
        return sender

    def progress(self) -> Sender:
        sender = self.in_progress()
        self.does(dialogue.report_progress, self.office.handler.actor, sender, PROGRESS, local_day(now()) + timedelta(days=2))
        return sender

    def helped(self) -> Sender:
        sender = self.in_progress()
        self.does(partners.ask_partner, self.office.handler.actor, sender, self.office.other, "nội bộ: xin cho xe", local_day(now()))
        return sender

    def sealed_at_work(self) -> Sender:
        """A denunciation of the agency the report had gone to first, suspected by the desk only after it came back."""
        sender = self.returned(self.sender(channel=Channel.PAPER, contact=ReportContact(name="Người Thử")))
        self.does(desk.send_to_inspectorate, self.office.desk.actor, sender, "nội bộ: có dấu hiệu nhũng nhiễu")
        self.does(desk.take_up, self.office.inspector.actor, sender)
        return sender


#: Every page a sender can meet, by name.
STORIES = (
    *("received", "sorting", "triage", "forwarded", "returned", "referee", "in_progress", "awaiting_supplement", "suspended"),
    *("awaiting_approval", "answered", "closed", "refused", "withdrawn", "merged", "split", "reopened", "overdue", "extended"),
    *("progress", "helped", "sealed_at_work"),
)
