"""Public pages: figures of whole months, and the same as files. They read what is frozen and nothing else."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from analytics.counts import COUNTS, Count
from analytics.measures import FEWEST_TO_RANK
from analytics.opendata import board, queries
from analytics.opendata.disclosure import FEWEST
from analytics.opendata.files import FORMS, as_csv, as_json, hash_of, hash_of_all, rows_of
from analytics.opendata.services import DAYS_AFTER
from analytics.opendata.tables import Sheet
from analytics.opendata.words import COLUMNS, LICENCE, LICENCE_ADDRESS, TABLES, axis_of, dictionary, shown_columns
from feedback.city.order import vietnamese
from feedback.errors import NotFound
from feedback.extensions import limiter
from feedback.replica.pages import from_replica
from feedback.web import public

blueprint = Blueprint("opendata", __name__)
#: Months in the table of the city, and in that of one district; the files have them all.
MONTHS = 24
READS = "240/minute"
HOUR, YEAR = 3_600, 31_536_000


@blueprint.get("/cong-khai/so-lieu")
@public
@from_replica
def figures() -> str:
    """What the city received and answered, by month and by district. Two queries."""
    months = board.lines(queries.all_months(Sheet.CITY))[::-1]
    if not months:
        return render_template("public/opendata/figures.html", months=[], days=DAYS_AFTER)
    chosen = _asked(months)
    release, table = queries.frozen(_month(chosen.row["month"]), Sheet.DISTRICT)
    districts = sorted(rows_of(table.content), key=lambda row: (row["district_code"] == "", vietnamese(row["district"])))
    return render_template(
        "public/opendata/figures.html",
        months=months,
        shown=MONTHS,
        chosen=chosen,
        release=release,
        districts=board.lines(districts),
        **_words(),
    )


def _asked(months: list[board.Line]) -> board.Line:
    """The month that is asked for, the newest without. Raises NotFound for one that has not been published."""
    wanted = request.args.get("thang", months[0].row["month"])
    found = next((one for one in months if one.row["month"] == wanted), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/cong-khai/so-lieu/<code>")
@public
@from_replica
def district(code: str) -> str:
    """The same of one district, by month. One query."""
    rows = [row for row in queries.all_months(Sheet.DISTRICT, last=MONTHS) if row["district_code"] == code]
    if not rows or not code:
        raise NotFound
    return render_template("public/opendata/district.html", months=board.lines(rows)[::-1], name=rows[-1]["district"], **_words())


def _words() -> dict[str, Any]:
    """What explains the figures of a page."""
    definitions = [(measure.label, measure.definition) for measure in board.meanings()]
    definitions.insert(1, (COUNTS[Count.ANSWERED].label, COUNTS[Count.ANSWERED].definition))
    return {"definitions": definitions, "fewest": FEWEST, "few": FEWEST_TO_RANK}


@blueprint.get("/du-lieu-mo")
@public
@from_replica
def catalogue() -> str:
    """The tables as files, what their columns mean, how to quote them, and every edition. Two queries."""
    releases = queries.releases()
    newest = {release.month: release for release in reversed(releases)}
    return render_template(
        "public/opendata/catalogue.html",
        releases=releases,
        newest=newest,
        tables=[(sheet, TABLES[sheet], [name for name, _words in shown_columns(sheet)]) for sheet in Sheet],
        columns=[(name, words, axis_of(name)) for name, words in COLUMNS.items()],
        forms=list(FORMS),
        licence=LICENCE,
        licence_address=LICENCE_ADDRESS,
        fewest=FEWEST,
        days=DAYS_AFTER,
    )


@blueprint.get("/du-lieu-mo/<month>")
@public
@from_replica
def month(month: str) -> str:
    """The files of one month in every edition, with their hashes. At most one query for each edition, and one more."""
    editions = [release for release in queries.releases() if release.month == _month(month)]
    if not editions:
        raise NotFound
    tables = [(release, [(Sheet(name), TABLES[Sheet(name)], one) for name, one in queries.hashes_of(release)]) for release in editions]
    return render_template("public/opendata/month.html", month=editions[0].month, editions=tables, forms=list(FORMS))


@blueprint.get("/du-lieu-mo/tu-dien.json")
@public
def data_dictionary() -> Response:
    """Tables and columns for a program, in both languages."""
    return _file(json.dumps(dictionary(), ensure_ascii=False, indent=1), "json", "tu-dien")


@blueprint.get("/du-lieu-mo/cac-ban.json")
@public
@from_replica
def editions() -> Response:
    """Every edition of every month for a program: when, why, its hash. One query."""
    found = queries.releases()
    rows = [
        {
            "month": f"{release.month:%Y-%m}",
            "edition": release.edition,
            "frozen_at": release.frozen_at.isoformat(),
            "reason": release.reason,
            "sha256": release.sha256,
            "address": url_for("opendata.month", month=f"{release.month:%Y-%m}", _external=True),
        }
        for release in found
    ]
    return _file(json.dumps(rows, ensure_ascii=False, indent=1), "json", "cac-ban", max((one.frozen_at for one in found), default=None))


@blueprint.get("/du-lieu-mo/<name>.<form>")
@public
@limiter.limit(READS)
@from_replica
def all_months(name: str, form: str) -> Response:
    """One table over all months, each in its newest edition. Two queries; one for who has it already."""
    sheet = _sheet(name, form)
    found = queries.releases()
    if not found:
        raise NotFound
    mark = hash_of_all([release.sha256 for release in found])
    known = mark in request.if_none_match
    rows = [] if known else queries.all_months(sheet)
    text = as_json(sheet, rows) if form == "json" else as_csv(sheet, rows)
    return _file(text, form, sheet, max(release.frozen_at for release in found), mark=mark)


@blueprint.get("/du-lieu-mo/<month>/<name>.<form>")
@public
@limiter.limit(READS)
@from_replica
def one_month(month: str, name: str, form: str) -> Response:
    """One table of a month, in its newest edition. One query."""
    return _table(month, _sheet(name, form), form, None)


@blueprint.get("/du-lieu-mo/<month>/<int:edition>/<name>.<form>")
@public
@limiter.limit(READS)
@from_replica
def one_edition(month: str, edition: int, name: str, form: str) -> Response:
    """One table of one edition, which never changes. One query."""
    return _table(month, _sheet(name, form), form, edition)


def _table(month: str, sheet: Sheet, form: str, edition: int | None) -> Response:
    release, table = queries.frozen(_month(month), sheet, edition)
    # What is frozen is given out as it is, so that its hash can be checked.
    text = table.content if form == "json" else as_csv(sheet, rows_of(table.content))
    name = f"{sheet}-{release.month:%Y-%m}-{release.edition}"
    return _file(text, form, name, release.frozen_at, seconds=HOUR if edition is None else YEAR)


def _file(text: str, form: str, name: str, at: datetime | None = None, seconds: int = HOUR, mark: str = "") -> Response:
    """A file for everybody, wherever his page comes from; whoever has it already is told so."""
    response = Response(text, mimetype=FORMS[form])
    response.headers["Content-Disposition"] = f'{"attachment" if form == "csv" else "inline"}; filename="{name}.{form}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={seconds}" + (", immutable" if seconds == YEAR else "")
    response.headers["Link"] = f'<{LICENCE_ADDRESS}>; rel="license"'
    response.set_etag(mark or hash_of(text))
    response.last_modified = at
    response.make_conditional(request)
    return response


def _sheet(name: str, form: str) -> Sheet:
    if name not in set(Sheet) or form not in FORMS:
        raise NotFound
    return Sheet(name)


def _month(text: str) -> date:
    """The first day of a month such as 2026-03. Raises NotFound."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 — a day of the calendar, no instant
    except ValueError as error:
        raise NotFound from error
