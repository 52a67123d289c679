"""Tables of a case: the case itself, what happened to it, who sent it, what the machine thought, what was answered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary, Sequence, String, Text
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.accounts.models import User
from feedback.cases.workflow import OPEN_STATES, State, Who
from feedback.city.models import Agency, Area, Category, Procedure, Track
from feedback.db import Base, UtcDateTime, enum_column
from feedback.sealing import CaseKey, Sealable, sealable

#: Numbers of procedural references. Sealed cases never draw from it: a gap would tell that one exists (security D4).
REFERENCE_NUMBERS = Sequence("case_reference_seq", metadata=Base.metadata)

_OPEN = f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN_STATES))})"


class Channel(StrEnum):
    """How a report came in."""

    WEB = "web"
    PHONE = "phone"
    PAPER = "paper"
    COUNTER = "counter"
    IMPORT = "import"
    PARTNER = "partner"  # another system, by its key


class Outcome(StrEnum):
    """What the answer says of the matter."""

    SOLVED = "solved"  # đã giải quyết
    PARTLY = "partly"  # giải quyết một phần, còn bước tiếp theo
    EXPLAINED = "explained"  # giải thích, hướng dẫn
    UNFOUNDED = "unfounded"  # đã kiểm tra, không đúng như phản ánh


class Refusal(StrEnum):
    """Why a report is not taken on. A wrong agency is no reason: the case is handed on instead (NĐ 92/2017, TT 05/2021/TT-TTCP)."""

    UNCLEAR = "unclear"  # không rõ nội dung sau khi đã đề nghị bổ sung
    SETTLED = "settled"  # đã được trả lời, giải quyết hết thẩm quyền
    COURT = "court"  # đang hoặc đã được Tòa án giải quyết
    PRIVATE = "private"  # tranh chấp dân sự giữa các bên
    NEEDS_PETITION = "needs_petition"  # khiếu nại, tố cáo: phải có đơn ký tên
    TIME_BARRED = "time_barred"  # hết thời hiệu khiếu nại
    OUTSIDE = "outside"  # ngoài thẩm quyền của các cơ quan Thành phố
    SPAM = "spam"  # quảng cáo, nội dung thử


class AnswerState(StrEnum):
    """Where an answer stands between handler and head."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"
    #: Given to the citizen, who had the case opened again; the later answer counts.
    SUPERSEDED = "superseded"


