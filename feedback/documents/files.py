"""Papers as files to keep."""

from __future__ import annotations

from flask import Response, url_for

from feedback.attachments.services import of_case
from feedback.audit.services import record_keys
from feedback.cases.clock import due_of
from feedback.cases.intake import FIRST_CATEGORY
from feedback.cases.models import Case
from feedback.city import queries as city
from feedback.codes import show_code
from feedback.documents.apology import ApologyFacts, apology_pdf
from feedback.documents.receipt import ReceiptFacts, receipt_pdf
from feedback.localtime import local_day
from feedback.record.receipts import Receipt, hash_of, number_of, show_number, sign


def receipt_file(code: str, case: Case, language: str) -> Response:
    """The signed receipt of a case for the one who holds the code."""
    return _file(receipt_pdf(receipt_facts(code, case), language), "bien-nhan.pdf")


def receipt_facts(code: str, case: Case) -> ReceiptFacts:
    """What the receipt says.

    Its limit is the one every report had when it came in: the limit of its own field would tell what it is about.
    """
    number, day = number_of(case.code_hmac), local_day(case.received_at)
    files = tuple(file.original_sha256 for file in of_case(case.id))
    return ReceiptFacts(
        code=show_code(code),
        number=show_number(number),
        received_on=day,
        due_at=due_of(city.category(FIRST_CATEGORY).rule_code, case.received_at).due,
        page=url_for("tracking.ask", _external=True),
        signed=sign(Receipt(number, day, hash_of(case.text), files), record_keys()),
        check_page=url_for("record.receipt_page", _external=True),
    )


def apology_file(facts: ApologyFacts, language: str = "vi", *, to_sign: bool) -> Response:
    """The letter of apology: for the head of the agency to sign, or as the sender's own copy."""
    return _file(apology_pdf(facts, language, to_sign=to_sign), "thu-xin-loi.pdf")


def _file(paper: bytes, name: str) -> Response:
    response = Response(paper, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
