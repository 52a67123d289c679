"""What the database itself refuses: every row of a case to whoever does not see the case, whatever the query forgets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DataError, ProgrammingError

from feedback import acting
from feedback.acting import System, acting_for
from feedback.attachments.models import Attachment
from feedback.audit.models import AuditEntry
from feedback.cases import walls
from feedback.cases.access import CITIZEN, Actor, follow_code, sealed_cases, visible_cases
from feedback.cases.learning_models import CheckDraw, Why
from feedback.cases.models import Case, CaseEvent, Contact
from feedback.cases.workflow import State
from feedback.city.loader import load_city
from feedback.cli import is_behind, migrate_database
from feedback.config import APP_ROLE as ROLE
from feedback.config import Config
from feedback.db import db, now
from feedback.jobs import defer
from tests.databases import admin, fresh_database
from tests.feedback.access.town import KNOWN, Town
from tests.feedback.officers import Office

#: Tables about a case by the names of their columns, and those among them that no policy hides.
UNWALLED = """
    SELECT DISTINCT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
    AND (a.attname LIKE '%case_id' OR a.attname LIKE 'case%public_id' OR c.relname = 'audit_entry')
    AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)) ORDER BY 1
"""


@pytest.fixture
def inside(town: Town) -> Iterator[Town]:
    """The town, with its application's context pushed."""
    with town.app.app_context():
        yield town
        db.session.remove()


def actor_of(town: Town, name: str) -> Actor:
    actor: Actor = getattr(town.office, name).actor
    return actor


def rows(table: str) -> int:
    return db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def unwalled(connection: Connection) -> list[str]:
    return list(connection.scalars(text(UNWALLED)))


def test_every_table_of_a_case_has_a_policy(inside: Town) -> None:
    """A new table that tells of cases needs a reference to `cases`, from which its policy follows, or a rule of its own."""
    assert unwalled(db.session.connection()) == []
    assert walls.stand(db.session.connection())
    db.session.execute(text("CREATE TABLE written_today (id bigint, case_id bigint)"))
    assert unwalled(db.session.connection()) == ["written_today"]
    db.session.execute(text("ALTER TABLE written_today ADD FOREIGN KEY (case_id) REFERENCES cases (id)"))
    assert not walls.stand(db.session.connection())
    walls.raise_walls(db.session.connection())
    assert unwalled(db.session.connection()) == []
    assert walls.stand(db.session.connection())
    db.session.rollback()


def test_what_policies_ask_row_by_row_is_not_planned_for_each_row(inside: Town) -> None:
    """An officer's statements are: two hundred cases an agency helps with took forty milliseconds to count."""
    names = [head.partition("(")[0] for head in walls.QUESTIONS]
    kept = text("SELECT count(*) FROM pg_proc WHERE proname = ANY (:names) AND 'plan_cache_mode=force_generic_plan' = ANY (proconfig)")
    with acting_for(System("test")):
        assert db.session.scalar(kept, {"names": names}) == len(names)


def test_no_list_waits_for_all_cases_to_be_read(inside: Town) -> None:
    """Twenty published cases took a second in a city of 300,000: the planner had an answer made ready for every case there is."""
    with acting_for(CITIZEN):
        for name, (rule, _written) in walls.tables(db.session.connection()).items():
            if name not in walls.OWN_RULES:
                plan = "\n".join(db.session.scalars(text(f"EXPLAIN SELECT FROM {name} LIMIT 20")))
                assert "seen" in plan, name
                assert " = (hashed SubPlan" not in plan.replace("(ANY (id = (hashed SubPlan", ""), rule


def test_without_an_actor_there_is_nothing(inside: Town) -> None:
    every = list(walls.tables(db.session.connection()))
    filled = {name for name in every if rows(name)}
    assert {
        "cases",
        "case_event",
        "case_contact",
        "attachment",
        "case_transfer",
        "case_partner",
        "case_answer",
        "case_suggestion",
    } <= filled
    db.session.rollback()
    db.session.execute(text(f"SET LOCAL ROLE {ROLE}"))
    assert {name: rows(name) for name in [*every, "audit_entry"]} == dict.fromkeys([*every, "audit_entry"], 0)