class Solved(StrEnum):
    """The citizen's word on whether the matter is really solved."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Case(Sealable, Base):
    """One report and everything the city owes its sender."""

    __tablename__ = "cases"
    WORDS: ClassVar = {"text": "", "text_folded": "", "place": "", "guidance": ""}
    CASE: ClassVar = "id"
    NAME: ClassVar = ("public_id",)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    #: Random, for addresses of pages; says nothing about how many cases there are.
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    #: PA-2026-004512, given when the case is not (or no longer) sealed.
    reference: Mapped[str | None] = mapped_column(String(20), unique=True)
    #: HMAC of the tracking code, which itself is nowhere stored (security D1); also the key against double submits.
    code_hmac: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    track: Mapped[Track] = mapped_column(enum_column(Track))
    state: Mapped[State] = mapped_column(enum_column(State))
    #: True until the machine or the inspectorate has cleared it: hidden from everybody but the inspectorate (D12).
    sealed: Mapped[bool] = mapped_column(default=True)
    plain_text: Mapped[str] = mapped_column("text", Text)
    text = sealable("text")
    plain_text_folded: Mapped[str] = mapped_column("text_folded", Text)
    text_folded = sealable("text_folded")
    #: Agencies a sealed report accuses, and those that must not learn of it: the accused and everything beneath (`accused.py`).
    accused_agency_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    excluded_agency_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    #: House number, street, landmark as the citizen wrote it.
    plain_place: Mapped[str] = mapped_column("place", String(300), default="")
    place = sealable("place")
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    #: What the citizen said the field is, when he overruled the machine.
    citizen_category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    procedure_id: Mapped[int | None] = mapped_column(ForeignKey("procedure.id"))
    #: The one agency responsible at this instant.
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: Where a transfer is under way to; the sender stays responsible until it is accepted.
    to_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: True while the front desk function of the agency holds the case, not its handlers.
    at_desk: Mapped[bool] = mapped_column(default=True)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    #: The case a duplicate follows.
    lead_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    #: The report this matter was split from.
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    refusal: Mapped[Refusal | None] = mapped_column(enum_column(Refusal))
    #: What the citizen can do instead, in words for him.
    plain_guidance: Mapped[str] = mapped_column("guidance", Text, default="")
    guidance = sealable("guidance")
    #: How often the case went from agency to agency, came back, was opened again, and its sender was asked for more.
    hops: Mapped[int] = mapped_column(default=0)
    returns: Mapped[int] = mapped_column(default=0)
    reopenings: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int] = mapped_column(default=0)
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    #: Language the citizen wrote the form in; answers' notices follow it.
    language: Mapped[str] = mapped_column(String(2), default="vi")
    wants_public: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool]
    urgent: Mapped[bool] = mapped_column(default=False)
    #: Deadline rule in force for this case (feedback/city/data/deadline_rules.csv).
    rule_code: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What the clocks give now; recomputed from pauses, extensions, rules and calendar, each change kept in `due_change`.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Where the promised limit starts: receipt, acceptance of a petition, or the last reopening.
    clock_from: Mapped[datetime] = mapped_column(UtcDateTime)
    forwarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Grows with every write; carried by forms so that a lost update is noticed.
    version: Mapped[int] = mapped_column(default=1)

    #: Read when words are opened or sealed; held here, so that one act reads it once.
    key: Mapped[CaseKey | None] = relationship(back_populates="case")
    agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[agency_id])
    to_agency: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[to_agency_id])
    area: Mapped[Area | None] = relationship(lazy="raise")
    category: Mapped[Category] = relationship(lazy="raise", foreign_keys=[category_code])
    procedure: Mapped[Procedure | None] = relationship(lazy="raise")
    handler: Mapped[User | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy declares it as an instance variable
    __table_args__ = (
        CheckConstraint("sealed OR reference IS NOT NULL", name="open_case_has_reference"),
        CheckConstraint("NOT sealed OR reference IS NULL", name="sealed_case_has_no_reference"),
        CheckConstraint("sealed OR state NOT IN ('received', 'triage')", name="unread_case_is_sealed"),
        CheckConstraint("NOT sealed OR state NOT IN ('sorting', 'forwarded')", name="desk_case_is_open"),
        CheckConstraint("(answered_at IS NOT NULL) = (state IN ('answered', 'closed'))", name="answered_has_instant"),
        CheckConstraint("(closed_at IS NOT NULL) = (state IN ('closed', 'refused', 'withdrawn', 'merged'))", name="ended_has_instant"),
        CheckConstraint("(to_agency_id IS NOT NULL) = (state = 'forwarded')", name="under_way_has_receiver"),
        CheckConstraint("(lead_case_id IS NOT NULL) = (state = 'merged')", name="merged_has_lead"),
        CheckConstraint("lead_case_id <> id AND split_from_id <> id", name="not_its_own_kin"),
        CheckConstraint("(refusal IS NOT NULL) = (state = 'refused')", name="refused_has_code"),
        CheckConstraint("refusal IS NULL OR guidance <> '' OR sealed", name="refused_has_guidance"),
        CheckConstraint("at_desk OR state NOT IN ('received', 'sorting')", name="sorted_at_desk"),
        CheckConstraint(
            "NOT at_desk OR state NOT IN ('triage', 'in_progress', 'suspended', 'awaiting_approval', 'referee')", name="worked"
        ),
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        # Open work by its date: an agency owes a few hundred answers and has given a hundred thousand.
        Index("ix_cases_open", "agency_id", "due_at", "id", postgresql_where=_OPEN),
        CheckConstraint("sealed OR char_length(text) BETWEEN 1 AND 5000", name="text_length"),
        CheckConstraint("NOT sealed OR text || text_folded || place || guidance = ''", name="sealed_case_has_no_plain_words"),
        CheckConstraint("sealed OR words_sealed IS NULL", name="open_case_has_no_sealed_words"),
        CheckConstraint(
            "agency_id <> ALL (excluded_agency_ids) AND coalesce(to_agency_id, 0) <> ALL (excluded_agency_ids)",
            name="accused_does_not_handle",
        ),
        CheckConstraint("sealed OR excluded_agency_ids = '{}'", name="open_case_accuses_nobody"),
        Index("ix_cases_due", "due_at", "id"),
        Index("ix_cases_under_way", "to_agency_id", "due_at", "id", postgresql_where="to_agency_id IS NOT NULL"),
        Index("ix_cases_lead", "lead_case_id", postgresql_where="lead_case_id IS NOT NULL"),
        Index("ix_cases_split_from", "split_from_id", postgresql_where="split_from_id IS NOT NULL"),
        Index("ix_cases_received", "received_at"),
        # What waits to be read: a handful, however many cases there are.
        Index("ix_cases_unread", "id", postgresql_where="state = 'received'"),
        Index("ix_cases_area", "area_id"),
        Index("ix_cases_newest", "agency_id", "due_at", "id"),
        # Each word with and without its marks, and the agency responsible: feedback/cases/matching.py.
        Index(
            "ix_cases_search",
            sql_text(
                "to_tsvector('simple'::regconfig, (((text_folded || ' '::text) || lower(text)) || ' agency'::text) || agency_id::text)"
            ),
            postgresql_using="gin",
        ),
    )


class CaseEvent(Sealable, Base):
    """One move in the life of a case; rows are added, never changed."""

    __tablename__ = "case_event"
    WORDS: ClassVar = {"reason": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    move: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str | None] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    who: Mapped[Who] = mapped_column(enum_column(Who))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    from_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    #: The agency a move points to without making it responsible: receiver of a transfer, co-handling agency.
    other_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    #: The reason given with the move; for staff, never shown to the citizen as it is.
    plain_reason: Mapped[str] = mapped_column("reason", Text, default="")
    reason = sealable("reason")

    to_agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[to_agency_id])
    other_agency: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[other_agency_id])
    actor: Mapped[User | None] = relationship(lazy="raise")


class Contact(Base):
    """Who sent the report, always sealed with the case's data key (security D5). An anonymous case has no row."""

    __tablename__ = "case_contact"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Suggestion(Sealable, Base):
    """What the machine thought of the text, and what the desk made of it: the material to learn from."""

    __tablename__ = "case_suggestion"
    WORDS: ClassVar = {"reasons": []}
    NAME: ClassVar = ("case_id",)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: False: the classifier failed or ran out of time, which counts as a sign of misconduct.
    worked: Mapped[bool]
    model_version: Mapped[str] = mapped_column(String(64), default="")
    category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    confidence: Mapped[float] = mapped_column(default=0.0)
    #: [[category, confidence], …], best first, without the suggested one.
    alternatives: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    #: The writer's own words that carried the decision.
    plain_reasons: Mapped[list[Any]] = mapped_column("reasons", JSONB, default=list)
    reasons = sealable("reasons")
    misconduct: Mapped[bool]
    misconduct_confidence: Mapped[float] = mapped_column(default=1.0)
    urgent: Mapped[bool] = mapped_column(default=False)
    spam: Mapped[bool] = mapped_column(default=False)
    insult: Mapped[bool] = mapped_column(default=False)
    abstain: Mapped[bool] = mapped_column(default=True)
    #: Agency that routing proposes, with its reason in words.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    routing_reason: Mapped[str] = mapped_column(Text, default="")
    decided_category_code: Mapped[str | None] = mapped_column(ForeignKey("category.code"))
    decided_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Answer(Sealable, Base):
    """One version of an answer; a sent-back answer stays, its successor is a new row."""

    __tablename__ = "case_answer"
    WORDS: ClassVar = {"text": "", "comment": ""}

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    state: Mapped[AnswerState] = mapped_column(enum_column(AnswerState))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    plain_text: Mapped[str] = mapped_column("text", Text)
    text = sealable("text")
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The head who approved or sent back, when, and his words to the handler.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plain_comment: Mapped[str] = mapped_column("comment", Text, default="")
    comment = sealable("comment")

    author: Mapped[User] = relationship(lazy="raise", foreign_keys=[author_id])
    __table_args__ = (
        CheckConstraint("words_sealed IS NOT NULL OR char_length(text) BETWEEN 1 AND 10000", name="text_length"),
        CheckConstraint("(decided_at IS NOT NULL) = (state IN ('sent_back', 'published', 'superseded'))", name="decided_has_instant"),
        Index("uq_case_answer_one_current", "case_id", unique=True, postgresql_where="state IN ('draft', 'submitted')"),
        Index("uq_case_answer_one_published", "case_id", unique=True, postgresql_where="state = 'published'"),
    )


class Rating(Sealable, Base):
    """The citizen's word on an answer; a reopened case can get one for each of its rounds."""

    __tablename__ = "case_rating"
    WORDS: ClassVar = {"comment": ""}
    NAME: ClassVar = ("case_id", "round")

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    #: How often the case had been opened again when the answer came.
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    solved: Mapped[Solved] = mapped_column(enum_column(Solved))
    #: 1 (rất không hài lòng) to 5 (rất hài lòng); None when the citizen left it out.
    satisfaction: Mapped[int | None]
    plain_comment: Mapped[str] = mapped_column("comment", Text, default="")
    comment = sealable("comment")
    rated_on: Mapped[date]

    __table_args__ = (CheckConstraint("satisfaction BETWEEN 1 AND 5", name="satisfaction_range"),)
