"""Which forms a case page offers: those of the moves that are open, each empty or as a rejected one was typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedback.cases.access import AGENCY, Actor
from feedback.cases.models import Answer, Case
from feedback.cases.workflow import Move, State, Who
from feedback.inbox import clock_forms, forms, handover_forms
from feedback.inbox.choices import Lists
from feedback.inbox.forms import VersionForm

FORMS: tuple[tuple[str, Move, type[VersionForm]], ...] = (
    ("reason", Move.RETURN, forms.ReasonForm),
    ("comment", Move.SEND_BACK, forms.CommentForm),
    ("release", Move.RELEASE, forms.ReleaseForm),
    ("hand_on", Move.HAND_ON, handover_forms.HandOnForm),
    ("recall", Move.RECALL, handover_forms.RecallForm),
    ("decide", Move.DECIDE, handover_forms.DecideForm),
    ("partner", Move.ASK_PARTNER, handover_forms.AskPartnerForm),
    ("part_return", Move.PARTNER_RETURN, handover_forms.PartReturnForm),
    ("part_report", Move.PARTNER_REPORT, handover_forms.PartReportForm),
    ("part_cancel", Move.CANCEL_PARTNER, handover_forms.CancelPartForm),
    ("assign", Move.ASSIGN, handover_forms.AssignForm),
    ("ask", Move.ASK, clock_forms.AskForm),
    ("resume", Move.RESUME, clock_forms.ResumeForm),
    ("progress", Move.UPDATE, clock_forms.ProgressForm),
    ("suspend", Move.SUSPEND, clock_forms.SuspendForm),
    ("decline", Move.EXTEND, clock_forms.DeclineForm),
    ("refuse", Move.REFUSE, clock_forms.RefuseForm),
    ("merge", Move.MERGE, clock_forms.MergeForm),
    ("unmerge", Move.UNMERGE, clock_forms.UnmergeForm),
)


def may_ask_extension(actor: Actor, case: Case, at: datetime) -> bool:
    """Whether the officer works on the case, in a state and at a time at which its limit can be extended."""
    works = actor.who in (*AGENCY, Who.INSPECTORATE) and case.agency_id == actor.agency_id
    return works and case.state in (State.IN_PROGRESS, State.AWAITING_APPROVAL) and at <= case.due_at


def offered(
    moves: frozenset[Move], rejected: VersionForm | None, lists: Lists, last: Answer | None, *, asks: bool
) -> dict[str, VersionForm]:
    """The forms of the page by name; an answer starts from its last version."""
    made = {name: _made(kind, rejected) for name, move, kind in FORMS if move in moves}
    if asks:
        made["extension"] = _made(clock_forms.ExtensionForm, rejected)
    if Move.SUBMIT_ANSWER in moves:
        start = {"outcome": last.outcome.value, "text": last.text} if last else {}
        made["answer"] = _made(forms.AnswerForm, rejected, **start)
    for form in made.values():
        form.offer(lists)
    return made


def _made(kind: type[VersionForm], rejected: VersionForm | None, **start: Any) -> VersionForm:
    return rejected if rejected is not None and type(rejected) is kind else kind(formdata=None, **start)
