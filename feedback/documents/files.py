"""Papers as files to keep."""

from __future__ import annotations

from datetime import datetime

from flask import Response, url_for

from feedback.attachments.services import of_case
from feedback.audit.services import record_keys
from feedback.cases.clock import due_of
from feedback.cases.intake import FIRST_CATEGORY
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.codes import show_code
from feedback.documents.facts import ApologyFacts, ReceiptFacts
from feedback.localtime import local_day
from feedback.record.receipts import Receipt, hash_of, number_of, show_number, sign


def receipt_file(code: str, case: Case, language: str) -> Response:
    """The signed receipt of a case for the one who holds the code."""
    from feedback.documents.receipt import receipt_pdf

    return _file(receipt_pdf(receipt_facts(code, case), language), "bien-nhan.pdf")


def receipt_facts(code: str, case: Case) -> ReceiptFacts:
    """What the receipt says.

    Its limit is the one every report had when it came in: the limit of its own field would tell what it is about.
    """
    files = tuple(file.original_sha256 for file in of_case(case.id))
    return facts_at_hand(code, case.code_hmac, case.received_at, case.text, files)


def facts_at_hand(code: str, code_hmac: bytes, received_at: datetime, text: str, files: tuple[bytes, ...] = ()) -> ReceiptFacts:
    """The same from what is at hand: text and files (as SHA-256) with the instant they came in."""
    number, day = number_of(code_hmac), local_day(received_at)
    return ReceiptFacts(
        code=show_code(code),
        number=show_number(number),
        received_on=day,
        due_at=due_of(city.rule_code_of(FIRST_CATEGORY), received_at).due,
        page=url_for("tracking.ask", _external=True),
        signed=sign(Receipt(number, day, hash_of(text), files), record_keys()),
        check_page=url_for("record.receipt_page", _external=True),
    )


def apology_file(facts: ApologyFacts, language: str = "vi", *, to_sign: bool) -> Response:
    """The letter of apology: for the head of the agency to sign, or as the sender's own copy."""
    from feedback.documents.apology import apology_pdf

    return _file(apology_pdf(facts, language, to_sign=to_sign), "thu-xin-loi.pdf")


def _file(paper: bytes, name: str) -> Response:
    response = Response(paper, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
