"""Pages of rules: where reports of each category go, categories, procedures, who is reminded of due dates."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from feedback.accounts.models import Role
from feedback.administration import routes, steps, tables
from feedback.administration.changes import Values, mark_of
from feedback.administration.forms import CategoryForm, ProcedureForm, RoutingForm, StepForm
from feedback.administration.pages import blueprint, edit_page, folded, rule_form, through_preview, when
from feedback.administration.words import COMMITTEE_NAMES, LEVELS, ONLINE, RUNGS
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.db import now
from feedback.language import locale_here
from feedback.localtime import local_day
from feedback.text import fold
from feedback.web import Page, roles


def _targets() -> dict[str, str]:
    """What a row may point to, by its code."""
    return {
        **{code: str(name) for code, name in COMMITTEE_NAMES.items()},
        **{row.code: row.name for row in city.agencies() if not row.is_triage},
    }


@blueprint.get("/phan-tuyen")
@roles(Role.ADMINISTRATOR)
def routing() -> str:
    """Where reports of each category go, by where they lie."""
    return render_template(
        "staff/administration/routing.html",
        categories=[(row, row.name(locale_here())) for row in city.categories()],
        tables=routes.tables(),
        targets={row.code: row.name for row in city.agencies()} | _targets(),
        fixed=routes.CONDUCT,
        levels=LEVELS,
    )


@blueprint.route("/phan-tuyen/<category>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_routing(category: str) -> Page:
    """Other rows for a category: shown with what they would have done last month, then saved. Raises NotFound."""
    stood = routes.values(category)
    lines = [{"level": level, "target": target, "words": reason, "place": n} for n, (level, target, reason) in enumerate(stood["rows"], 1)]
    form = RoutingForm(day=local_day(now()), seen=mark_of(stood), rows=[*lines, {}, {}])
    form.offer(_targets())

    def page(problem: str) -> str:
        form.seen.data = mark_of(routes.values(category)) if problem else form.seen.data
        name = city.category(category).name(locale_here())
        return render_template("staff/administration/routing_form.html", form=form, problem=problem, name=name)

    return through_preview(
        form,
        page,
        lambda: routes.draft(category, form.lines()),
        lambda: routes.save(actor_here(), category, form.lines(), when(form)),
        lambda draft: {"replay": routes.replay(draft)},
    )


@blueprint.get("/linh-vuc")
@roles(Role.ADMINISTRATOR)
def categories() -> str:
    """Categories in the order they are offered."""
    return render_template("staff/administration/categories.html", rows=city.categories(), locale=locale_here())


@blueprint.route("/linh-vuc/<category>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_category(category: str) -> Page:
    """Another name, order or standing of a category from a day on. Raises NotFound."""
    return edit_page(
        CategoryForm,
        lambda: tables.category_values(category),
        (lambda stood: str(stood["name_vi"]), _("Các lĩnh vực"), "administration.categories"),
        lambda wanted: tables.draft_category(category, wanted),
        lambda wanted, at: tables.save_category(actor_here(), category, wanted, at),
    )


@blueprint.get("/thu-tuc")
@roles(Role.ADMINISTRATOR)
def procedures() -> str:
    """Procedures in force by field, in Vietnamese order, with a search."""
    words = request.args.get("tim", "").strip()
    found = [row for row in city.procedures() if fold(words) in row.name_folded]
    names = {row.code: row.name(locale_here()) for row in city.categories()}
    parts = folded(sorted(found, key=lambda row: list(names).index(row.category_code)), lambda row: names[row.category_code])
    return render_template("staff/administration/procedures.html", **parts, words=words, names=names, online=ONLINE)


@blueprint.route("/thu-tuc/moi", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def new_procedure() -> Page:
    """A new procedure from a day on."""
    return _procedure(None, _("Thêm thủ tục"), ProcedureForm(day=local_day(now()), active=True))


@blueprint.route("/thu-tuc/<int:procedure_id>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_procedure(procedure_id: int) -> Page:
    """Other values of a procedure from a day on. Raises NotFound."""
    stood = tables.procedure_values(procedure_id)
    return _procedure(procedure_id, stood["name"], ProcedureForm(**stood, day=local_day(now()), seen=mark_of(stood)))


def _procedure(key: int | None, title: str, form: ProcedureForm) -> Page:
    form.category_code.choices = [SelectChoice(row.code, row.name(locale_here())) for row in city.categories()]

    def page(problem: str) -> str:
        if problem and key is not None:
            form.seen.data = mark_of(tables.procedure_values(key))
        return rule_form(form, problem, title, _("Các thủ tục"), "administration.procedures")

    def wanted() -> Values:
        names = ("code", "name", "category_code", "level", "limit_text", "online_level", "active")
        return {name: form[name].data for name in names}

    return through_preview(
        form, page, lambda: tables.draft_procedure(key, wanted()), lambda: tables.save_procedure(actor_here(), key, wanted(), when(form))
    )


@blueprint.get("/nhac-han")
@roles(Role.ADMINISTRATOR)
def ladder() -> str:
    """Who is reminded, and how many working days before or after the due day."""
    return render_template("staff/administration/ladder.html", rows=steps.steps(), rungs=RUNGS)


@blueprint.route("/nhac-han/<code>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_step(code: str) -> Page:
    """Another day or other people for a step: shown with whom it would have told last month, then saved. Raises NotFound."""
    return edit_page(
        StepForm,
        lambda: steps.values(code),
        (lambda _stood: _("Một bước nhắc hạn"), _("Nhắc hạn"), "administration.ladder"),
        lambda wanted: steps.draft(code, wanted),
        lambda wanted, at: steps.save(actor_here(), code, wanted, at),
        lambda draft: {"told_before": steps.told(draft)},
    )
