"""Pages of areas and of prepared answers."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from feedback.accounts.models import Role
from feedback.administration import queries, texts
from feedback.administration.forms import AreaForm, TextForm
from feedback.administration.pages import blueprint, edit_page, folded
from feedback.cases.pages import actor_here
from feedback.city import queries as city
from feedback.city.order import vietnamese
from feedback.language import locale_here
from feedback.text import fold
from feedback.web import Page, roles


@blueprint.get("/dia-ban")
@roles(Role.ADMINISTRATOR)
def areas() -> str:
    """Areas in force, wards by district, with a search."""
    words = request.args.get("tim", "").strip()
    found = [row for row in texts.areas() if fold(words) in row.name_folded or words == row.code]
    districts = queries.districts_of_wards()
    found.sort(key=lambda row: vietnamese(districts.get(row.id, "")))
    parts = folded(found, lambda row: districts.get(row.id, str(_("Cấp trên phường, xã"))))
    return render_template("staff/administration/areas.html", **parts, words=words)


@blueprint.route("/dia-ban/<int:area_id>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_area(area_id: int) -> Page:
    """Another name for an area from a day on. Raises NotFound."""
    return edit_page(
        AreaForm,
        lambda: texts.area_values(area_id),
        (lambda stood: str(stood["name"]), _("Các địa bàn"), "administration.areas"),
        lambda wanted: texts.draft_area(area_id, wanted),
        lambda wanted, at: texts.save_area(actor_here(), area_id, wanted, at),
    )


@blueprint.get("/van-ban-mau")
@roles(Role.ADMINISTRATOR)
def prepared() -> str:
    """Prepared answers by category."""
    names = {row.code: row.name(locale_here()) for row in city.categories()}
    return render_template("staff/administration/prepared.html", rows=texts.templates(), names=names)


@blueprint.route("/van-ban-mau/<code>", methods=["GET", "POST"])
@roles(Role.ADMINISTRATOR)
def edit_prepared(code: str) -> Page:
    """Other words for a prepared answer from a day on. Raises NotFound."""
    return edit_page(
        TextForm,
        lambda: texts.text_values(code),
        (lambda stood: str(stood["title"]), _("Văn bản mẫu"), "administration.prepared"),
        lambda wanted: texts.draft_text(code, wanted),
        lambda wanted, at: texts.save_text(actor_here(), code, wanted, at),
    )
