"""Categories and procedures from a day on: what they are called, in which order they stand, whether they are still offered."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from feedback.administration.changes import Draft, Values, When, applies, check_map, check_seen, differing, one_at_a_time, plan
from feedback.administration.models import Change, ChangeKind
from feedback.cases.access import Actor
from feedback.cases.routing import FALLBACK
from feedback.city import queries as city
from feedback.city.kinds import Level
from feedback.city.models import Category, Procedure
from feedback.city.rows import ONLINE_LEVELS
from feedback.db import atomic, db, now
from feedback.errors import Invalid, NotFound
from feedback.localtime import local_day
from feedback.text import clean, fold

#: Where everything goes that fits nowhere else, and where reports about officials go: always offered.
ALWAYS = frozenset({FALLBACK, "staff_conduct"})
NAMES = {"name_vi": 120, "name_en": 120, "hint_vi": 300, "hint_en": 300}


def category_values(code: str) -> Values:
    """A category as it stands. Raises NotFound."""
    row = city.category(code)
    return {name: getattr(row, name) for name in (*NAMES, "position", "active")}


def draft_category(code: str, typed: Values) -> Draft:
    """Another name, order or standing of a category. Raises NotFound, Invalid."""
    stood = category_values(code)
    wanted = {**typed, **{name: clean(typed[name], limit) for name, limit in NAMES.items()}}
    if not all(wanted[name] for name in NAMES):
        raise Invalid(_("Xin nhập tên và lời giải thích bằng cả hai thứ tiếng."))
    if code in ALWAYS and not wanted["active"]:
        raise Invalid(_("Lĩnh vực này luôn phải có, để phản ánh nào cũng có nơi đến."))
    before, after = differing(stood, wanted)
    return Draft(ChangeKind.CATEGORY, (f"category:{code}",), stood["name_vi"], before, after)


@atomic
def save_category(actor: Actor, code: str, typed: Values, when: When) -> Change:
    """Plan the change of a category. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    check_seen(category_values(code), when.seen)
    return plan(actor, draft_category(code, typed), when)


@applies(ChangeKind.CATEGORY)
def _apply_category(change: Change) -> None:
    row = db.session.get_one(Category, change.subjects[0].partition(":")[2], with_for_update={"key_share": True})
    for name, value in change.after.items():
        setattr(row, name, value)
    db.session.flush()


def procedure_of(key: int) -> Procedure:
    """A procedure in force in the set in force. Raises NotFound for one that has ended, too."""
    found = next((row for row in city.procedures() if row.id == key), None)
    if found is None:
        raise NotFound
    return found


def procedure_values(key: int) -> Values:
    """A procedure as it stands. Raises NotFound."""
    row = procedure_of(key)
    columns = ("code", "name", "category_code", "limit_text", "online_level")
    return {**{name: getattr(row, name) for name in columns}, "level": row.level.value, "active": True}


def _checked(typed: Values, but: int | None) -> Values:
    wanted = {**typed, "code": clean(typed["code"] or "", 20) or None}
    wanted |= {"name": clean(typed["name"], 200), "limit_text": clean(typed["limit_text"], 200)}
    if not wanted["name"] or not wanted["limit_text"]:
        raise Invalid(_("Xin nhập tên thủ tục và thời hạn như đã công bố."))
    if wanted["online_level"] not in ONLINE_LEVELS or wanted["level"] not in set(Level):
        raise Invalid(_("Xin chọn mức độ trực tuyến và cấp trong danh sách."))
    if wanted["category_code"] not in {row.code for row in city.categories()}:
        raise Invalid(_("Xin chọn lĩnh vực trong danh sách."))
    if fold(wanted["name"]) in {row.name_folded for row in city.procedures() if row.id != but}:
        raise Invalid(_("Đã có một thủ tục mang tên này."))
    return wanted


def draft_procedure(key: int | None, typed: Values) -> Draft:
    """A new procedure, or other values for one; what is no longer active ends. Raises NotFound, Invalid."""
    check_map()
    wanted = _checked(typed, key)
    if key is None:
        after = {name: value for name, value in wanted.items() if name != "active"}
        return Draft(ChangeKind.PROCEDURE_NEW, (f"procedure-name:{fold(wanted['name'])[:40]}",), wanted["name"], {}, after)
    stood = procedure_values(key)
    before, after = differing(stood, wanted)
    return Draft(ChangeKind.PROCEDURE_EDIT, (f"procedure:{key}",), stood["name"], before, after)


@atomic
def save_procedure(actor: Actor, key: int | None, typed: Values, when: When) -> Change:
    """Plan it. Raises NotFound, Invalid, Conflict."""
    one_at_a_time()
    if key is not None:
        check_seen(procedure_values(key), when.seen)
    return plan(actor, draft_procedure(key, typed), when)


@applies(ChangeKind.PROCEDURE_NEW, ChangeKind.PROCEDURE_EDIT)
def _apply_procedure(change: Change) -> None:
    """The old version ends and a new one begins, so that cases keep the procedure as it was when they came in."""
    day, old, stood = local_day(now()), None, {}
    if change.kind is ChangeKind.PROCEDURE_EDIT:
        key = int(change.subjects[0].partition(":")[2])
        old, stood = procedure_of(key), procedure_values(key)
    wanted = _checked({**stood, **change.after}, old.id if old else None)
    active = wanted.pop("active", True)
    if old is not None and old.valid_from >= day:
        raise Invalid(_("Thủ tục mới có hiệu lực hôm nay; xin chọn một ngày sau đó."))
    if old is not None:
        old.valid_to = day - timedelta(days=1)
    if active:
        kept = {**wanted, "level": Level(wanted["level"]), "name_folded": fold(wanted["name"])}
        db.session.add(Procedure(**kept, unit_set=city.current_units(), valid_from=day))
    db.session.flush()
