"""Officers from a file: accounts that stay locked, and proposals that another administrator decides (feedback/accounts/grants.py).

A file does for five hundred people what the page does for one: whoever brings it in proposes, makes the first passwords and hands them
over; nobody gets in before somebody else has approved his role.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from feedback.accounts import grants, services
from feedback.accounts.doers import somebody_else
from feedback.accounts.models import Role, RoleGrant, User
from feedback.accounts.services import NewUser
from feedback.cases.steps import N_
from feedback.city import queries as city
from feedback.city.cells import BadCell, Cells
from feedback.crypto import seal
from feedback.db import db, now
from feedback.imports.city_data import wrong_cell
from feedback.imports.columns import Kind
from feedback.imports.judged import DOUBLE, UNKNOWN, Key, Outcome, Problem, Verdict
from feedback.imports.models import FirstPassword
from feedback.imports.reading import Line
from feedback.intake.people import is_email

SELF = N_("Đây là tài khoản của chính Ông/Bà; xin nhờ một quản trị viên khác.")
_NAME = re.compile(r"[\w.@+-]{1,60}")


@dataclass(frozen=True)
class OfficerRow:
    """A line about an officer."""

    sign_in_name: str
    full_name: str
    email: str
    role: Role
    agency_code: str


def key_of(cells: Mapping[str, str]) -> Key:
    """What tells officers apart."""
    return (services.normal_name(cells.get("sign_in_name", "")),)


def read_officer(cells: Cells) -> OfficerRow:
    """A line as a checked value. Raises BadCell, whose message names the column first."""
    name = services.normal_name(cells.text("sign_in_name", 60))
    if not _NAME.fullmatch(name):
        raise BadCell("sign_in_name has a blank or a sign that is hard to type")
    email = cells.row.get("email", "").strip()
    if email and not is_email(email):
        raise BadCell("email is no address")
    return OfficerRow(name, cells.text("full_name", 120), email, cells.choice("role", Role), cells.text("agency_code", 30))


class OfficerImporter:
    """Judges and writes lines about officers; each new one costs a slow hash, so that a batch is small."""

    batch: int | None = 25

    def __init__(self, by: User, import_id: str, row_id: int, key: bytes, firsts: Mapping[Key, int]) -> None:
        self.by, self.import_id, self.row_id, self.key, self.firsts = by, import_id, row_id, key, firsts
        self.agencies = {agency.code: agency.id for agency in city.agencies()}

    def judge(self, lines: Sequence[Line]) -> list[Verdict]:
        """What each line does. Three queries."""
        names = [key_of(line.cells)[0] for line in lines]
        known = {user.sign_in_name: user for user in db.session.scalars(select(User).where(User.sign_in_name.in_(names)))}
        asked = select(RoleGrant).where(RoleGrant.user_id.in_([user.id for user in known.values()]), RoleGrant.approved.is_(None))
        waiting = {grant.user_id: grant for grant in db.session.scalars(asked) if grant.expires_at > now()}
        return [self._judge(line, known, waiting) for line in lines]

    def _judge(self, line: Line, known: Mapping[str, User], waiting: Mapping[int, RoleGrant]) -> Verdict:
        first = self.firsts.get(key_of(line.cells), line.number)
        if first != line.number:
            return Verdict.refused(line, Problem.of("sign_in_name", DOUBLE, line=first))
        try:
            row = read_officer(Cells(line.cells))
        except BadCell as bad:
            return Verdict.refused(line, wrong_cell(Kind.OFFICERS, line, str(bad)))
        if row.agency_code not in self.agencies:
            return Verdict.refused(line, Problem.of("agency_code", UNKNOWN))
        user = known.get(row.sign_in_name)
        if user is None:
            return Verdict(line, Outcome.NEW, row=row)
        if changes := self._changes(user, row, waiting.get(user.id)):
            if user.id == self.by.id:
                return Verdict.refused(line, Problem.of("sign_in_name", SELF))
            return Verdict(line, Outcome.CHANGED, changes=changes, row=row, user_id=user.id)
        return Verdict(line, Outcome.UNCHANGED, row=row)

    def _changes(self, user: User, row: OfficerRow, asked: RoleGrant | None) -> dict[str, tuple[str, str]]:
        """What differs from the account, or from what is proposed for it already."""
        codes = {key: code for code, key in self.agencies.items()}
        standing = asked or user
        wanted = {
            "full_name": ((asked and asked.full_name) or user.full_name, row.full_name),
            "email": ((asked and asked.email) or user.email or "", row.email or user.email or ""),
            "role": (standing.role.value, row.role.value),
            "agency_code": (codes.get(standing.agency_id, ""), row.agency_code),
        }
        return {name: pair for name, pair in wanted.items() if pair[0] != pair[1]}

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Make accounts and proposals as the administrator's page does, one after the other."""
        for verdict in verdicts:
            if verdict.outcome is Outcome.NEW:
                verdict.user_id = self._make(verdict.row)
            else:
                self._change(verdict)

    def _make(self, row: OfficerRow) -> int:
        password = services.first_password()
        agency_id = self.agencies[row.agency_code]
        new = NewUser(row.sign_in_name, row.full_name, row.role, agency_id, row.email or None, handed_over=True)
        user = services.create_user(new, password, by=self.by)
        kept = FirstPassword(user_id=user.id, import_id=self.row_id)
        kept.sealed = seal(password, self.key, kept.place())
        db.session.add(kept)
        return user.id

    def _change(self, verdict: Verdict) -> None:
        row: OfficerRow = verdict.row
        public_id = db.session.scalars(select(User.public_id).where(User.id == verdict.user_id)).one()
        user = somebody_else(self.by, public_id)
        grants.ask(self.by, user, row.role, self.agencies[row.agency_code], row.full_name, row.email)
