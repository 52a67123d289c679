"""After a report was sent: its code until it is kept, the receipt, and good-bye."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from feedback.cases.clock import due_of
from feedback.codes import show_code, tidy_code
from feedback.documents.files import receipt_file
from feedback.documents.qr import qr_data_uri
from feedback.intake.forms import FinishForm
from feedback.intake.pages import blueprint, forget, my_case
from feedback.language import locale_here
from feedback.web import Page, public

LAST_GROUP = 5


@blueprint.route("/phan-anh/xong", methods=["GET", "POST"])
@public
def done() -> Page:
    """The code, what happens next and by when; safe to reload. Finishing asks for the last five characters of the code."""
    mine = my_case()
    if mine is None:
        return redirect(url_for("intake.start"))
    code, case = mine
    form = FinishForm()
    if form.validate_on_submit():
        if tidy_code(form.last.data or "")[-LAST_GROUP:] == code[-LAST_GROUP:]:
            return forget("intake.goodbye")
        form.last.errors = [_("Chưa khớp với mã ở trên. Xin xem lại 5 ký tự của nhóm cuối cùng.")]
    page = render_template(
        "public/report/done.html",
        form=form,
        code=show_code(code),
        case=case,
        qr=qr_data_uri(show_code(code)),
        steps=[step.render(_) for step in due_of(case.rule_code, case.received_at).steps],
    )
    return (page, 422) if form.errors else page


@blueprint.get("/phan-anh/ket-thuc")
@public
def goodbye() -> str:
    """Thanks, and where to go from here."""
    return render_template("public/report/goodbye.html")


@blueprint.get("/phan-anh/bien-nhan.pdf")
@public
def receipt() -> Page:
    """The receipt of the report just sent."""
    mine = my_case()
    return redirect(url_for("intake.start")) if mine is None else receipt_file(*mine, locale_here())
