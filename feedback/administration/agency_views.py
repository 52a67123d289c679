"""Pages of agencies: lists, one agency with its past, new ones, changes, merging."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.administration import agencies, merging, queries
from feedback.administration.agencies import NewAgency
from feedback.administration.changes import Values, mark_of
from feedback.administration.forms import AgencyForm, MergeForm, NewAgencyForm
from feedback.administration.merging import Merge
from feedback.administration.pages import blueprint, folded, reader, through_preview, when
from feedback.administration.words import AGENCY_KINDS, KINDS, LEVELS, STAGES
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.city.kinds import AgencyKind, Level
from feedback.city.models import Agency
from feedback.city.order import vietnamese
from feedback.db import now
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.web import Page, roles


@blueprint.get("/co-quan")
@roles(Role.ADMINISTRATOR)
def list_agencies() -> str:
    """Agencies in force or ended, by kind and committees of wards by former district, in Vietnamese order, with a search."""
    words, ended = request.args.get("tim", "").strip(), request.args.get("xem") == "da-thoi"
    found, districts = queries.agencies(words, ended=ended), queries.districts_of_wards()
    order = list(AGENCY_KINDS)
    found = sorted(found, key=lambda row: (order.index(row.kind), vietnamese(districts.get(row.area_id or 0, ""))))

    def part(row: Agency) -> str:
        district = districts.get(row.area_id or 0)
        return str(_("UBND phường, xã: %(district)s", district=district) if district else AGENCY_KINDS[row.kind])

    return render_template(
        "staff/administration/agencies.html",
        **folded(found, part),
        words=words,
        ended=ended,
        kinds=AGENCY_KINDS,
        levels=LEVELS,
        names=queries.agency_names([row.successor_id for row in found if row.successor_id]) if ended else {},
    )


@blueprint.get("/co-quan/<code>")
@roles(Role.ADMINISTRATOR)
def agency(code: str) -> str:
    """One agency: what it is, what it has in hand, what was changed. Raises NotFound."""
    found = agencies.agency_of(code)
    read, stood = reader(), agencies.values(found)
    names = ("name", "short_name", "field", "superior_id", "email")
    return render_template(
        "staff/administration/agency.html",
        agency=found,
        rows=[(label, value) for label, _none, value in read.rows({}, {name: stood[name] for name in names})],
        numbers=queries.numbers(found.id),
        changes=queries.about(f"agency:{found.id}"),
        successor=queries.agency_names([found.successor_id]).get(found.successor_id) if found.successor_id else None,
        kinds=AGENCY_KINDS,
        change_kinds=KINDS,
        stages=STAGES,
    )


@blueprint.route("/co-quan/<code>/sua", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_agency(code: str) -> Page:
    """Another name, field or superior from a day on. Raises NotFound."""
    found = agencies.agency_of(code)
    stood = agencies.values(found)
    shown = {**stood, "superior": found.superior_id or 0, "field": list(found.fields), "day": local_day(now()), "seen": mark_of(stood)}
    form = AgencyForm(**shown)
    form.offer([row for row in city.agencies() if row.id != found.id], city.categories(), locale_here())
    title = _("Sửa %(name)s", name=found.name)

    def page(problem: str) -> str:
        form.seen.data = mark_of(agencies.values(agencies.agency_of(code))) if problem else form.seen.data
        return render_template("staff/administration/agency_form.html", form=form, problem=problem, title=title, code=code)

    def wanted() -> Values:
        return agencies.wanted(
            form.name.data, form.short_name.data, tuple(form.field.data), form.superior.data or None, form.email.data or ""
        )

    return through_preview(
        form,
        page,
        lambda: agencies.draft_edit(code, wanted()),
        lambda: agencies.edit(actor_here(), code, wanted(), when(form)),
    )


@blueprint.route("/co-quan/moi", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def new_agency() -> Page:
    """A new agency from a day on."""
    form = NewAgencyForm(day=local_day(now()))
    form.offer(city.agencies(), city.categories(), locale_here())

    def page(problem: str) -> str:
        return render_template("staff/administration/agency_form.html", form=form, problem=problem, title=_("Thêm cơ quan"), code=None)

    def wanted() -> NewAgency:
        return NewAgency(
            code=(form.code.data or "").strip(),
            name=form.name.data,
            short_name=form.short_name.data,
            kind=AgencyKind(form.kind.data),
            level=Level(form.level.data),
            superior_id=form.superior.data or None,
            field=tuple(form.field.data),
            email=form.email.data or "",
        )

    return through_preview(form, page, lambda: agencies.draft_new(wanted()), lambda: agencies.found(actor_here(), wanted(), when(form)))


@blueprint.route("/co-quan/nhap", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def merge_agencies() -> Page:
    """Agencies that become part of another or a new one: shown with everything that moves, then proposed to a second administrator."""
    form = MergeForm(day=local_day(now()), old=request.args.getlist("ma"))
    form.offer([row for row in city.agencies() if not (row.is_desk or row.is_triage or row.kind is AgencyKind.CITY_COMMITTEE)])

    def page(problem: str) -> str:
        return render_template("staff/administration/merge.html", form=form, problem=problem)

    def wanted() -> Merge:
        typed = (form.code, form.name, form.short_name, form.area_code, form.area_name)
        return Merge(
            tuple(dict.fromkeys(filter(None, form.old.data))), form.into.data or "", *((field.data or "").strip() for field in typed)
        )

    return through_preview(
        form,
        page,
        lambda: merging.draft(wanted()),
        lambda: merging.propose(actor_here(), wanted(), when(form)),
        lambda draft: {"moves": merging.moves(draft), "seen": merging.mark(wanted())},
    )
