"""Hand-over and clock: transfers, co-handling, pauses, extensions, dialogue; refusal, withdrawal, merge, split, reopening; the ladder.

Cases that were on their way belong to their receiver before this revision and to their sender after it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = (
    *("received", "sorting", "triage", "forwarded", "referee", "in_progress", "awaiting_supplement", "suspended", "awaiting_approval"),
    *("answered", "closed", "refused", "withdrawn", "merged"),
)
OLD_STATES = ("received", "sorting", "triage", "forwarded", "in_progress", "awaiting_approval", "answered", "closed")
NOTICES = (
    *("case_waits", "case_returned", "answer_to_approve", "answer_sent_back", "answered", "transfer_reminder", "referee_waits"),
    *("partner_asked", "partner_reported", "extension_asked", "supplemented", "reopened", "due_soon", "overdue", "progress_due", "digest"),
    *("question", "progress", "extended", "refused"),
)
OLD_NOTICES = ("case_waits", "case_returned", "answer_to_approve", "answer_sent_back", "answered")
#: Table, column, name of the CHECK, values after, values before.
LISTS = (
    ("cases", "state", "state", STATES, OLD_STATES),
    ("cases", "track", "track", ("feedback", "service_desk", "complaint", "denunciation", "conduct"), ("feedback", "service_desk", "conduct")),
    ("category", "track", "track", ("feedback", "service_desk", "complaint", "denunciation", "conduct"), ("feedback", "service_desk", "conduct")),
    (
        "case_answer", "state", "answer_state",
        ("draft", "submitted", "sent_back", "published", "superseded"), ("draft", "submitted", "sent_back", "published"),
    ),
    ("notice", "kind", "notice_kind", NOTICES, OLD_NOTICES),
    ("holiday", "kind", "holiday_kind", ("off", "half", "made_up"), ("off", "made_up")),
)  # fmt: skip
#: Table, name, condition of the CHECKs that come in.
CHECKS = (
    ("cases", "ended_has_instant", "(closed_at IS NOT NULL) = (state IN ('closed', 'refused', 'withdrawn', 'merged'))"),
    ("cases", "under_way_has_receiver", "(to_agency_id IS NOT NULL) = (state = 'forwarded')"),
    ("cases", "merged_has_lead", "(lead_case_id IS NOT NULL) = (state = 'merged')"),
    ("cases", "not_its_own_kin", "lead_case_id <> id AND split_from_id <> id"),
    ("cases", "refused_has_code", "(refusal IS NOT NULL) = (state = 'refused')"),
    ("cases", "refused_has_guidance", "refusal IS NULL OR guidance <> ''"),
    ("cases", "sorted_at_desk", "at_desk OR state NOT IN ('received', 'sorting')"),
    ("cases", "worked", "NOT at_desk OR state NOT IN ('triage', 'in_progress', 'suspended', 'awaiting_approval', 'referee')"),
    ("case_answer", "decided_has_instant", "(decided_at IS NOT NULL) = (state IN ('sent_back', 'published', 'superseded'))"),
    ("notice", "digest_has_day", "(digest_on IS NOT NULL) = (kind = 'digest')"),
    ("deadline_rule", "amount", "amount >= 0"),
)
#: The same for those that go.
OLD_CHECKS = (
    ("cases", "closed_has_instant", "(closed_at IS NOT NULL) = (state = 'closed')"),
    ("case_answer", "decided_has_instant", "(decided_at IS NOT NULL) = (state IN ('sent_back', 'published'))"),
    ("deadline_rule", "amount", "amount > 0"),
)
#: In the order in which they can be dropped.
TABLES = (
    "escalation",
    "due_change",
    "case_transfer",
    "case_publication",
    "case_pause",
    "case_partner",
    "case_message",
    "case_extension",
    "saved_filter",
    "transit_baseline",
    "answer_template",
    "escalation_step",
)
REFUSALS = ("unclear", "settled", "court", "private", "needs_petition", "time_barred", "outside", "spam")
#: A case under way goes back to whoever sent it, and its hop becomes a transfer.
HAND_OVER = (
    """
    UPDATE cases SET clock_from = received_at,
        at_desk = state IN ('received', 'sorting', 'forwarded'),
        hops = (SELECT count(*) FROM case_event e WHERE e.case_id = cases.id AND e.move = 'forward'),
        returns = (SELECT count(*) FROM case_event e WHERE e.case_id = cases.id AND e.move = 'return')
    """,
    """
    UPDATE cases SET to_agency_id = cases.agency_id, agency_id = last.from_agency_id
    FROM (SELECT DISTINCT ON (case_id) case_id, from_agency_id FROM case_event WHERE move = 'forward' ORDER BY case_id, id DESC) last
    WHERE last.case_id = cases.id AND cases.state = 'forwarded'
    """,
    """
    INSERT INTO case_transfer (case_id, hop, state, from_agency_id, to_agency_id, from_desk, binding, note, sent_at, sent_by_id,
                               end_note, reminders)
    SELECT c.id, c.hops, 'sent', c.agency_id, c.to_agency_id, true, false, '', c.forwarded_at,
           (SELECT actor_id FROM case_event e WHERE e.case_id = c.id AND e.move = 'forward' ORDER BY e.id DESC LIMIT 1), '', 0
    FROM cases c WHERE c.state = 'forwarded'
    """,
)
#: What the older tables cannot say becomes the nearest thing they can.
HAND_BACK = (
    "UPDATE cases SET agency_id = to_agency_id WHERE state = 'forwarded'",
    "UPDATE cases SET state = CASE WHEN at_desk THEN 'sorting' ELSE 'in_progress' END WHERE state IN ('referee', 'awaiting_supplement', 'suspended')",
    "UPDATE cases SET state = 'closed', answered_at = coalesce(answered_at, closed_at) WHERE state IN ('refused', 'withdrawn', 'merged')",
    "UPDATE cases SET track = 'feedback' WHERE track = 'complaint'",
    "UPDATE cases SET track = 'conduct' WHERE track = 'denunciation'",
    "UPDATE case_answer SET state = 'sent_back' WHERE state = 'superseded'",
    "DELETE FROM case_rating r USING cases c WHERE c.id = r.case_id AND r.round <> c.reopenings",
    "DELETE FROM notice WHERE kind NOT IN ('case_waits', 'case_returned', 'answer_to_approve', 'answer_sent_back', 'answered')",
    "DELETE FROM holiday WHERE kind = 'half'",
    "DELETE FROM deadline_rule WHERE amount = 0",
)


def _replace_list(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({listed})")


def upgrade() -> None:
    for table, name, _condition in OLD_CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for table, column, name, values, _old in LISTS:
        _replace_list(table, column, name, values)
    _make_tables()
    _add_columns()
    for statement in HAND_OVER:
        op.execute(statement)
    # The columns that every row has now may no longer be empty.
    op.alter_column("cases", "clock_from", nullable=False)
    for table, name, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _add_columns() -> None:
    op.add_column("case_event", sa.Column("other_agency_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_case_event_other_agency_id_agency"), "case_event", "agency", ["other_agency_id"], ["id"])
    _add_filled("case_rating", "round", sa.Integer(), "0")
    op.drop_constraint(op.f("pk_case_rating"), "case_rating", type_="primary")
    op.create_primary_key(op.f("pk_case_rating"), "case_rating", ["case_id", "round"])
    op.add_column("cases", sa.Column("to_agency_id", sa.Integer(), nullable=True))
    _add_filled("cases", "at_desk", sa.Boolean(), "true")
    op.add_column("cases", sa.Column("lead_case_id", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("split_from_id", sa.BigInteger(), nullable=True))
    kinds = sa.Enum(*REFUSALS, name="refusal", native_enum=False, create_constraint=True, length=32)
    op.add_column("cases", sa.Column("refusal", kinds, nullable=True))
    _add_filled("cases", "guidance", sa.Text(), "''")
    for name in ("hops", "returns", "reopenings", "questions"):
        _add_filled("cases", name, sa.Integer(), "0")
    op.add_column("cases", sa.Column("clock_from", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_lead", "cases", ["lead_case_id"], postgresql_where="lead_case_id IS NOT NULL")
    op.create_index("ix_cases_split_from", "cases", ["split_from_id"], postgresql_where="split_from_id IS NOT NULL")
    op.create_index("ix_cases_under_way", "cases", ["to_agency_id", "due_at", "id"], postgresql_where="to_agency_id IS NOT NULL")
    op.create_foreign_key(op.f("fk_cases_lead_case_id_cases"), "cases", "cases", ["lead_case_id"], ["id"])
    op.create_foreign_key(op.f("fk_cases_to_agency_id_agency"), "cases", "agency", ["to_agency_id"], ["id"])
    op.create_foreign_key(op.f("fk_cases_split_from_id_cases"), "cases", "cases", ["split_from_id"], ["id"])
    _add_filled("notice", "facts", postgresql.JSONB(astext_type=sa.Text()), "'{}'")
    op.add_column("notice", sa.Column("digest_on", sa.Date(), nullable=True))
    _add_filled("notice", "tries", sa.Integer(), "0")
    _add_filled("notice", "last_error", sa.String(length=80), "''")
    op.create_index("ix_notice_created_at", "notice", ["created_at"])
    op.create_index("uq_notice_one_digest", "notice", ["user_id", "digest_on"], unique=True, postgresql_where="digest_on IS NOT NULL")
    op.add_column("deadline_rule", sa.Column("cutoff", sa.Time(), nullable=True))


def _add_filled(table: str, name: str, kind: sa.types.TypeEngine[object], value: str) -> None:
    """A column that old rows get a value for; the default does not stay."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(value)))
    op.alter_column(table, name, server_default=None)


