"""The administrator's pages of bringing data in and taking it out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from flask_login import current_user

from feedback.accounts import grants
from feedback.accounts.models import Role
from feedback.accounts.pages import officer_here
from feedback.accounts.services import WrongPassword
from feedback.cases.pages import reload_officer
from feedback.errors import Conflict, NotFound
from feedback.imports import files, queries, services, sheets, withdrawing
from feedback.imports.access import may_read
from feedback.imports.columns import COLUMNS, OUTGOING, Kind
from feedback.imports.forms import UploadForm, WithdrawForm
from feedback.imports.judged import Outcome
from feedback.imports.models import AT_WORK, DataImport, Stage
from feedback.imports.reading import SIZE_LIMIT, Line, Unreadable
from feedback.imports.words import KINDS, OUTCOMES, STAGES, by_number, how, problems_of
from feedback.web import Page, roles

blueprint = Blueprint("imports", __name__, url_prefix="/can-bo/quan-tri/nhap-du-lieu")
WORDS = {"kinds": KINDS, "stages": STAGES, "outcomes": OUTCOMES}
#: A page of a file at work is asked for again after so many seconds, by the browser itself.
AGAIN_SECONDS = 4
#: Rows that stay are named up to so many.
STAYING_SHOWN = 100


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def overview() -> str:
    """What can be brought in and taken out, the form, and the latest files. At most 3 queries."""
    return _overview(UploadForm(formdata=None))


def _overview(form: UploadForm) -> str:
    ways = [(kind, kind in OUTGOING) for kind in Kind]
    return render_template("staff/imports/overview.html", form=form, ways=ways, latest=queries.latest(), most=SIZE_LIMIT // 10**6, **WORDS)


@blueprint.post("")
@roles(Role.ADMINISTRATOR)
def bring() -> Page:
    """Keep a file and have it judged; a file that cannot be read is said so beside the field."""
    form = UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            kept = services.bring(officer_here(), Kind(form.kind.data), sent.filename or "", sent.read(), form.source.data or "")
        except Unreadable as bad:
            form.file.errors = [bad.sentence.render(_)]
        else:
            return redirect(url_for("imports.one", import_id=kept))
    return _overview(form), 422


@blueprint.get("/cach-ghi/<kind>")
@roles(Role.ADMINISTRATOR)
def columns(kind: str) -> str:
    """How each column of a kind is filled in."""
    chosen = _kind(kind)
    rows = [(column, how(chosen, column.name)) for column in COLUMNS[chosen]]
    return render_template("staff/imports/columns.html", kind=chosen, rows=rows, **WORDS)


@blueprint.get("/tep-mau/<kind>")
@roles(Role.ADMINISTRATOR)
def template(kind: str) -> Response:
    """The first line of a file and an invented example."""
    chosen = _kind(kind)
    return _csv(sheets.template(chosen), f"mau-{chosen}")


@blueprint.get("/xuat/<kind>")
@roles(Role.ADMINISTRATOR)
def export(kind: str) -> Response:
    """Everything of a kind as a file that can be brought in again."""
    chosen = _kind(kind, OUTGOING)
    services.note_export(officer_here(), chosen)
    return _csv(sheets.export(chosen), chosen.value)


def _kind(kind: str, among: tuple[Kind, ...] = tuple(Kind)) -> Kind:
    if kind not in set(among):
        raise NotFound
    return Kind(kind)


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.get("/<import_id>")
@roles(Role.ADMINISTRATOR)
def one(import_id: str) -> Response:
    """One file: how far it is, what its lines do, what is wrong with them. At most 8 queries. Asks for itself again while at work."""
    found = queries.one(import_id)
    page = Response(_one(found))
    if found.stage in AT_WORK and "dung-yen" not in request.args:
        page.headers["Refresh"] = str(AGAIN_SECONDS)
    return page


def _one(found: DataImport, wrong_password: str = "") -> str:
    counts = queries.counts(found.id)
    asked = request.args.get("xem", "")
    first = Outcome.REFUSED if counts[Outcome.REFUSED] else Outcome.NEW
    chosen = Outcome(asked) if asked in set(Outcome) else first
    after = request.args.get("sau", 0, type=int)
    shown = queries.lines(found.id, chosen, after, queries.PAGE_SIZE + 1)
    more = shown[queries.PAGE_SIZE - 1].line if len(shown) > queries.PAGE_SIZE else None
    # While the worker is busy with it the file is not read once more for each reload.
    there = by_number(_lines(found)) if may_read(officer_here(), found) and found.stage not in AT_WORK else {}
    return render_template(
        "staff/imports/one.html",
        found=found,
        own=may_read(officer_here(), found),
        at_work=found.stage in AT_WORK,
        counts=counts,
        chosen=chosen,
        lines=[_shown(found, line, there.get(line.line)) for line in shown[: queries.PAGE_SIZE]],
        start_url=url_for("imports.one", import_id=found.public_id, xem=chosen.value) if after else None,
        next_url=url_for("imports.one", import_id=found.public_id, xem=chosen.value, sau=more) if more else None,
        passwords=queries.passwords(found.id),
        proposals=len(queries.proposals(found.id)) if found.kind is Kind.OFFICERS else 0,
        unread=services.is_unread(found),
        until=withdrawing.until(found),
        wrong_password=wrong_password,
        **WORDS,
    )


def _lines(found: DataImport) -> list[Line]:
    """The file's lines; none once it is gone."""
    try:
        return files.lines_of(found)
    except NotFound:
        return []


