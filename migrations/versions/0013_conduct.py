"""Seal what is said in sealed cases under a key of each case; seal all files. Tables of the conduct track.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

from feedback.attachments.storage import Store
from feedback.crypto import KeyRing, new_data_key, open_sealed, seal

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: Tables with words of a case, their columns, and the columns that name a row; all but the first point to their case by `case_id`.
WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cases": (("text", "text_folded", "place", "guidance"), ("public_id",)),
    "case_message": (("text",), ("id",)),
    "case_event": (("reason",), ("id",)),
    "case_answer": (("text", "comment"), ("id",)),
    "case_rating": (("comment",), ("case_id", "round")),
    "case_suggestion": (("reasons",), ("case_id",)),
    "case_pause": (("reason",), ("id",)),
    "case_extension": (("reason",), ("id",)),
    "case_transfer": (("note", "end_note"), ("id",)),
    "case_partner": (("request", "report"), ("id",)),
    "case_hold": (("reason",), ("id",)),
    "deletion_request": (("plea", "answer"), ("id",)),
    "attachment": (("shown_name",), ("id",)),
}
#: Table, name of a CHECK, condition after, condition before; None where there is none.
CHECKS = (
    ("cases", "text_length", "sealed OR char_length(text) BETWEEN 1 AND 5000", "char_length(text) BETWEEN 1 AND 5000"),
    ("cases", "refused_has_guidance", "refusal IS NULL OR guidance <> '' OR sealed", "refusal IS NULL OR guidance <> ''"),
    ("cases", "sealed_case_has_no_plain_words", "NOT sealed OR text || text_folded || place || guidance = ''", None),
    ("cases", "open_case_has_no_sealed_words", "sealed OR words_sealed IS NULL", None),
    (
        "cases", "accused_does_not_handle",
        "agency_id <> ALL (excluded_agency_ids) AND coalesce(to_agency_id, 0) <> ALL (excluded_agency_ids)", None,
    ),
    ("cases", "open_case_accuses_nobody", "sealed OR excluded_agency_ids = '{}'", None),
    (
        "case_message", "text_length",
        "words_sealed IS NOT NULL OR char_length(text) BETWEEN 1 AND 5000", "char_length(text) BETWEEN 1 AND 5000",
    ),
    (
        "case_answer", "text_length",
        "words_sealed IS NOT NULL OR char_length(text) BETWEEN 1 AND 10000", "char_length(text) BETWEEN 1 AND 10000",
    ),
    ("case_pause", "reason", "reason <> '' OR words_sealed IS NOT NULL", "reason <> ''"),
    ("case_extension", "reason", "reason <> '' OR words_sealed IS NOT NULL", "reason <> ''"),
    (
        "case_partner", "ended_has_words",
        "ended_at IS NULL OR report <> '' OR words_sealed IS NOT NULL", "ended_at IS NULL OR report <> ''",
    ),
    ("case_hold", "reason", "reason <> '' OR words_sealed IS NOT NULL", "reason <> ''"),
    (
        "deletion_request", "declined_has_words",
        "state <> 'declined' OR answer <> '' OR words_sealed IS NOT NULL", "state <> 'declined' OR answer <> ''",
    ),
    ("case_partner", "request", "request <> '' OR words_sealed IS NOT NULL", "request <> ''"),
)  # fmt: skip
CONTACT = ("name", "phone", "email")
Row = Mapping[str, Any]


def upgrade() -> None:
    """What stands in sealed cases in the clear is sealed; contact data keep their key, which moves to the table of keys."""
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_key_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_key")),
    )
    for table in WORDS:
        op.add_column(table, sa.Column("words_sealed", sa.LargeBinary(), nullable=True))
    for column in ("accused_agency_ids", "excluded_agency_ids"):
        op.add_column("cases", sa.Column(column, sa.ARRAY(sa.Integer()), server_default="{}", nullable=False))
    op.add_column("attachment", sa.Column("wrapped_key", sa.LargeBinary(), nullable=True))
    _drop_checks(before=True)
    _keys_of_contacts_move()
    _seal_words()
    _turn_files(_sealed_file)
    _add_checks(before=False)
    op.drop_column("case_contact", "wrapped_key")
    _add_conduct()


def downgrade() -> None:
    """Everything sealed stands in the clear again, but the contact data. What was sealed under a destroyed key is lost.

    So is who stepped back or verified, and what was found. Cases with the city's leaders go back to the inspectorate.
    """
    _drop_checks(before=False)
    for table in ("conduct_handed_up", "conduct_verification", "conduct_finding", "conduct_exclusion"):
        op.drop_table(table)
    for column in ("accused_agency_ids", "excluded_agency_ids"):
        op.drop_column("cases", column)
    op.execute(
        "UPDATE cases SET agency_id = a.id FROM agency a JOIN city_setting s ON s.unit_set = a.unit_set "
        "WHERE a.is_triage AND cases.sealed AND cases.state = 'triage'"
    )
    _open_words()
    op.add_column("case_contact", sa.Column("wrapped_key", sa.LargeBinary(), nullable=True))
    _keys_go_back_to_contacts()
    op.alter_column("case_contact", "wrapped_key", nullable=False)
    _turn_files(_open_file)
    _add_checks(before=True)
    op.drop_column("attachment", "wrapped_key")
    for table in WORDS:
        op.drop_column(table, "words_sealed")
    op.drop_table("case_key")


def _add_conduct() -> None:
    op.create_table(
        "conduct_exclusion",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "why", sa.Enum("recused", "accused", name="concern", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conduct_exclusion_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_conduct_exclusion_user_id_staff_user")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_conduct_exclusion")),
    )
    op.create_index("ix_conduct_exclusion_user", "conduct_exclusion", ["user_id"])
    _add_findings()
    _add_verifications()
    op.create_table(
        "conduct_handed_up",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conduct_handed_up_case_id_cases")),
        sa.ForeignKeyConstraint(["by_id"], ["staff_user.id"], name=op.f("fk_conduct_handed_up_by_id_staff_user")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_conduct_handed_up")),
    )


def _add_findings() -> None:
    verdicts = ("substantiated", "not_substantiated", "police")
    op.create_table(
        "conduct_finding",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Enum(*verdicts, name="verdict", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conduct_finding_case_id_cases")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_conduct_finding_category_code_category")),
        sa.ForeignKeyConstraint(["district_id"], ["area.id"], name=op.f("fk_conduct_finding_district_id_area")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_conduct_finding")),
    )
    op.create_index("ix_conduct_finding_day", "conduct_finding", ["found_on"])


def _add_verifications() -> None:
    op.create_table(
        "conduct_verification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("verifier_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("ended_on >= asked_on", name=op.f("ck_conduct_verification_in_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_conduct_verification_case_id_cases")),
        sa.ForeignKeyConstraint(["verifier_id"], ["staff_user.id"], name=op.f("fk_conduct_verification_verifier_id_staff_user")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff_user.id"], name=op.f("fk_conduct_verification_asked_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_verification")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conduct_verification_public_id")),
    )
    op.create_index("ix_conduct_verification_case_id", "conduct_verification", ["case_id"])
    still_open = sa.text("ended_on IS NULL")
    op.create_index("ix_conduct_verification_open", "conduct_verification", ["verifier_id"], postgresql_where=still_open)
    pair = ["case_id", "verifier_id"]
    op.create_index("uq_conduct_verification_one_open", "conduct_verification", pair, unique=True, postgresql_where=still_open)


def _drop_checks(*, before: bool) -> None:
    for table, name, _after, old in CHECKS:
        if not before or old:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")


def _add_checks(*, before: bool) -> None:
    for table, name, after, old in CHECKS:
        condition = old if before else after
        if condition:
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _rows(query: str, **values: Any) -> list[Row]:
    return [row._mapping for row in op.get_bind().execute(sa.text(query), values)]


def _set(table: str, row: Row, names: tuple[str, ...], **values: Any) -> None:
    where = " AND ".join(f"{name} = :_{name}" for name in names)
    columns = ", ".join(f"{name} = {'CAST(:' + name + ' AS jsonb)' if name == 'reasons' else ':' + name}" for name in values)
    op.get_bind().execute(
        sa.text(f"UPDATE {table} SET {columns} WHERE {where}"),  # noqa: S608 — names are ours
        {**values, **{f"_{name}": row[name] for name in names}},
    )


def _ring() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys


def _key_place(row: Row) -> str:
    return f"case_key|{row['public_id']}|wrapped"


def _keys_of_contacts_move() -> None:
    for row in _rows("SELECT c.id, c.public_id, k.wrapped_key FROM case_contact k JOIN cases c ON c.id = k.case_id"):
        key = _ring().unwrap(row["wrapped_key"], f"case_contact|{row['id']}|wrapped_key")
        _add_key(row, key)


def _add_key(row: Row, key: bytes) -> None:
    adding = sa.text("INSERT INTO case_key (case_id, wrapped) VALUES (:id, :wrapped)")
    op.get_bind().execute(adding, {"id": row["id"], "wrapped": _ring().wrap(key, _key_place(row))})


def _keys_go_back_to_contacts() -> None:
    found = "SELECT c.id, c.public_id, k.wrapped FROM case_contact t JOIN cases c ON c.id = t.case_id JOIN case_key k ON k.case_id = c.id"
    for row in _rows(found):
        key = new_data_key() if row["wrapped"] is None else _ring().unwrap(row["wrapped"], _key_place(row))
        _set("case_contact", {"case_id": row["id"]}, ("case_id",), wrapped_key=_ring().wrap(key, f"case_contact|{row['id']}|wrapped_key"))


def _words_of(table: str, case: Row) -> list[Row]:
    column = "id" if table == "cases" else "case_id"
    return _rows(f"SELECT * FROM {table} WHERE {column} = :id", id=case["id"])  # noqa: S608 — names are ours


def _place(table: str, row: Row) -> str:
    return f"{table}|{'.'.join(str(row[name]) for name in WORDS[table][1])}|words_sealed"


def _blank(name: str) -> str:
    return "[]" if name == "reasons" else ""


def _seal_words() -> None:
    known = "SELECT c.id, c.public_id, k.wrapped FROM cases c LEFT JOIN case_key k ON k.case_id = c.id WHERE c.sealed"
    for case in _rows(known):
        if case["wrapped"] is None:
            key = new_data_key()
            _add_key(case, key)
        else:
            key = _ring().unwrap(case["wrapped"], _key_place(case))
        for table, (columns, names) in WORDS.items():
            for row in _words_of(table, case):
                said = {name: row[name] for name in columns if row[name]}
                if said:
                    sealed = seal(json.dumps(said, ensure_ascii=False), key, _place(table, row))
                    _set(table, row, names, words_sealed=sealed, **{name: _blank(name) for name in columns})


def _open_words() -> None:
    for case in _rows("SELECT c.id, c.public_id, k.wrapped FROM cases c JOIN case_key k ON k.case_id = c.id WHERE c.sealed"):
        key = None if case["wrapped"] is None else _ring().unwrap(case["wrapped"], _key_place(case))
        for table, (columns, names) in WORDS.items():
            for row in _words_of(table, case):
                if row["words_sealed"] is None:
                    continue
                lost = {} if table == "case_suggestion" else {columns[0]: "-"}
                said = lost if key is None else json.loads(open_sealed(row["words_sealed"], key, _place(table, row)))
                plain = {name: said.get(name, [] if name == "reasons" else "") for name in columns}
                _set(table, row, names, **{name: json.dumps(value) if name == "reasons" else value for name, value in plain.items()})


def _turn_files(turned: Callable[[Row, bytes], tuple[bytes, bytes | None] | None]) -> None:
    """Write each file anew under another name; the old one belongs to no row from the commit on and is swept at night."""
    store = Store(current_app.extensions["config"].var / "attachments")
    for row in _rows("SELECT id, public_id, stored_name, wrapped_key FROM attachment"):
        try:
            made = turned(row, store.get(row["stored_name"]))
        except FileNotFoundError:
            continue
        if made is not None:
            data, key = made
            _set("attachment", row, ("id",), stored_name=store.put(data), wrapped_key=key)


def _sealed_file(row: Row, data: bytes) -> tuple[bytes, bytes | None]:
    key = new_data_key()
    return seal(data, key, f"attachment|{row['public_id']}|file"), _ring().wrap(key, f"attachment|{row['public_id']}|wrapped_key")


def _open_file(row: Row, data: bytes) -> tuple[bytes, bytes | None] | None:
    if row["wrapped_key"] is None:
        return None
    key = _ring().unwrap(row["wrapped_key"], f"attachment|{row['public_id']}|wrapped_key")
    return open_sealed(data, key, f"attachment|{row['public_id']}|file"), None