def _make_tables() -> None:
    op.create_table(
        "escalation_step",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum("handler", "head", "superior", "leadership", name="rung", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("working_days BETWEEN -30 AND 60", name=op.f("ck_escalation_step_working_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_step")),
        sa.UniqueConstraint("code", name=op.f("uq_escalation_step_code")),
    )
    op.create_table(
        "answer_template",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("solved", "partly", "explained", "unfounded", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("legal_reference", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name=op.f("ck_answer_template_text_length")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_answer_template_category_code_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_template")),
        sa.UniqueConstraint("code", name=op.f("uq_answer_template_code")),
    )
    op.create_table(
        "transit_baseline",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("from_agency_id", sa.Integer(), nullable=True),
        sa.Column("to_agency_id", sa.Integer(), nullable=True),
        sa.Column("working_days", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("(from_agency_id IS NULL) = (to_agency_id IS NULL)", name=op.f("ck_transit_baseline_pair_is_whole")),
        sa.CheckConstraint("working_days > 0", name=op.f("ck_transit_baseline_working_days")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name=op.f("fk_transit_baseline_from_agency_id_agency")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name=op.f("fk_transit_baseline_to_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit_baseline")),
    )
    op.create_index(
        "uq_transit_baseline_pair", "transit_baseline", ["from_agency_id", "to_agency_id"], unique=True, postgresql_nulls_not_distinct=True
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filter_name")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_saved_filter_agency_id_agency")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_saved_filter_user_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )
    op.create_index(op.f("ix_saved_filter_agency_id"), "saved_filter", ["agency_id"], unique=False)
    op.create_index(op.f("ix_saved_filter_user_id"), "saved_filter", ["user_id"], unique=False)
    op.create_table(
        "case_extension",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_code", sa.String(length=30), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "several_places",
                "several_matters",
                "many_people",
                "several_agencies",
                "foreign",
                "remote",
                "expertise",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_extension_reason")),
        sa.CheckConstraint("(decided_at IS NOT NULL) = (granted IS NOT NULL)", name=op.f("ck_case_extension_decided_has_word")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff_user.id"], name=op.f("fk_case_extension_asked_by_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_extension_case_id_cases")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_user.id"], name=op.f("fk_case_extension_decided_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_extension")),
    )
    op.create_index(op.f("ix_case_extension_case_id"), "case_extension", ["case_id"], unique=False)
    op.create_index("uq_case_extension_one_open", "case_extension", ["case_id"], unique=True, postgresql_where="decided_at IS NULL")
    op.create_table(
        "case_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "question",
                "supplement",
                "added",
                "progress",
                "objection",
                name="message_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(author_id IS NULL) = (kind IN ('supplement', 'added', 'objection'))", name=op.f("ck_case_message_author_is_officer")
        ),
        sa.CheckConstraint("promised_on IS NULL OR kind = 'progress'", name=op.f("ck_case_message_promise_is_progress")),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 5000", name=op.f("ck_case_message_text_length")),
        sa.CheckConstraint('promised_on >= "on"', name=op.f("ck_case_message_promise_lies_ahead")),
        sa.ForeignKeyConstraint(["author_id"], ["staff_user.id"], name=op.f("fk_case_message_author_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_message_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_message")),
    )
    op.create_index(op.f("ix_case_message_case_id"), "case_message", ["case_id"], unique=False)
    op.create_table(
        "case_partner",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "reported",
                "returned",
                "cancelled",
                name="partner_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('reported', 'returned', 'cancelled'))", name=op.f("ck_case_partner_ended_has_instant")
        ),
        sa.CheckConstraint("ended_at IS NULL OR report <> ''", name=op.f("ck_case_partner_ended_has_words")),
        sa.CheckConstraint("request <> ''", name=op.f("ck_case_partner_request")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_partner_agency_id_agency")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff_user.id"], name=op.f("fk_case_partner_asked_by_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_partner_case_id_cases")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["staff_user.id"], name=op.f("fk_case_partner_ended_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_partner")),
    )
    op.create_index("ix_case_partner_agency", "case_partner", ["agency_id", "case_id"], unique=False)
    op.create_index("uq_case_partner_one_open", "case_partner", ["case_id", "agency_id"], unique=True, postgresql_where="ended_at IS NULL")
    op.create_table(
        "case_pause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("supplement", "suspension", name="pause_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by_id", sa.Integer(), nullable=True),
        sa.Column("ends_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind = 'suspension' OR ends_by IS NOT NULL", name=op.f("ck_case_pause_supplement_has_cap")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_case_pause_reason")),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_case_pause_in_order")),
        sa.ForeignKeyConstraint(["began_by_id"], ["staff_user.id"], name=op.f("fk_case_pause_began_by_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_pause_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pause")),
    )
    op.create_index("ix_case_pause_cap", "case_pause", ["ends_by"], unique=False, postgresql_where="ended_at IS NULL")
    op.create_index("ix_case_pause_case", "case_pause", ["case_id"], unique=False)
    op.create_index("uq_case_pause_one_open", "case_pause", ["case_id"], unique=True, postgresql_where="ended_at IS NULL")
    op.create_table(
        "case_publication",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_folded", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_case_publication_text")),
        sa.CheckConstraint("followers >= 0", name=op.f("ck_case_publication_followers")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_publication_case_id_cases")),
        sa.ForeignKeyConstraint(["published_by_id"], ["staff_user.id"], name=op.f("fk_case_publication_published_by_id_staff_user")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_publication")),
    )
    op.create_index("ix_case_publication_published_at", "case_publication", ["published_at"], unique=False)
    op.create_table(
        "case_transfer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("hop", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "seen",
                "accepted",
                "returned",
                "recalled",
                name="transfer_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("from_agency_id", sa.Integer(), nullable=False),
        sa.Column("to_agency_id", sa.Integer(), nullable=False),
        sa.Column("from_desk", sa.Boolean(), nullable=False),
        sa.Column("binding", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "return_reason",
            sa.Enum(
                "other_field",
                "other_area",
                "other_level",
                "already_here",
                "other",
                name="return_reason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("end_note", sa.Text(), nullable=False),
        sa.Column("working_minutes", sa.Integer(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bulk_id", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('accepted', 'returned', 'recalled'))", name=op.f("ck_case_transfer_ended_has_instant")
        ),
        sa.CheckConstraint("(return_reason IS NOT NULL) = (state = 'returned')", name=op.f("ck_case_transfer_returned_has_reason")),
        sa.CheckConstraint("NOT binding OR state = 'accepted'", name=op.f("ck_case_transfer_binding_is_accepted")),
        sa.CheckConstraint("(working_minutes IS NOT NULL) = (ended_at IS NOT NULL)", name=op.f("ck_case_transfer_ended_is_measured")),
        sa.CheckConstraint("ended_at >= sent_at AND seen_at >= sent_at", name=op.f("ck_case_transfer_in_order")),
        sa.CheckConstraint("hop > 0 AND working_minutes >= 0", name=op.f("ck_case_transfer_numbers")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_transfer_case_id_cases")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["staff_user.id"], name=op.f("fk_case_transfer_ended_by_id_staff_user")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name=op.f("fk_case_transfer_from_agency_id_agency")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["staff_user.id"], name=op.f("fk_case_transfer_sent_by_id_staff_user")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name=op.f("fk_case_transfer_to_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_transfer")),
    )
    op.create_index(op.f("ix_case_transfer_bulk_id"), "case_transfer", ["bulk_id"], unique=False)
    op.create_index("ix_case_transfer_pair", "case_transfer", ["from_agency_id", "to_agency_id", "sent_at"], unique=False)
    op.create_index("ix_case_transfer_waiting", "case_transfer", ["sent_at"], unique=False, postgresql_where="ended_at IS NULL")
    op.create_index("uq_case_transfer_hop", "case_transfer", ["case_id", "hop"], unique=True)
    op.create_index("uq_case_transfer_one_open", "case_transfer", ["case_id"], unique=True, postgresql_where="ended_at IS NULL")
    op.create_table(
        "due_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "category",
                "pause",
                "extension",
                "accepted",
                "reopened",
                "calendar",
                "rule",
                name="due_cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_due_change_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_change")),
    )
    op.create_index(op.f("ix_due_change_case_id"), "due_change", ["case_id"], unique=False)
    op.create_table(
        "escalation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_escalation_case_id_cases")),
        sa.ForeignKeyConstraint(["step_id"], ["escalation_step.id"], name=op.f("fk_escalation_step_id_escalation_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index("ix_escalation_at", "escalation", ["at"], unique=False)
    op.create_index("uq_escalation_once", "escalation", ["case_id", "step_id", "due_at"], unique=True)


def downgrade() -> None:
    for table, name, _condition in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for statement in HAND_BACK:
        op.execute(statement)
    for table, column, name, _values, old in LISTS:
        _replace_list(table, column, name, old)
    op.drop_column("deadline_rule", "cutoff")
    for name in ("last_error", "tries", "digest_on", "facts"):
        op.drop_column("notice", name)
    op.drop_index("ix_notice_created_at", "notice")
    dropped = (
        "clock_from",
        "questions",
        "reopenings",
        "returns",
        "hops",
        "guidance",
        "refusal",
        "split_from_id",
        "lead_case_id",
        "at_desk",
    )
    for name in (*dropped, "to_agency_id"):
        op.drop_column("cases", name)
    op.drop_constraint(op.f("pk_case_rating"), "case_rating", type_="primary")
    op.drop_column("case_rating", "round")
    op.create_primary_key(op.f("pk_case_rating"), "case_rating", ["case_id"])
    op.drop_column("case_event", "other_agency_id")
    for table, name, condition in OLD_CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    for table in TABLES:
        op.drop_table(table)
