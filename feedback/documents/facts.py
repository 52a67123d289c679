"""What the papers say, without what it takes to make a PDF: that would be a tenth of every start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ReceiptFacts:
    """What the receipt of a case says: nothing of what the office made of it."""

    code: str
    #: Of the receipt, not of the case.
    number: str
    received_on: date
    #: The limit that every report has when it comes in.
    due_at: datetime
    #: Address of the tracking page, without any code in it.
    page: str
    #: The signed receipt (`feedback.record.receipts`), and the address of the page that checks it.
    signed: str
    check_page: str


@dataclass(frozen=True)
class ApologyFacts:
    """What the letter says; it names nobody, for the reference is enough to know whom it is for."""

    agency: str
    reference: str
    received_on: date
    due_on: date
    #: Calendar days from the due day to the answer, or to the day of the letter; at least 1.
    days_late: int
    #: The day of the answer; None while it is still owed.
    answered_on: date | None
    #: The day the agency promised in its last report of progress; None when it promised none that is still to come.
    promised_on: date | None
    written_on: date
