"""Tracking pages. The code travels in the body of a form and stays in the session, never in an address (security D1).

A report that was split is one code and several cases, followed and acted on by their number: 1 is what was sent, 2 and on the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from feedback.answers.queries import apology_facts, late_at
from feedback.cases import dialogue, ending, queries
from feedback.cases.access import CITIZEN, may
from feedback.cases.models import Case, Solved
from feedback.cases.rating import rate
from feedback.cases.words import OUTCOMES, REFUSALS, STANDINGS, STATES
from feedback.cases.workflow import OPEN_STATES, STOPPED_STATES, Move
from feedback.codes import ALPHABET, GROUP, LENGTH, read_code, show_code, tidy_code
from feedback.db import now
from feedback.documents.files import apology_file, receipt_file
from feedback.errors import Conflict, Invalid, NotFound
from feedback.extensions import limiter
from feedback.intake.drafts import hmac_of
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.page_form import PageForm
from feedback.tracking.forms import AgainForm, CodeForm, MoreForm, RatingForm, ReplyForm, WithdrawForm
from feedback.tracking.queries import given_answers
from feedback.tracking.standing import standing_of
from feedback.web import Page, public

blueprint = Blueprint("tracking", __name__, url_prefix="/tra-cuu")
#: Wrong codes a minute from one place, and from everywhere. Right ones are no guesses: many people share one address of their network.
GUESSES, ALL_GUESSES = "10/minute", "300/minute"
RATINGS, WORDS = "30/hour", "30/hour"
#: The forms of the page, each shown while its move is open.
FORMS: dict[str, tuple[Move, type[PageForm]]] = {
    "rating": (Move.RATE, RatingForm),
    "reply": (Move.SUPPLEMENT, ReplyForm),
    "more": (Move.ADD, MoreForm),
    "again": (Move.REOPEN, AgainForm),
}


def _missed(answer: Response) -> bool:
    return 400 <= answer.status_code < 500


#: Shared by every door to a code, so that two doors give no more guesses than one.
guesses = limiter.shared_limit(GUESSES, "guesses", deduct_when=_missed)
all_guesses = limiter.shared_limit(ALL_GUESSES, "all guesses", key_func=lambda: "everybody", deduct_when=_missed)


@blueprint.get("")
@public
def ask() -> Page:
    """The form for the code."""
    return render_template("public/tracking/ask.html", form=CodeForm())


@blueprint.post("")
@public
@guesses
@all_guesses
def look() -> Page:
    """Open the case of a code. A mistyped code, one that never was and one that is no more get the same answer (security, control 7)."""
    form = CodeForm()
    if form.validate_on_submit():
        typed = form.code.data or ""
        code = read_code(typed)
        if code is not None and queries.case_of_code(hmac_of(code)) is not None:
            session["tracked"] = code
            return redirect(url_for("tracking.case"))
        form.code.errors = [mistake_in(typed)]
    return render_template("public/tracking/ask.html", form=form), 422


def mistake_in(typed: str) -> str:
    """What is wrong with a code, as far as its form alone tells; never whether such a case exists."""
    code = tidy_code(typed)
    strange = sorted(set(code) - set(ALPHABET))
    if not code:
        return str(_("Xin nhập mã tra cứu."))
    if strange:
        return str(_("Mã không có ký tự «%(strange)s». Xin so lại với biên nhận.", strange=" ".join(strange[:GROUP])))
    if len(code) != LENGTH + 1:
        return str(_("Mã có 25 ký tự, Ông/Bà đã nhập %(count)s. Xin so lại từng nhóm với biên nhận.", count=len(code)))
    return str(_("Không tìm thấy hồ sơ với mã này: có thể một ký tự bị sai hoặc hai ký tự đổi chỗ. Xin so lại từng nhóm với biên nhận."))


def _tracked() -> tuple[str, Case] | None:
    code = session.get("tracked")
    found = queries.case_of_code(hmac_of(code)) if code else None
    return (code, found) if code and found is not None else None


def _family(number: int) -> tuple[str, Sequence[Case]] | None:
    """The code and all cases behind it; None when no code is being followed. Raises NotFound for a number there is none of."""
    code: str = session.get("tracked", "")
    family = queries.family_of_code(hmac_of(code)) if code else ()
    if not family:
        return None
    if not 0 < number <= len(family):
        raise NotFound
    return code, family


@blueprint.get("/ho-so", defaults={"number": 1})
@blueprint.get("/ho-so/viec/<int:number>")
@public
def case(number: int) -> Page:
    """Where the case stands, in plain words. Three queries for a fresh report, one more for each kind of thing its story says there is."""
    return _case_page(number)


def _case_page(number: int, name: str = "", form: PageForm | None = None, kept: str = "", status: int = 200) -> Page:
    """The page of one case; with the form that could not be taken, and with words that found no place any more."""
    tracked = _family(number)
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    code, family = tracked
    found, at = family[number - 1], now()
    standing = standing_of(found, at)
    page = render_template(
        "public/tracking/case.html",
        form=form or (),
        forms={key: form if form and key == name else kind() for key, (move, kind) in FORMS.items() if move in standing.moves},
        kept=kept,
        number=number,
        case=found,
        code=show_code(code),
        standing=standing,
        apology_owed=late_at(found, at) is not None,
        parts=_parts(family),
        states=STATES,
        standings=STANDINGS,
        outcomes=OUTCOMES,
        refusals=REFUSALS,
        stopped=STOPPED_STATES,
        open_states=OPEN_STATES,
        today=local_day(at),
    )
    return (page, status) if status != 200 else page


def _parts(family: Sequence[Case]) -> list[dict[str, object]]:
    """All matters of a report that was split, each with its last answer; nothing when there is only one."""
    if len(family) == 1:
        return []
    answers = {answer.case_id: answer for answer in reversed(given_answers([part.id for part in family])) if answer.current}
    return [{"number": number, "case": part, "answer": answers.get(part.id)} for number, part in enumerate(family, 1)]


def _act(number: int, name: str, act: Callable[[Case], None], form: PageForm, words: str, done: str) -> Page:
    """Take one of the sender's moves; `words` is what he typed, which no error may lose.

    A second click finds the case moved on and leads to the same page as the first.
    """
    tracked = _family(number)
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    if not form.validate_on_submit():
        return _case_page(number, name, form, status=422)
    found = tracked[1][number - 1]
    try:
        act(found)
    except Invalid as error:
        next(iter(form)).errors = [error.message]
        return _case_page(number, name, form, status=422)
    except Conflict:
        if words and not dialogue.said_today(found.id, words, now()):
            return _case_page(number, kept=words, status=409)
        return redirect(url_for("tracking.case", number=number))
    flash(done)
    return redirect(url_for("tracking.case", number=number))


@blueprint.post("/ho-so/danh-gia", defaults={"number": 1})
@blueprint.post("/ho-so/viec/<int:number>/danh-gia")
@public
@limiter.limit(RATINGS)
def rate_answer(number: int) -> Page:
    """Take the sender's word on the answer; a second time changes nothing."""
    form = RatingForm()

    def act(found: Case) -> None:
        rate(found.id, Solved(form.solved.data), int(form.satisfaction.data or 0) or None, form.comment.data or "")

    return _act(number, "rating", act, form, "", _("Cảm ơn Ông/Bà đã đánh giá."))