def test_nothing_is_carried_over_to_the_next_user_of_a_connection(inside: Town) -> None:
    who = text("SELECT pg_backend_pid(), current_user, current_setting('app.who', true), current_setting('app.cases', true)")
    db.session.remove()
    db.engine.dispose()  # from here on there is one connection to be given out
    with acting_for(System("a test")):
        acting.take_up(1, 2)
        worked = db.session.execute(who).one()
        db.session.rollback()
    after = db.session.execute(who).one()
    assert tuple(worked) == (after[0], ROLE, "system", "1,2")
    assert after[1] != ROLE
    assert not after[2]
    assert not after[3]


def test_work_of_the_system_that_fails_leaves_the_actor_as_he_was(inside: Town) -> None:
    with acting_for(actor_of(inside, "handler")):
        before = set(db.session.scalars(select(Case.public_id)))
        with pytest.raises(DataError), db.session.begin_nested():
            _divide_by_zero(len(before))
        assert set(db.session.scalars(select(Case.public_id))) == before


@acting.as_system("a test")
def _divide_by_zero(known: int) -> None:
    assert rows("cases") > known
    db.session.execute(text("SELECT 1 / 0"))


def test_the_rule_in_the_database_is_the_rule_in_python(inside: Town) -> None:
    """Over every shape a case can have: what a query without any filter gives is what `visible_cases` selects."""
    shapes(inside)
    sealed_and_not = (inside.cases["other"], inside.cases["sealed"])
    for public_id in (filed.public_id for filed in sealed_and_not):
        key = db.session.scalars(select(Case.id).where(Case.public_id == public_id)).one()
        db.session.add(CheckDraw(case_id=key, why=Why.RANDOM, drawn_at=now()))
    db.session.flush()
    for name in KNOWN:
        actor = actor_of(inside, name)
        expected = set(db.session.scalars(visible_cases(actor).with_only_columns(Case.id)))
        assert bool(expected) == bool(KNOWN[name])
        if name == "desk":  # besides its own: what was drawn for a blind check
            drawn = select(Case.id).join(CheckDraw, CheckDraw.case_id == Case.id).where(Case.sealed.is_(False))
            expected |= set(db.session.scalars(drawn))
        if name == "leader":  # besides the open ones: those that accuse the inspectorate
            expected |= set(db.session.scalars(sealed_cases(actor).with_only_columns(Case.id)))
        with acting_for(actor):
            assert set(db.session.scalars(select(Case.id))) == expected, name
            assert set(db.session.scalars(select(CaseEvent.case_id))) <= expected, name
            assert bool(rows("case_contact")) == (name in ("handler", "head", "stranger", "inspector"))
    db.session.rollback()


def shapes(town: Town) -> None:
    """Every combination of state, seal, desk and agencies that the tables allow, until the transaction ends."""
    model = db.session.execute(select(Case.__table__).limit(1)).one()._mapping
    office, number = town.office, 0
    for state in State:
        for sealed in (True, False):
            for at_desk in (True, False):
                for agency in (office.agency, office.other, actor_of(town, "desk").agency_id, actor_of(town, "inspector").agency_id):
                    number += 1
                    shape = {
                        "state": state,
                        "sealed": sealed,
                        "at_desk": at_desk,
                        "agency_id": agency,
                        "to_agency_id": office.agency if state is State.FORWARDED else None,
                        "public_id": f"shape{number}",
                        "code_hmac": number.to_bytes(32),
                        "reference": None if sealed else f"PA-1999-{number}",
                    }
                    values = {key: value for key, value in {**model, **shape}.items() if key != "id"}
                    _try(values)


def _try(values: dict[str, object]) -> None:
    try:
        with db.session.begin_nested():
            db.session.execute(Case.__table__.insert().values(**values))  # type: ignore[attr-defined]
    except Exception as error:  # a shape the tables do not allow
        if "CheckViolation" not in str(error):
            raise


def test_a_code_opens_its_own_case_and_no_other(inside: Town) -> None:
    own = db.session.scalars(select(Case).where(Case.public_id == inside.cases["sealed"].public_id)).one()
    code, key = own.code_hmac, own.id
    db.session.rollback()
    with acting_for(CITIZEN):
        assert follow_code(bytes(32)) == []
        assert rows("cases") == 0
        assert follow_code(code) == [key]
        assert list(db.session.scalars(select(Case.id))) == [key]
        assert set(db.session.scalars(select(Attachment.case_id))) == {key}
        assert set(db.session.scalars(select(CaseEvent.case_id))) == {key}
        assert rows("audit_entry WHERE subject_kind = 'case'") == 0
        db.session.rollback()
        assert list(db.session.scalars(select(Case.id))) == [key], "also in the request's next transaction"
    with acting_for(CITIZEN):
        assert rows("cases") == 0, "and not in the next request"


