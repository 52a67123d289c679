"""Pages of rules: where reports of each category go."""

from __future__ import annotations

from flask import render_template

from feedback.accounts.models import Role
from feedback.administration import routes
from feedback.administration.changes import mark_of
from feedback.administration.forms import RoutingForm
from feedback.administration.pages import blueprint, through_preview, when
from feedback.administration.words import COMMITTEE_NAMES, LEVELS
from feedback.city import queries as city
from feedback.db import now
from feedback.inbox.pages import Page, actor_here, locale_here
from feedback.localtime import local_day
from feedback.web import roles


def _targets() -> dict[str, str]:
    """What a row may point to, by its code."""
    return {**{code: str(name) for code, name in COMMITTEE_NAMES.items()}, **{row.code: row.name for row in city.agencies()}}


@blueprint.get("/phan-tuyen")
@roles(Role.ADMINISTRATOR)
def routing() -> str:
    """Where reports of each category go, by where they lie."""
    return render_template(
        "staff/administration/routing.html",
        categories=[(row, row.name(locale_here())) for row in city.categories()],
        tables=routes.tables(),
        targets=_targets(),
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