def _shown(found: DataImport, line: Any, there: Line | None) -> dict[str, Any]:
    """A line for its reader: what it is about, what would change, what is wrong."""
    begin = [cell for cell in (there.cells.values() if there else ()) if cell.strip()][:2]
    return {
        "number": line.line,
        "about": " · ".join(cell if len(cell) <= 60 else cell[:59] + "…" for cell in begin),
        "problems": problems_of(found.kind, line, there),
        "changes": sorted(line.changes.items()),
    }


@blueprint.post("/<import_id>/nhap")
@roles(Role.ADMINISTRATOR)
def start(import_id: str) -> Page:
    """Write what was judged, or go on."""
    services.start(officer_here(), import_id)
    return redirect(url_for("imports.one", import_id=import_id))


@blueprint.post("/<import_id>/dung")
@roles(Role.ADMINISTRATOR)
def stop(import_id: str) -> Page:
    """Stop after the lines now being written."""
    services.stop(officer_here(), import_id)
    flash(_("Sẽ dừng sau nhóm dòng đang ghi. Những dòng đã ghi vẫn còn."))
    return redirect(url_for("imports.one", import_id=import_id))


@blueprint.route("/<import_id>/rut-lai", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def withdraw(import_id: str) -> Page:
    """What of an import can be taken back and what not and why; taken back with a reason. Afterwards: what has stayed."""
    form, problem, status = WithdrawForm(), "", 200
    over = _own(import_id).stage is Stage.WITHDRAWN
    outlook = None
    try:
        if form.validate_on_submit():
            withdrawing.withdraw(officer_here(), import_id, form.reason.data)
            flash(_("Đang rút lại. Những mục không rút được sẽ được nêu kèm lý do."))
            return redirect(url_for("imports.one", import_id=import_id))
        outlook = (withdrawing.left if over else withdrawing.outlook)(officer_here(), import_id)
    except Conflict as error:
        problem, status = _(error.message), error.status
        reload_officer()
    page = {"outlook": outlook, "over": over, "problem": problem, "shown": STAYING_SHOWN}
    found = queries.one(import_id)
    return render_template("staff/imports/withdraw.html", found=found, form=form, **page, **WORDS), 422 if form.errors else status


@blueprint.post("/<import_id>/bo")
@roles(Role.ADMINISTRATOR)
def discard(import_id: str) -> Page:
    """Throw a file away before anything was written."""
    services.discard(officer_here(), import_id)
    flash(_("Đã bỏ tệp. Chưa có gì được nhập."))
    return redirect(url_for("imports.overview"))


@blueprint.get("/<import_id>/loi.csv")
@roles(Role.ADMINISTRATOR)
def mistakes(import_id: str) -> Response:
    """Every mistake: line, column, what stands there, what to do. For the one who brought the file in."""
    found = _own(import_id)
    heads = (_("Dòng"), _("Cột"), _("Đang ghi"), _("Cần làm"))
    return _csv(sheets.mistakes(found.id, found.kind, _lines(found), heads), f"loi-{import_id}")


@blueprint.get("/<import_id>/bi-tu-choi.csv")
@roles(Role.ADMINISTRATOR)
def to_mend(import_id: str) -> Response:
    """The refused lines, to be mended and brought in again. For the one who brought the file in."""
    found = _own(import_id)
    return _csv(sheets.to_mend(found.id, found.kind, _lines(found)), f"can-sua-{import_id}")


def _own(import_id: str) -> DataImport:
    found = queries.one(import_id)
    if not may_read(officer_here(), found):
        raise NotFound
    return found


@blueprint.post("/<import_id>/mat-khau")
@roles(Role.ADMINISTRATOR)
def passwords(import_id: str) -> Page:
    """First passwords, shown once to the one who brought the file in, who proves again that it is he."""
    try:
        handed = services.hand_over(officer_here(), import_id, request.form.get("password", ""))
    except WrongPassword as error:
        return _one(queries.one(import_id), error.message), error.status
    if request.form.get("cach") == "tep":
        return _csv(sheets.passwords(handed, (_("Họ và tên"), _("Tên đăng nhập"), _("Cơ quan"), _("Mật khẩu lần đầu"))), "mat-khau-lan-dau")
    return render_template("staff/imports/passwords.html", handed=handed, import_id=import_id)


@blueprint.get("/<import_id>/duyet")
@roles(Role.ADMINISTRATOR)
def proposals(import_id: str) -> str:
    """Everything a file proposes, for another administrator. At most 4 queries."""
    return _proposals(queries.one(import_id))


def _proposals(found: DataImport, error: str = "") -> str:
    waiting = queries.proposals(found.id)
    own = sum(grant.asked_by_id == current_user.id for grant in waiting)
    can = grants.can_be_decided()
    return render_template("staff/imports/proposals.html", found=found, waiting=waiting, own=own, can_be_decided=can, error=error)


@blueprint.post("/<import_id>/duyet")
@roles(Role.ADMINISTRATOR)
def decide(import_id: str) -> Page:
    """Approve or refuse the proposals that are ticked, all of them or none."""
    found = queries.one(import_id)
    chosen, approve = request.form.getlist("chosen"), request.form.get("decision") == "approve"
    if not chosen:
        return _proposals(found, _("Xin đánh dấu ít nhất một đề nghị.")), 422
    count = grants.decide(officer_here(), chosen, approve=approve)
    if approve:
        flash(_n("Đã duyệt %(num)s đề nghị.", "Đã duyệt %(num)s đề nghị.", count))
    else:
        flash(_n("Đã từ chối %(num)s đề nghị.", "Đã từ chối %(num)s đề nghị.", count))
    return redirect(url_for("imports.one", import_id=import_id))
