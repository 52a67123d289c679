"""What is sealed follows from `Case.sealed`, at every flush: words go behind the case's key and come out again with the flag.

Also the life of the keys: made with the case, wrapped anew when the key-encryption key changes, destroyed when the law says so.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import TextClause, event, func, select, text
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from feedback.accounts.models import SecondFactor
from feedback.attachments.models import Attachment
from feedback.audit.services import Doer, record
from feedback.cases.models import Case
from feedback.cases.workflow import State
from feedback.db import db, transaction
from feedback.errors import Conflict
from feedback.sealing import CaseKey, Sealable, key_place, key_ring, opened_words, place_of

#: How many keys are wrapped anew in one transaction.
BATCH = 500


@functools.cache
def tables_of_a_case() -> tuple[type[Any], ...]:
    """Tables whose rows hold words about a case: all that are sealable, of whatever feature, but the cases themselves."""
    return tuple(sorted((table for table in Sealable.__subclasses__() if table is not Case), key=lambda table: table.__name__))


@functools.cache
def _sealed_rows() -> TextClause:
    """Which of them hold sealed rows of which cases, by place; written out once, because every report asks on its way in."""
    asked = "FROM unnest(CAST(:cases AS bigint[])) AS asked(id)"
    return text(
        " UNION ALL ".join(
            f"SELECT asked.id, {place} {asked} "  # noqa: S608 — names of our own
            f"WHERE EXISTS (SELECT FROM {table.__tablename__} WHERE case_id = asked.id AND words_sealed IS NOT NULL)"
            for place, table in enumerate(tables_of_a_case())
        )
    )


def text_of(case_id: int, state: State) -> tuple[str, int | None] | None:
    """Text and area of a case that stands in this state, in one query and without the rest of it."""
    columns = Case.plain_text, Case.words_sealed, Case.public_id, Case.area_id, CaseKey.wrapped
    row = db.session.execute(select(*columns).outerjoin(Case.key).where(Case.id == case_id, Case.state == state)).first()
    if row is None:
        return None
    plain, sealed, public_id, area_id, wrapped = row
    if sealed is None:
        return plain, area_id
    if wrapped is None:
        return "", area_id
    words = opened_words(sealed, key_ring().unwrap(wrapped, key_place(public_id)), place_of(Case, {"public_id": public_id}))
    return words.get("text", ""), area_id


def key_of(case: Case) -> CaseKey:
    """The key of a case, made now when it has none. Raises Conflict when it was destroyed: nothing can be added any more."""
    known = case.key
    if known is None:
        known = CaseKey.made_for(case)
        db.session.add(known)
    if known.wrapped is None:
        raise Conflict(_("Nội dung hồ sơ này đã được xóa theo thời hạn lưu giữ, nên không ghi thêm được nữa."))
    return known


def data_key_of(case: Case) -> bytes:
    """The opened key of a case, made now when it has none. Raises Conflict when it was destroyed."""
    opened = key_of(case).opened()
    assert opened is not None, "key_of gives no destroyed key"
    return opened


@event.listens_for(db.session, "before_flush")
def _follow_the_flag(session: Session, _flush: UOWTransaction, _instances: object) -> None:
    """Seal and open rows as their case says, before anything reaches the database."""
    changed = [row for row in (*session.new, *session.dirty) if isinstance(row, Sealable)]
    cases = [row for row in changed if isinstance(row, Case)]
    _turn(session, [case for case in cases if case not in session.new and _has_turned(case)])
    # A case that is not in the session has been looked at by nobody in it: it is read here, once.
    of_cases = [(row, session.get_one(Case, key)) for row in changed if (key := getattr(row, "case_id", None)) is not None]
    _name(session, [row for row, case in of_cases if case.sealed is not False and row.said()])
    for row, case in [*((case, case) for case in cases), *of_cases]:
        _settle(session, row, case)


def _has_turned(case: Case) -> bool:
    return get_history(case, "sealed", PASSIVE_NO_INITIALIZE).has_changes()


def _settle(session: Session, row: Sealable, case: Case) -> None:
    """Bring one changed row in line with its case; a flag not yet set counts as sealed, which it will be."""
    if case.sealed is False:
        row.lay_open()
    elif row.said():
        row.seal_words(data_key_of(case))


def _name(session: Session, rows: Iterable[Any]) -> None:
    """Draw the keys of new rows that are named by theirs: what is sealed is bound to it."""
    nameless: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        if row.NAME == ("id",) and row.id is None:
            nameless[type(row)].append(row)
    for table, its in nameless.items():
        key = func.nextval(func.pg_get_serial_sequence(table.__tablename__, "id"))
        for row, drawn in zip(its, session.scalars(select(key).select_from(func.generate_series(1, len(its)))), strict=True):
            row.id = drawn


def _turn(session: Session, turned: Sequence[Case]) -> None:
    """The flag has changed: every row of these cases that is stored already turns with it."""
    for case, table in _tables_to_turn(session, turned):
        for row in session.scalars(select(table).where(table.case_id == case.id)):
            _settle(session, row, case)


def _tables_to_turn(session: Session, turned: Sequence[Case]) -> Iterator[tuple[Case, type[Any]]]:
    """All of them when a case is sealed; when it opens, which is on the way in of every report, one query says where there is work."""
    opened = {case.id: case for case in turned if case.sealed is False}
    if opened:
        for case_id, place in session.execute(_sealed_rows(), {"cases": list(opened)}).all():
            yield opened[case_id], tables_of_a_case()[place]
    yield from ((case, table) for case in turned if case.sealed is not False for table in tables_of_a_case())


def destroy_key(case: Case, actor: Doer) -> None:
    """Destroy the keys of a case and of its files: what is sealed under them cannot be read again by anybody (security D5, D11).

    That is all the sender's contact data, all files, and of a sealed case every word. To be called inside the caller's transaction,
    with the case locked; what stands in plain columns of an open case is the caller's to clear. Twice does nothing the second time.
    """
    if case.key is None:
        case.key = CaseKey(wrapped=None)
    elif case.key.wrapped is None:
        return
    case.key.wrapped = None
    for file in db.session.scalars(select(Attachment).where(Attachment.case_id == case.id)):
        file.wrapped_key = None
    record("case.key_destroyed", actor=actor, subject_kind="case", subject_id=case.public_id)


def keys_to_rewrap() -> int:
    """How many keys are still wrapped under a former key-encryption key."""
    numbers = [db.session.scalar(select(func.count()).select_from(table).where(_is_old(column))) for table, column in KEYS]
    return sum(number or 0 for number in numbers)


def rewrap_keys(batch: int = BATCH) -> Iterator[int]:
    """Wrap every data key under the key-encryption key in force; yields how many after each committed batch.

    May be broken off at any point and started again: it goes on where it stopped. The sealed values themselves are not touched.
    Raises SealBroken when a key was wrapped by a key that is not on the ring.
    """
    for table, column in KEYS:
        while done := _rewrap_some(table, column, batch):
            yield done


def _rewrap_some(table: type[Any], column: Any, batch: int) -> int:
    with transaction():
        rows = db.session.scalars(select(table).where(_is_old(column)).limit(batch).with_for_update(skip_locked=True)).all()
        for row in rows:
            setattr(row, column.key, key_ring().rewrap(getattr(row, column.key), row.place()))
        return len(rows)


#: Every table with wrapped keys, or shared secrets wrapped like them, and their column; whoever has another one adds it.
#: A row says by `place()` what its key is bound to.
KEYS: list[tuple[type[Any], Any]] = [
    (CaseKey, CaseKey.wrapped),
    (Attachment, Attachment.wrapped_key),
    (SecondFactor, SecondFactor.sealed),
]


def _is_old(column: Any) -> Any:
    mark = key_ring().current_id
    return column.is_not(None) & (func.substr(column, 1, len(mark)) != mark)
