"""Public pages that prove something: the heads of the days, and whether a receipt is true. None of them looks at a case."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from feedback.audit.heads import newest_heads
from feedback.audit.services import record_keys
from feedback.extensions import limiter
from feedback.record.forms import ReceiptForm
from feedback.record.receipts import Checked, Standing, check, show_number
from feedback.replica.pages import from_replica
from feedback.web import Page, public

blueprint = Blueprint("record", __name__)
#: Days that the page shows; the file has them all.
SHOWN = 31
CHECKS = "60/minute"


@blueprint.get("/so-cai")
@public
@from_replica
def ledger() -> Page:
    """Sổ cái: the newest heads, what they prove, and the public keys. At most 2 queries."""
    keys = {key_id: public_key.hex() for key_id, public_key in record_keys().public_keys().items()}
    return render_template("public/record/ledger.html", heads=newest_heads(SHOWN), shown=SHOWN, keys=keys, key_now=record_keys().key_id)


@blueprint.get("/so-cai.csv")
@public
@from_replica
def ledger_file() -> Response:
    """Every head ever made, for whoever keeps a copy."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(("day", "head", "key_id", "signature"))
    writer.writerows((row.day.isoformat(), row.head.hex(), row.key_id, row.signature.hex()) for row in newest_heads())
    response = Response(file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="so-cai.csv"'
    return response


@blueprint.get("/bien-nhan/kiem-tra")
@public
def receipt_page() -> Page:
    """The form that checks a receipt."""
    return _receipt_page(ReceiptForm())


@blueprint.post("/bien-nhan/kiem-tra")
@public
@limiter.limit(CHECKS)
def check_receipt() -> Page:
    """Whether a receipt was signed here, and whether a text is the one it was signed for. Nothing of what is sent is kept."""
    form = ReceiptForm()
    if not form.validate_on_submit():
        return _receipt_page(form, status=422)
    checked = check(form.block.data or "", record_keys())
    if checked.standing is Standing.UNREADABLE:
        form.block.errors = [_("Không đọc được biên nhận. Xin chép đủ, từ chữ LC1 đến chữ cuối cùng.")]
        return _receipt_page(form, status=422)
    return _receipt_page(form, checked)


def _receipt_page(form: ReceiptForm, checked: Checked | None = None, status: int = 200) -> Page:
    receipt = checked.receipt if checked else None
    text = form.text.data or ""
    page = render_template(
        "public/record/receipt.html",
        form=form,
        standing=checked.standing if checked else None,
        receipt=receipt,
        number=show_number(receipt.number) if receipt else "",
        key_id=checked.key_id if checked else "",
        same_text=receipt.covers(text) if receipt and text.strip() else None,
    )
    return (page, status) if status != 200 else page
