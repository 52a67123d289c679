"""The administrator's pages of shapes: bringing a file in, what was found in it, using it, going back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.administration import queries as changes
from feedback.administration.changes import mark_of
from feedback.administration.forms import ChangeForm
from feedback.administration.pages import rule_form, through_preview, when
from feedback.administration.words import STAGES
from feedback.cases.pages import actor_here, reload_officer
from feedback.city import queries as city
from feedback.city.models import Area
from feedback.db import db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.shapes import queries, services
from feedback.shapes.forms import UploadForm
from feedback.shapes.layout import Layout, laid_out
from feedback.shapes.models import AreaShape, ShapeSet
from feedback.shapes.reading import SIZE_LIMIT, Unreadable, Wrong
from feedback.shapes.words import FEATURE, FILE
from feedback.web import Page, roles

blueprint = Blueprint("shapes", __name__, url_prefix="/can-bo/quan-tri/hinh-dia-ban")


@blueprint.get("")
@roles(Role.ADMINISTRATOR)
def overview() -> str:
    """The form, what is in force, and earlier sets. At most 5 queries."""
    return _overview(UploadForm(formdata=None))


def _overview(form: UploadForm) -> str:
    return render_template(
        "staff/shapes/overview.html",
        form=form,
        current=queries.in_force(),
        sets=queries.sets(),
        changes=changes.about(services.subject()),
        stages=STAGES,
        most=SIZE_LIMIT // 10**6,
    )


@blueprint.post("")
@roles(Role.ADMINISTRATOR)
def bring() -> Page:
    """Read a file and show what is in it; one that cannot be used is said so beside the field."""
    form = UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            found = services.bring(actor_here(), sent.filename or "", sent.read(SIZE_LIMIT + 1))
        except (Unreadable, Invalid) as bad:
            db.session.rollback()
            reload_officer()
            form.file.errors = [bad.message if isinstance(bad, Invalid) else str(FILE[bad.wrong]) % bad.facts]
        else:
            return redirect(url_for("shapes.one", set_id=found))
    return _overview(form), 422


@dataclass(frozen=True)
class Shown:
    """A shape of the preview: its words, and how it is coloured."""

    words: str
    step: str
    url: None = None


@blueprint.route("/<int:set_id>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def one(set_id: int) -> Page:
    """What a file gave, drawn and listed; using it from a day on. Raises NotFound."""
    found = queries.one(set_id)
    form = ChangeForm(day=local_day(now()), seen=mark_of(services.values()))

    def page(problem: str) -> str:
        if problem:
            form.seen.data = mark_of(services.values())
        return _one(found if not problem else queries.one(set_id), form, problem)

    return through_preview(form, page, lambda: services.draft(set_id), lambda: services.use(actor_here(), set_id, when(form)))


def _one(found: ShapeSet, form: ChangeForm, problem: str) -> str:
    areas = {area.id: area for area in (*city.wards(), *city.districts())}
    rows = {row.area_id: row for row in queries.rows_of(found.id)}
    report, wrong = found.report, {key for pair in found.report["overlaps"] for key in pair} | set(found.report["astray"])
    drawn, shown = _preview(areas, rows, found, wrong)
    return render_template(
        "staff/shapes/one.html",
        found=found,
        form=form,
        problem=problem,
        report=report,
        unmatched=[(number, about, FEATURE[Wrong(why)]) for number, about, why in report["unmatched"]],
        overlaps=[[_name(areas, key) for key in pair] for pair in report["overlaps"]],
        astray=[_name(areas, key) for key in report["astray"]],
        without=[area.name for area in areas.values() if area.id not in rows],
        derived=sum(row.outlines is None for row in rows.values()),
        map=drawn,
        shown=shown,
    )


def _name(areas: Mapping[int, Area], key: int) -> str:
    return areas[key].name if key in areas else f"{key}"


def _preview(areas: Mapping[int, Area], rows: Mapping[int, AreaShape], found: ShapeSet, wrong: set[int]) -> tuple[Layout, dict[int, Shown]]:
    """Wards, or districts where the file has no ward; what is doubtful stands out."""
    wards = [key for key, area in areas.items() if area.district_area_id is not None and key in rows]
    keys: Sequence[int] = wards or [key for key in areas if key in rows] or list(rows)
    drawn = {key: queries.as_drawn(rows[key]) for key in keys}
    frames = [(west, north, east, south) for west, north, east, south in found.frames]
    shown = {key: Shown(_name(areas, key), "1" if key in wrong else "3") for key in keys}
    return laid_out(drawn, {}, frames), shown


@blueprint.route("/khong-dung", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def put_away() -> Page:
    """Tiles in the place of shapes again, from a day on; the shapes stay and can be taken up again. Raises NotFound without any."""
    stood: dict[str, Any] = services.values()
    if stood["shapes"] is None:
        raise NotFound
    form = ChangeForm(day=local_day(now()), seen=mark_of(stood))

    def page(problem: str) -> str:
        return rule_form(form, problem, _("Vẽ lại bằng ô vuông"), _("Hình các địa bàn"), "shapes.overview")

    return through_preview(form, page, lambda: services.draft(None), lambda: services.use(actor_here(), None, when(form)))


@blueprint.get("/<int:set_id>.geojson")
@roles(Role.ADMINISTRATOR)
def download(set_id: int) -> Response:
    """A set as a file. Raises NotFound."""
    headers = {"Content-Disposition": f'attachment; filename="dia-ban-{set_id}.geojson"'}
    return Response(services.as_geojson(set_id), content_type="application/geo+json", headers=headers)
