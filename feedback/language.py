"""Vietnamese first, English second: the choice of language, and how dates, numbers and spans of time read in each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import flask_babel
from flask import Blueprint, Flask, current_app, g, has_request_context, redirect, request, session
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n
from werkzeug.wrappers import Response

from feedback.error_views import API
from feedback.errors import NotFound
from feedback.extensions import babel
from feedback.localtime import local
from feedback.web import is_local_path, public

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
WEEKDAYS = (_l("Thứ Hai"), _l("Thứ Ba"), _l("Thứ Tư"), _l("Thứ Năm"), _l("Thứ Sáu"), _l("Thứ Bảy"), _l("Chủ Nhật"))

#: What is remembered for the request that is worked at; RuntimeError where there is none.
_of_this_request = cast(Any, g)._get_current_object
_COMMA_FOR_POINT = str.maketrans(",.", ".,")

blueprint = Blueprint("language", __name__)


def chosen_language() -> str:
    """The language the reader chose; Vietnamese until he does, whatever his browser says. A program says it each time."""
    if has_request_context() and request.path.startswith(API):
        return request.accept_languages.best_match(LANGUAGES, default="vi")
    chosen = session.get("lang") if has_request_context() else None
    return chosen if chosen in LANGUAGES else "vi"


@blueprint.get("/ngon-ngu/<code>")
@public
def choose(code: str) -> Response:
    """Remember the language and go back to the page the reader came from."""
    if code not in LANGUAGES:
        raise NotFound
    session["lang"] = code
    back = request.args.get("ve")
    return redirect(back if back is not None and is_local_path(back) else "/")


def locale_here() -> str:
    """Language of the page: vi or en."""
    return str(get_locale() or "vi")


def weekday(day: date) -> str:
    """Name of the day of the week."""
    return str(WEEKDAYS[day.weekday()])


def show_date(value: date | datetime | None) -> str:
    """24/11/2026, on the city's calendar."""
    if value is None:
        return ""
    day = local(value).date() if isinstance(value, datetime) else value
    return day.strftime("%d/%m/%Y")


def show_datetime(value: datetime | None) -> str:
    """24/11/2026 14:05, on the city's clock."""
    return "" if value is None else local(value).strftime("%d/%m/%Y %H:%M")


def show_machine_time(value: date | datetime) -> str:
    """2026-11-24 or 2026-11-24T14:05:00+07:00, for the attribute `datetime`, which takes no microseconds."""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def show_exact(value: datetime) -> str:
    """14:05:09 24/11/2026, on the city's clock."""
    return local(value).strftime("%H:%M:%S %d/%m/%Y")


def show_number(value: float | None, digits: int = 0) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English; a dash where there is no figure."""
    if value is None:
        return "–"
    # Written out by hand: numbers by the hundred stand on one page, and the general way costs fifty times as much.
    text = f"{round(value, digits):,.{digits}f}"
    locale = get_locale()
    return text if locale is not None and locale.language == "en" else text.translate(_COMMA_FOR_POINT)


def show_percent(value: float | None, digits: int = 1) -> str:
    """A share of one as a percentage; a dash where there is none."""
    return "–" if value is None else show_number(value * 100, digits) + "%"


def show_certainty(value: float) -> str:
    """How sure the machine is: never the whole hundred, which no machine has a right to."""
    return _("trên %(share)s", share=show_percent(0.99, 0)) if value > 0.99 else show_percent(value, 0)


def show_span(span: timedelta) -> str:
    """A span of time in the two largest units that matter: 2 ngày 3 giờ."""
    minutes = int(abs(span).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts: list[str] = []
    if days:
        parts.append(_n("%(num)s ngày", "%(num)s ngày", days))
    if hours and days < 10:
        parts.append(_n("%(num)s giờ", "%(num)s giờ", hours))
    if rest and not days:
        parts.append(_n("%(num)s phút", "%(num)s phút", rest))
    return " ".join(parts) or str(_("chưa đến một phút"))


def _babel_context() -> Any:
    """What Flask-Babel remembers for a request. Asked for three times for each word of a page, so a few thousand times: by one look-up."""
    try:
        kept = _of_this_request()
    except RuntimeError:
        return None
    try:
        return kept._flask_babel
    except AttributeError:
        kept._flask_babel = SimpleNamespace()
        return kept._flask_babel


def _this_page() -> str:
    """Where the reader comes back to after changing the language: this page, or the start when it answers forms only."""
    if not has_request_context():
        return "/"
    return request.full_path.rstrip("?") if _is_shown_again() else "/"


def _is_shown_again() -> bool:
    if request.method == "GET" and request.endpoint is not None:
        return True
    addresses = current_app.create_url_adapter(request)
    return addresses is not None and addresses.test(request.path, method="GET")


def _context() -> dict[str, Any]:
    return {"language": locale_here(), "languages": LANGUAGES, "this_page": _this_page()}


def init_language(app: Flask) -> None:
    """Install the translations, the switch and the filters."""
    # Its own way goes through four proxies each time, which took a third of the processor's time of a page full of numbers.
    flask_babel._get_current_context = _babel_context
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(app.root_path) / "translations"),
    )
    babel.init_app(app, locale_selector=chosen_language)
    app.register_blueprint(blueprint)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        date=show_date,
        datetime=show_datetime,
        machine_time=show_machine_time,
        exact=show_exact,
        number=show_number,
        percent=show_percent,
        certainty=show_certainty,
        span=show_span,
        weekday=weekday,
    )
    app.context_processor(_context)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