def test_what_an_officer_does_not_see_he_cannot_change(inside: Town) -> None:
    with acting_for(actor_of(inside, "stranger")):
        changed = db.session.execute(text("UPDATE cases SET place = 'x' WHERE public_id = :id"), {"id": inside.cases["own"].public_id})
        assert changed.rowcount == 0  # type: ignore[attr-defined]
        assert db.session.execute(text("DELETE FROM case_event")).rowcount < rows_as_owner("case_event")  # type: ignore[attr-defined]
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(text("UPDATE cases SET agency_id = :agency"), {"agency": inside.office.agency})
    db.session.rollback()


def rows_as_owner(table: str) -> int:
    with acting_for(None):
        return rows(table)


@pytest.mark.parametrize(
    "order", ["UPDATE audit_entry SET action = ''", "DELETE FROM audit_entry", "TRUNCATE audit_head", "DELETE FROM correction"]
)
@pytest.mark.parametrize("who", ["leader", "system"])
def test_the_record_is_added_to_and_never_changed_by_right_too(inside: Town, who: str, order: str) -> None:
    """Not only by the triggers: the role has no right to try."""
    with (
        acting_for(System("a test") if who == "system" else actor_of(inside, who)),
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        db.session.execute(text(order))
    db.session.rollback()


def test_an_officer_queues_work_but_does_not_read_the_queue(inside: Town) -> None:
    with acting_for(actor_of(inside, "handler")):
        defer("cases.classify", case_id=1)
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text("SELECT args FROM procrastinate_jobs"))
    db.session.rollback()


def test_leadership_reads_cases_but_not_who_sent_them(inside: Town) -> None:
    with acting_for(actor_of(inside, "leader")):
        assert rows("cases") > 0
        assert list(db.session.scalars(select(Contact))) == []


def test_the_record_of_cases_is_read_by_the_system_only(inside: Town) -> None:
    kinds = select(AuditEntry.subject_kind).distinct()
    for name in ("desk", "inspector", "admin"):
        with acting_for(actor_of(inside, name)):
            assert "case" not in set(db.session.scalars(kinds))
    with acting_for(System("a test")):
        assert "case" in set(db.session.scalars(kinds))


@pytest.mark.parametrize(
    ("name", "index"), [("cases_matching", "ix_cases_search"), ("publications_matching", "ix_case_publication_search")]
)
def test_search_uses_the_index_under_a_policy(inside: Town, name: str, index: str) -> None:
    """With the plain scan forbidden only an index over the very same expression can help."""
    body = next(walls.search_body(head) for head in walls.SEARCHES if head.startswith(name)).replace("@schema", "public")
    for place, value in (("$1", "to_tsquery('simple', 'rac | hem')"), ("$2", "NULL::timestamptz"), ("$3", "NULL::timestamptz")):
        body = body.replace(place, value)
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(db.session.connection().exec_driver_sql(f"EXPLAIN {body}").scalars())
    assert f"Bitmap Index Scan on {index}" in plan
    db.session.rollback()


@pytest.fixture
def foreign(server: Config) -> Iterator[Flask]:
    """An application on a database of a server run by others: its account owns the database and may do nothing else."""
    from wsgi import create_app

    account = "foreign_account"
    with admin() as connection:
        connection.execute(f"CREATE ROLE {account} LOGIN")
        with fresh_database("template1") as url:
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as own:
                own.execute(f"ALTER SCHEMA public OWNER TO {account}")
            app = create_app(dataclasses.replace(server, database_url=url.replace("liemchinh@", f"{account}@")))
            with app.app_context():
                yield app
                db.session.remove()
                db.engine.dispose()
        connection.execute(f"DROP ROLE {account}")


def test_on_a_server_of_others_the_right_to_ask_for_is_named(foreign: Flask) -> None:
    with admin() as connection:
        connection.execute(f"DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    with pytest.raises(walls.NoRole, match=f"GRANT {ROLE} TO"):
        migrate_database()
    db.session.remove()
    with admin() as connection:
        connection.execute(f"GRANT {ROLE} TO foreign_account")
    assert migrate_database()
    assert not is_behind()
    load_city("2025")
    Office(foreign).report()
    assert rows("cases") == 1
    db.session.rollback()
    db.session.execute(text(f"SET LOCAL ROLE {ROLE}"))
    assert rows("cases") == 0
