"""Alerts in words: what is out of the ordinary, from which number on, and how that number was worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from analytics.alerts.models import Alert, AlertKind
from analytics.alerts.rules import ERRORS, FEWEST, FEWEST_CASES, LEAST_DIFFERENCE, RECENT_WEEKS, SPREADS, WEEKS
from analytics.rollup.names import names
from analytics.rollup.scope import Group
from feedback.language import show_date, show_number, show_percent

_Name = Callable[[Group, int | str], str]


@dataclass(frozen=True)
class Told:
    """An alert as it is read."""

    alert: Alert
    title: str
    #: What was counted, and what is usual.
    sentence: str
    #: How the limit was worked out, with this alert's numbers.
    sum: str
    muted: bool


def told(alerts: Sequence[Alert], today: date) -> list[Told]:
    """Alerts in the reader's language. At most three queries, none without alerts."""
    if not alerts:
        return []
    called = {group: names(group) for group in (Group.DISTRICT, Group.CATEGORY, Group.AGENCY)}

    def name(group: Group, key: int | str) -> str:
        return called[group].get(key) or _("Không rõ")

    tellers = {AlertKind.RISE: _rise, AlertKind.LATE: _late, AlertKind.BOUNCE: _bounce}
    return [Told(alert, *tellers[alert.kind](alert, name), alert.muted(today)) for alert in alerts]


def _days(alert: Alert) -> dict[str, str]:
    return {"first": show_date(alert.first_on), "last": show_date(alert.last_on)}


def _rise(alert: Alert, name: _Name) -> tuple[str, str, str]:
    field, district = name(Group.CATEGORY, alert.category_code), name(Group.DISTRICT, alert.district_id)
    sentence = _(
        "Từ %(first)s đến %(last)s có %(count)s phản ánh; %(weeks)s tuần trước trung bình %(usual)s phản ánh một tuần.",
        **_days(alert),
        count=show_number(alert.part),
        weeks=WEEKS,
        usual=show_number(alert.usual, 1),
    )
    how = _(
        "Ngưỡng %(limit)s = %(usual)s + %(spreads)s lần mức dao động thường ngày của %(weeks)s tuần: %(before)s. Chỉ báo khi từ %(fewest)s "
        "phản ánh trở lên.",
        limit=show_number(alert.limit, 1),
        usual=show_number(alert.usual, 1),
        spreads=SPREADS,
        weeks=WEEKS,
        before=" · ".join(show_number(week) for week in alert.before),
        fewest=FEWEST,
    )
    return _("Phản ánh tăng bất thường: %(field)s, %(district)s", field=field, district=district), sentence, how


def _late(alert: Alert, name: _Name) -> tuple[str, str, str]:
    part, whole = alert.before
    sentence = _(
        "Từ %(first)s đến %(last)s có %(part)s trên %(whole)s hồ sơ đến hạn bị trễ (%(share)s); %(weeks)s tuần trước đó là %(past)s trên "
        "%(all)s (%(usual)s).",
        **_shares(alert),
        weeks=WEEKS,
        past=show_number(part),
        all=show_number(whole),
    )
    return _("Trả lời trễ hạn nhiều hơn: %(agency)s", agency=name(Group.AGENCY, alert.agency_id)), sentence, _how(alert)


def _bounce(alert: Alert, name: _Name) -> tuple[str, str, str]:
    part, whole = alert.before
    sentence = _(
        "Từ %(first)s đến %(last)s có %(part)s trên %(whole)s lượt chuyển bị trả lại (%(share)s); giữa các cơ quan khác là %(past)s trên "
        "%(all)s lượt (%(usual)s).",
        **_shares(alert),
        past=show_number(part),
        all=show_number(whole),
    )
    pair = {"sender": name(Group.AGENCY, alert.agency_id), "receiver": name(Group.AGENCY, alert.to_agency_id)}
    return _("Chuyển rồi bị trả lại nhiều: %(sender)s đến %(receiver)s", **pair), sentence, _how(alert)


def _shares(alert: Alert) -> dict[str, str]:
    numbers = {"part": show_number(alert.part), "whole": show_number(alert.whole)}
    return {**_days(alert), **numbers, "share": show_percent(alert.part / alert.whole), "usual": show_percent(alert.usual)}


def _how(alert: Alert) -> str:
    return str(
        _(
            "Ngưỡng %(limit)s = %(usual)s + số lớn hơn giữa %(least)s điểm phần trăm và %(errors)s lần sai số của phép so sánh "
            "hai tỷ lệ. Chỉ báo khi mỗi bên có từ %(fewest)s hồ sơ trở lên.",
            limit=show_percent(alert.limit),
            usual=show_percent(alert.usual),
            least=show_number(100 * LEAST_DIFFERENCE),
            errors=ERRORS,
            fewest=FEWEST_CASES,
        )
    )


def rules_in_words() -> list[str]:
    """What the page says of how it looks."""
    numbers = {"weeks": WEEKS, "recent": RECENT_WEEKS, "spreads": SPREADS}
    return [
        _(
            "Phản ánh tăng: số phản ánh về một lĩnh vực ở một khu vực trong tuần (từ thứ Hai) vượt trung bình "
            "%(weeks)s tuần trước cộng %(spreads)s lần mức dao động. "
            "Mức dao động là căn bậc hai của số lớn hơn giữa trung bình và phương sai của %(weeks)s tuần, nhân 13/12.",
            **numbers,
        ),
        _("Trả lời trễ: tỷ lệ trễ hạn của một cơ quan trong %(recent)s tuần đã khép, so với %(weeks)s tuần trước đó.", **numbers),
        _("Trả lại: tỷ lệ lượt chuyển bị trả lại của một cặp cơ quan trong %(recent)s tuần đã khép, so với mọi cặp khác.", **numbers),
    ]
