"""Reading what may not be read in silence: what must be written down is committed before anything is shown."""

from __future__ import annotations

from typing import Any

from feedback.attachments.models import Attachment
from feedback.attachments.services import of_case
from feedback.audit.services import record
from feedback.cases import contacts, queries
from feedback.cases.access import Actor
from feedback.cases.models import Case
from feedback.cases.transfers import note_seen, unseen
from feedback.cases.workflow import Who
from feedback.db import atomic
from feedback.errors import NotFound
from feedback.inbox.stand import Stand, stand_of

#: Who may learn who sent a report: those who answer it.
CONTACT_READERS = frozenset({Who.HANDLER, Who.AGENCY_HEAD, Who.INSPECTORATE})
FILE_READERS = CONTACT_READERS | {Who.FRONT_DESK}


def leaves_trace(actor: Actor, case: Case) -> bool:
    """Whether opening this case must be noted: it is sealed, or its transfer to the actor's agency is not known to have arrived."""
    return case.sealed or unseen(actor, case)


@atomic
def note_opening(actor: Actor, public_id: str) -> None:
    """Leave a row that a sealed case was opened, and tell the sender of a transfer that it has arrived. Raises NotFound."""
    case = queries.visible_case(actor, public_id)
    if case.sealed:
        _note("case.opened_sealed", actor, case)
    note_seen(actor, case)


def read_contact(actor: Actor, public_id: str) -> dict[str, str]:
    """The sender's contact data; empty for an anonymous case. Raises NotFound for whoever may not know it.

    Nothing is unsealed before the row that says so is committed.
    """
    return contacts.opened(_note_reading(actor, public_id))


@atomic
def _note_reading(actor: Actor, public_id: str) -> int:
    case = queries.visible_case(actor, public_id)
    if not may_read_contact(actor, case):
        raise NotFound
    _note("case.contact_read", actor, case)
    return case.id


def may_read_contact(actor: Actor, case: Case) -> bool:
    """Only the agency that answers the case learns who sent it: no co-agency, and no receiver before it has accepted."""
    return actor.who in CONTACT_READERS and stand_of(actor, case) is Stand.HOLDER


@atomic
def open_file(actor: Actor, public_id: str, file_id: str) -> Attachment:
    """One file of a case the actor sees. Raises NotFound."""
    case = queries.visible_case(actor, public_id)
    found = next((file for file in of_case(case.id) if file.public_id == file_id), None)
    if found is None or actor.who not in FILE_READERS:
        raise NotFound
    if case.sealed:
        _note("case.file_read", actor, case, file=file_id)
    return found


def _note(action: str, actor: Actor, case: Case, **facts: Any) -> None:
    record(action, actor=actor, subject_kind="case", subject_id=case.public_id, **facts)