@blueprint.post("/ho-so/tra-loi", defaults={"number": 1})
@blueprint.post("/ho-so/viec/<int:number>/tra-loi")
@public
@limiter.limit(WORDS)
def reply(number: int) -> Page:
    """Bổ sung: the sender answers what the office asked."""
    form = ReplyForm()
    words = form.reply.data or ""
    return _act(
        number,
        "reply",
        lambda found: dialogue.supplement(found.id, words),
        form,
        words,
        _("Đã gửi câu trả lời của Ông/Bà. Cơ quan xử lý tiếp."),
    )


@blueprint.post("/ho-so/gui-them", defaults={"number": 1})
@blueprint.post("/ho-so/viec/<int:number>/gui-them")
@public
@limiter.limit(WORDS)
def add(number: int) -> Page:
    """Gửi thêm: the sender adds something of his own accord."""
    form = MoreForm()
    words = form.more.data or ""
    return _act(
        number, "more", lambda found: dialogue.add(found.id, words), form, words, _("Đã gửi thông tin thêm đến cơ quan đang giữ hồ sơ.")
    )


@blueprint.post("/ho-so/xem-xet-lai", defaults={"number": 1})
@blueprint.post("/ho-so/viec/<int:number>/xem-xet-lai")
@public
@limiter.limit(RATINGS)
def reopen(number: int) -> Page:
    """Yêu cầu xem xét lại: the sender says why the answer is not enough."""
    form = AgainForm()
    words = form.why.data or ""
    return _act(
        number,
        "again",
        lambda found: ending.reopen(found.id, words),
        form,
        words,
        _("Hồ sơ đã được mở lại với hạn mới. Câu trả lời trước vẫn đọc được ở dưới."),
    )


@blueprint.get("/ho-so/rut", defaults={"number": 1})
@blueprint.get("/ho-so/viec/<int:number>/rut")
@public
def withdraw_page(number: int) -> Page:
    """Rút: what it means, before it is done."""
    return _withdraw_page(number, WithdrawForm())


def _withdraw_page(number: int, form: WithdrawForm) -> Page:
    tracked = _family(number)
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    found = tracked[1][number - 1]
    if not may(CITIZEN, Move.WITHDRAW, found):
        return redirect(url_for("tracking.case", number=number))
    page = render_template("public/tracking/withdraw.html", form=form, case=found, number=number, several=len(tracked[1]) > 1)
    return (page, 422) if form.errors else page


@blueprint.post("/ho-so/rut", defaults={"number": 1})
@blueprint.post("/ho-so/viec/<int:number>/rut")
@public
@limiter.limit(RATINGS)
def withdraw(number: int) -> Page:
    """Rút: the sender takes the report back, having read what that means."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _withdraw_page(number, form)
    return _act(number, "", lambda found: ending.withdraw(found.id, form.reason.data or ""), form, "", _("Ông/Bà đã rút phản ánh."))


@blueprint.get("/bien-nhan.pdf")
@public
def receipt() -> Page:
    """The receipt of the case being followed."""
    tracked = _tracked()
    return redirect(url_for("tracking.ask")) if tracked is None else receipt_file(*tracked, locale_here())


@blueprint.get("/ho-so/thu-xin-loi.pdf", defaults={"number": 1})
@blueprint.get("/ho-so/viec/<int:number>/thu-xin-loi.pdf")
@public
def apology(number: int) -> Page:
    """The letter of apology for a late answer. Raises NotFound when none is owed."""
    tracked = _family(number)
    if tracked is None:
        return redirect(url_for("tracking.ask"))
    facts = apology_facts(tracked[1][number - 1], now())
    if facts is None:
        raise NotFound
    return apology_file(facts, locale_here(), to_sign=False)


@blueprint.post("/thoat")
@public
def leave() -> Response:
    """Forget the code in this browser."""
    session.pop("tracked", None)
    return redirect(url_for("tracking.ask"))
