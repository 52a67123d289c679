"""The tables of the city, its staff, the cases and the record of every act."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from feedback.audit.models import INSERT_ONLY, NO_LONGER_INSERT_ONLY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("case_reference_seq")))
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("city", "district", "ward", name="area_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("kind_label", sa.String(length=30), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("district_area_id", sa.Integer(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("tile_row", sa.Integer(), nullable=True),
        sa.Column("tile_col", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind <> 'ward' OR district_area_id IS NOT NULL", name=op.f("ck_area_ward_has_district")),
        sa.CheckConstraint("(tile_row IS NULL) = (tile_col IS NULL)", name=op.f("ck_area_tile_is_whole")),
        sa.CheckConstraint("area_km2 > 0", name=op.f("ck_area_area")),
        sa.CheckConstraint("latitude BETWEEN 8 AND 12 AND longitude BETWEEN 105 AND 108", name=op.f("ck_area_point_in_the_south")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_area_population")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_area_validity")),
        sa.ForeignKeyConstraint(["district_area_id"], ["area.id"], name=op.f("fk_area_district_area_id_area")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("unit_set", "code", "valid_from", name=op.f("uq_area_unit_set_code_valid_from")),
    )
    op.create_index("ix_area_district_area_id", "area", ["district_area_id"], unique=False)
    op.create_table(
        "category",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_vi", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("hint_vi", sa.String(length=300), nullable=False),
        sa.Column("hint_en", sa.String(length=300), nullable=False),
        sa.Column(
            "track",
            sa.Enum("feedback", "service_desk", "conduct", name="track", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("rule_code", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )
    op.create_table(
        "city_setting",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_city_setting_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_setting")),
    )
    op.create_table(
        "deadline_rule",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum("minute", "working_hour", "day", "working_day", name="rule_unit", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("start_event", sa.String(length=120), nullable=False),
        sa.Column("extensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pausable", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("confidence", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(amount IS NULL) = (unit IS NULL)", name=op.f("ck_deadline_rule_amount_has_unit")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deadline_rule_amount")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_deadline_rule_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rule")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_deadline_rule_code_valid_from")),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind", sa.Enum("off", "made_up", name="holiday_kind", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind <> 'made_up' OR extract(isodow from day) >= 6", name=op.f("ck_holiday_made_up_on_weekend")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "limit_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_limit_salt")),
    )
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
    )
    op.create_table(
        "report_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_draft")),
        sa.UniqueConstraint("code_hmac", name=op.f("uq_report_draft_code_hmac")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_hash", sa.LargeBinary(), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account_hash", "at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempt_at"), "sign_in_attempt", ["at"], unique=False)
    op.create_index("ix_sign_in_attempt_source", "sign_in_attempt", ["source_hash", "at"], unique=False)
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "city_committee",
                "office",
                "department",
                "inspectorate",
                "district_committee",
                "ward_committee",
                "police",
                "center",
                name="agency_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "level", sa.Enum("city", "district", "ward", name="level", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("superior_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("is_desk", sa.Boolean(), nullable=False),
        sa.Column("is_triage", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind NOT IN ('district_committee', 'ward_committee') OR area_id IS NOT NULL", name=op.f("ck_agency_committee_has_area")
        ),
        sa.CheckConstraint("superior_id <> id", name=op.f("ck_agency_not_its_own_superior")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_agency_validity")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_agency_area_id_area")),
        sa.ForeignKeyConstraint(["superior_id"], ["agency.id"], name=op.f("fk_agency_superior_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("unit_set", "code", name=op.f("uq_agency_unit_set_code")),
    )
    op.create_index("ix_agency_area_id", "agency", ["area_id"], unique=False)
    op.create_index("uq_agency_one_desk", "agency", ["unit_set"], unique=True, postgresql_where="is_desk AND valid_to IS NULL")
    op.create_index("uq_agency_one_triage", "agency", ["unit_set"], unique=True, postgresql_where="is_triage AND valid_to IS NULL")
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(length=200), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column(
            "level", sa.Enum("city", "district", "ward", name="level", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("limit_text", sa.String(length=200), nullable=False),
        sa.Column("online_level", sa.String(length=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("online_level IN ('1', '2', '3', '4', 'TP', 'MP')", name=op.f("ck_procedure_online_level")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_procedure_validity")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_procedure_category_code_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("unit_set", "name", "valid_from", name=op.f("uq_procedure_unit_set_name_valid_from")),
    )
    op.create_index("ix_procedure_category_code", "procedure", ["category_code"], unique=False)
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "unit_set", sa.Enum("2017", "2025", name="unit_set", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column(
            "level", sa.Enum("city", "district", "ward", name="level", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("target", sa.String(length=30), nullable=False),
        sa.Column("reason_vi", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_routing_rule_validity")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_routing_rule_category_code_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint("unit_set", "category_code", "level", "position", "valid_from", name="uq_routing_rule_key"),
    )
    op.create_table(
        "staff_user",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("sign_in_name", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "front_desk",
                "handler",
                "agency_head",
                "inspectorate",
                "leadership",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.String(length=24), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sign_in_name = lower(sign_in_name)", name=op.f("ck_staff_user_sign_in_name_lower")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_staff_user_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_user")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_user_public_id")),
        sa.UniqueConstraint("sign_in_name", name=op.f("uq_staff_user_sign_in_name")),
    )
    op.create_index(op.f("ix_staff_user_agency_id"), "staff_user", ["agency_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("actor_role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["actor_user_id"], ["staff_user.id"], name=op.f("fk_audit_entry_actor_user_id_staff_user")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("code_hmac", sa.LargeBinary(), nullable=False),
        sa.Column(
            "track",
            sa.Enum("feedback", "service_desk", "conduct", name="track", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "sorting",
                "triage",
                "forwarded",
                "in_progress",
                "awaiting_approval",
                "answered",
                "closed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_folded", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("category_code", sa.String(length=40), nullable=False),
        sa.Column("citizen_category_code", sa.String(length=40), nullable=True),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("web", "phone", "paper", "counter", "import", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("wants_public", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("rule_code", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(answered_at IS NOT NULL) = (state IN ('answered', 'closed'))", name=op.f("ck_cases_answered_has_instant")),
        sa.CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name=op.f("ck_cases_closed_has_instant")),
        sa.CheckConstraint("NOT sealed OR state NOT IN ('sorting', 'forwarded')", name=op.f("ck_cases_desk_case_is_open")),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_cases_language")),
        sa.CheckConstraint("sealed OR state NOT IN ('received', 'triage')", name=op.f("ck_cases_unread_case_is_sealed")),
        sa.CheckConstraint("NOT sealed OR reference IS NULL", name=op.f("ck_cases_sealed_case_has_no_reference")),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 5000", name=op.f("ck_cases_text_length")),
        sa.CheckConstraint("sealed OR reference IS NOT NULL", name=op.f("ck_cases_open_case_has_reference")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_cases_agency_id_agency")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_cases_area_id_area")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_cases_category_code_category")),
        sa.ForeignKeyConstraint(["citizen_category_code"], ["category.code"], name=op.f("fk_cases_citizen_category_code_category")),
        sa.ForeignKeyConstraint(["handler_id"], ["staff_user.id"], name=op.f("fk_cases_handler_id_staff_user")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_cases_procedure_id_procedure")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code_hmac", name=op.f("uq_cases_code_hmac")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cases_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    op.create_index("ix_cases_area", "cases", ["area_id"], unique=False)
    op.create_index("ix_cases_due", "cases", ["due_at", "id"], unique=False)
    op.create_index("ix_cases_inbox", "cases", ["agency_id", "state", "due_at", "id"], unique=False)
    op.create_index("ix_cases_received", "cases", ["received_at"], unique=False)
    op.create_index(
        "ix_cases_search",
        "cases",
        [sa.literal_column("to_tsvector('simple'::regconfig, text_folded)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("stored_name", sa.String(length=40), nullable=False),
        sa.Column("shown_name", sa.String(length=200), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "image/png",
                "image/webp",
                "application/pdf",
                name="media_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("original_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.CheckConstraint("(case_id IS NULL) <> (draft_id IS NULL)", name=op.f("ck_attachment_of_a_draft_or_a_case")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachment_case_id_cases")),
        sa.ForeignKeyConstraint(["draft_id"], ["report_draft.id"], name=op.f("fk_attachment_draft_id_report_draft"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attachment_public_id")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachment_stored_name")),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachment_draft_id"), "attachment", ["draft_id"], unique=False)
    op.create_table(
        "case_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "submitted", "sent_back", "published", name="answer_state", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("solved", "partly", "explained", "unfounded", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NOT NULL) = (state IN ('sent_back', 'published'))", name=op.f("ck_case_answer_decided_has_instant")
        ),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 10000", name=op.f("ck_case_answer_text_length")),
        sa.ForeignKeyConstraint(["author_id"], ["staff_user.id"], name=op.f("fk_case_answer_author_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_answer_case_id_cases")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_user.id"], name=op.f("fk_case_answer_decided_by_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_answer")),
    )
    op.create_index(op.f("ix_case_answer_case_id"), "case_answer", ["case_id"], unique=False)
    op.create_index(
        "uq_case_answer_one_current", "case_answer", ["case_id"], unique=True, postgresql_where="state IN ('draft', 'submitted')"
    )
    op.create_index("uq_case_answer_one_published", "case_answer", ["case_id"], unique=True, postgresql_where="state = 'published'")
    op.create_table(
        "case_contact",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_contact_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_contact")),
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("move", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column(
            "who",
            sa.Enum(
                "citizen",
                "system",
                "front_desk",
                "handler",
                "agency_head",
                "inspectorate",
                "leadership",
                "administrator",
                name="who",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("from_agency_id", sa.Integer(), nullable=True),
        sa.Column("to_agency_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["staff_user.id"], name=op.f("fk_case_event_actor_id_staff_user")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_event_case_id_cases")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name=op.f("fk_case_event_from_agency_id_agency")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name=op.f("fk_case_event_to_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"], unique=False)
    op.create_table(
        "case_rating",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "solved", sa.Enum("yes", "partly", "no", name="solved", native_enum=False, create_constraint=True, length=32), nullable=False
        ),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 5", name=op.f("ck_case_rating_satisfaction_range")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_rating_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_rating")),
    )
    op.create_table(
        "case_suggestion",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("category_code", sa.String(length=40), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("misconduct", sa.Boolean(), nullable=False),
        sa.Column("misconduct_confidence", sa.Double(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("spam", sa.Boolean(), nullable=False),
        sa.Column("insult", sa.Boolean(), nullable=False),
        sa.Column("abstain", sa.Boolean(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("routing_reason", sa.Text(), nullable=False),
        sa.Column("decided_category_code", sa.String(length=40), nullable=True),
        sa.Column("decided_agency_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_suggestion_agency_id_agency")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_suggestion_case_id_cases")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_case_suggestion_category_code_category")),
        sa.ForeignKeyConstraint(["decided_agency_id"], ["agency.id"], name=op.f("fk_case_suggestion_decided_agency_id_agency")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff_user.id"], name=op.f("fk_case_suggestion_decided_by_id_staff_user")),
        sa.ForeignKeyConstraint(
            ["decided_category_code"], ["category.code"], name=op.f("fk_case_suggestion_decided_category_code_category")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_suggestion")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case_waits",
                "case_returned",
                "answer_to_approve",
                "answer_sent_back",
                "answered",
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "held", "no_address", name="notice_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("case_public_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(sent_at IS NOT NULL) = (state = 'sent')", name=op.f("ck_notice_sent_has_instant")),
        sa.CheckConstraint("(user_id IS NULL) <> (case_id IS NULL)", name=op.f("ck_notice_one_recipient")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notice_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_notice_user_id_staff_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    for statement in INSERT_ONLY:
        op.execute(statement)


def downgrade() -> None:
    for statement in NO_LONGER_INSERT_ONLY:
        op.execute(statement)
    op.drop_table("notice")
    op.drop_table("case_suggestion")
    op.drop_table("case_rating")
    op.drop_index(op.f("ix_case_event_case_id"), table_name="case_event")
    op.drop_table("case_event")
    op.drop_table("case_contact")
    op.drop_index("uq_case_answer_one_published", table_name="case_answer", postgresql_where="state = 'published'")
    op.drop_index("uq_case_answer_one_current", table_name="case_answer", postgresql_where="state IN ('draft', 'submitted')")
    op.drop_index(op.f("ix_case_answer_case_id"), table_name="case_answer")
    op.drop_table("case_answer")
    op.drop_index(op.f("ix_attachment_draft_id"), table_name="attachment")
    op.drop_index(op.f("ix_attachment_case_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index("ix_cases_search", table_name="cases", postgresql_using="gin")
    op.drop_index("ix_cases_received", table_name="cases")
    op.drop_index("ix_cases_inbox", table_name="cases")
    op.drop_index("ix_cases_due", table_name="cases")
    op.drop_index("ix_cases_area", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_staff_user_agency_id"), table_name="staff_user")
    op.drop_table("staff_user")
    op.drop_table("routing_rule")
    op.drop_index("ix_procedure_category_code", table_name="procedure")
    op.drop_table("procedure")
    op.drop_index("uq_agency_one_triage", table_name="agency", postgresql_where="is_triage AND valid_to IS NULL")
    op.drop_index("uq_agency_one_desk", table_name="agency", postgresql_where="is_desk AND valid_to IS NULL")
    op.drop_index("ix_agency_area_id", table_name="agency")
    op.drop_table("agency")
    op.drop_index("ix_sign_in_attempt_source", table_name="sign_in_attempt")
    op.drop_index(op.f("ix_sign_in_attempt_at"), table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_account", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("report_draft")
    op.drop_table("rate_limit")
    op.drop_table("limit_salt")
    op.drop_table("holiday")
    op.drop_table("deadline_rule")
    op.drop_table("city_setting")
    op.drop_table("category")
    op.drop_index("ix_area_district_area_id", table_name="area")
    op.drop_table("area")
    op.execute(sa.schema.DropSequence(sa.Sequence("case_reference_seq")))
