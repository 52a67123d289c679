"""A small city in which every situation of a case occurs once, and what each officer may know of it: written by hand, not by the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from feedback.accounts import second_factor
from feedback.accounts.models import SecondFactor, User
from feedback.api import tokens
from feedback.api.models import AccessToken, Scope
from feedback.attachments.services import attach
from feedback.cases import conduct, desk, handling, partners, transfers
from feedback.cases.access import CITIZEN
from feedback.cases.intake import Report, ReportContact, submit_report
from feedback.cases.learning_models import CheckDraw
from feedback.cases.models import Outcome
from feedback.cases.sorting import classify_case
from feedback.city import queries as city
from feedback.codes import new_code
from feedback.db import db, now
from feedback.intake.drafts import hmac_of, start
from feedback.localtime import local_day
from tests.feedback.citizen import BRIBE, TEXT, picture_bytes
from tests.feedback.officers import ANSWER, Office, case_by_key, version_of

#: Who may know of a case in which situation (docs/THREAT_MODEL.md). Who is missing knows of none.
KNOWN: dict[str, frozenset[str]] = {
    "desk": frozenset({"at_desk", "incoming"}),
    "handler": frozenset({"own", "incoming", "helped", "answered"}),
    "head": frozenset({"own", "incoming", "helped", "answered"}),
    "stranger": frozenset({"other", "helped"}),
    "inspector": frozenset({"sealed", "accused"}),
    "leader": frozenset({"at_desk", "incoming", "own", "helped", "other", "answered", "leaders", "recused"}),
    "admin": frozenset(),
}
#: Who has himself acted on a case that he no longer sees.
ACTED = {"desk": frozenset({"own", "other", "helped", "answered", "accused"}), "inspector": frozenset({"leaders", "recused"})}
OFFICERS = tuple(KNOWN)
ROLE = {
    "desk": "front_desk",
    "handler": "handler",
    "head": "agency_head",
    "stranger": "handler",
    "inspector": "inspectorate",
    "leader": "leadership",
    "admin": "administrator",
}


@dataclass(frozen=True)
class Filed:
    """A case in one situation: its id in addresses, and that of its file."""

    public_id: str
    file_id: str


class Town:
    """An office and its cases by situation."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.office = Office(app)
        with app.app_context():  # also who may go without has one, so that every page of it can be read
            for user in db.session.scalars(select(User).where(~User.second_factor.has())):
                user.second_factor = SecondFactor(sealed=second_factor.seal(user, b"a secret nobody asks for"), last_step=0)
            db.session.commit()
        self.cases = {name: self._file(BRIBE if name in SEALED else TEXT) for name in SITUATIONS if name != "missing"}
        self.cases["missing"] = Filed("0" * 16, "0" * 16)
        self._bring()
        self._give_tokens()
        self.browsers: dict[str, FlaskClient] = {name: self.office.browser(getattr(self.office, name)) for name in OFFICERS}

    def token_of(self, officer: str) -> dict[str, str]:
        """How a program of this officer shows that it is his."""
        return {"Authorization": f"Bearer {tokens.PREFIX}{self.secrets[officer]}"}

    def _give_tokens(self) -> None:
        """Everybody has a token for everything, also those who could not make one: what his role is must decide."""
        self.secrets = {name: new_code() for name in OFFICERS}
        for name, secret in self.secrets.items():
            user = db.session.get_one(User, getattr(self.office, name).actor.user_id)
            row = {
                "token_hmac": tokens._hmac(secret),
                "epoch": user.session_epoch,
                "made_at": now(),
                "expires_at": now() + timedelta(days=1),
            }
            db.session.add(AccessToken(user_id=user.id, name=name, scopes=[scope.value for scope in Scope], **row))
        db.session.commit()

    def _file(self, text: str) -> Filed:
        """A report with a name and a picture, read by the machine."""
        draft = start(new_code())
        file_id = attach(draft.id, "anh.png", picture_bytes()).public_id
        report = Report(text, contact=ReportContact(name="Nguyễn Thị Thử", phone="0900000123"), wants_public=True)
        case_id = submit_report(report, hmac_of(draft.code), CITIZEN, draft_id=draft.id).case_id
        classify_case(case_id)
        return Filed(case_by_key(case_id).public_id, file_id)

    def _bring(self) -> None:
        office, cases = self.office, {name: filed.public_id for name, filed in self.cases.items()}
        office.forwarded(cases["incoming"])
        for name in ("own", "answered"):
            office.accepted(cases[name])
        for name in ("other", "helped"):
            self._to_strangers(cases[name])
        day = local_day(now()) + timedelta(days=1)
        partners.ask_partner(office.stranger.actor, cases["helped"], version_of(cases["helped"]), office.agency, "Xin cùng xem.", day)
        handling.submit_answer(office.handler.actor, cases["answered"], version_of(cases["answered"]), Outcome.SOLVED, ANSWER)
        handling.approve(office.head.actor, cases["answered"], version_of(cases["answered"]))

        self._accuse(cases["accused"])
        conduct.name_accused(office.inspector.actor, cases["leaders"], version_of(cases["leaders"]), [city.triage_agency().id], [])
        conduct.recuse(office.inspector.actor, cases["recused"])  # the only inspector there is: the city's leaders take it
        db.session.execute(delete(CheckDraw))  # drawn by chance: tests of them draw their own
        db.session.commit()

    def _accuse(self, public_id: str) -> None:
        """The agency had the case on its list before the desk noticed that it is about one of its own."""
        office = self.office
        office.forwarded(public_id)
        transfers.recall(office.desk.actor, public_id, version_of(public_id), "Gửi nhầm.")
        desk.send_to_inspectorate(office.desk.actor, public_id, version_of(public_id), "Nói về cán bộ của cơ quan này.")

    def _to_strangers(self, public_id: str) -> None:
        office = self.office
        desk.forward(office.desk.actor, public_id, version_of(public_id), desk.Decision("urban_environment", office.other))
        transfers.accept(office.stranger.actor, public_id, version_of(public_id))


SITUATIONS = ("at_desk", "incoming", "own", "other", "helped", "answered", "sealed", "accused", "leaders", "recused", "missing")
#: Read by the machine as reports about conduct.
SEALED = frozenset({"sealed", "leaders", "recused"})
