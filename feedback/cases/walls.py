"""The same rules as in access.py, in the database: row-level security, for queries that forget to ask (security D6, docs/adr/0007).

What a policy lets through is the union of what Python lets this kind of actor see by any door: never less, and more only where said.
Policies are no migration: they follow from the code as it is and are put up again whenever they differ (`stand`, `raise_walls`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from feedback.config import APP_ROLE as ROLE

# What the transaction was told (feedback/acting.py). Written as sub-selects, each is read once for a query and not once for a row.
#: A head of agency sees what his handlers see.
WHO = "(SELECT CASE current_setting('app.who', true) WHEN 'agency_head' THEN 'handler' ELSE current_setting('app.who', true) END)"
AGENCY = "(SELECT nullif(current_setting('app.agency', true), '')::bigint)"
USER = "(SELECT nullif(current_setting('app.user', true), '')::bigint)"
AT_HAND = "(SELECT string_to_array(current_setting('app.cases', true), ','))::bigint[]"

#: `access._seen_by`, line by line; beside it what access.py gives by other doors: cases to check blindly,
#: cases that are public, sealed ones that accuse the inspectorate.
SEES = f"""
CASE {WHO}
    WHEN 'front_desk' THEN NOT sealed AND (agency_id = {AGENCY} AND at_desk OR @schema.case_is_drawn(id))
    WHEN 'handler' THEN NOT sealed
        AND (agency_id = {AGENCY} AND NOT at_desk OR to_agency_id = {AGENCY} OR id IN (SELECT @schema.cases_helped({AGENCY})))
    WHEN 'inspectorate' THEN sealed AND agency_id = {AGENCY} AND state <> 'received' AND NOT @schema.case_concerns(id, {USER})
    WHEN 'leadership' THEN NOT sealed OR agency_id = {AGENCY} AND state <> 'received' AND NOT @schema.case_concerns(id, {USER})
    WHEN 'citizen' THEN NOT sealed AND wants_public AND state IN ('answered', 'closed') AND @schema.case_is_public(id, answered_at)
    WHEN 'system' THEN true
    ELSE false
END OR id = ANY ({AT_HAND})
"""
#: Whether the actor sees the case. The OFFSET keeps PostgreSQL from reading all cases once, so as to have an answer ready for every row:
#: whoever reads the first twenty rows of a list would wait for that.
_SEEN = "EXISTS (SELECT FROM cases seen WHERE seen.id = {column} OFFSET 0)"
#: What belongs to a case is seen by whoever sees the case.
OF_A_CASE = f"{WHO} = 'system' OR {{column}} = ANY ({AT_HAND}) OR {_SEEN}"
#: The same of a row that is being written, asked by a function: it costs nothing as long as nobody asks it, and whoever makes a case has it
#: at hand. A sub-select is set up with every statement that writes, used or not.
ADDED_TO_A_CASE = f"{WHO} = 'system' OR {{column}} = ANY ({AT_HAND}) OR @schema.case_is_seen({{column}})"


def _only(*who: str) -> str:
    """For these kinds of actors. As a CASE, which the planner takes for half of the table; of an IN it expects a hundredth."""
    return f"CASE {WHO} " + "".join(f"WHEN '{one}' THEN true " for one in who) + "ELSE false END"


#: Tables whose rule is another one.
OWN_RULES: Mapping[str, str] = {
    "cases": SEES,
    # Who sent it: for those who answer him, never for leadership or the desk's blind checks.
    "case_contact": f"{WHO} = 'system' OR case_id = ANY ({AT_HAND}) "
    f"OR {WHO} IN ('handler', 'inspectorate') AND {_SEEN.format(column='case_contact.case_id')}",
    # The same as for other tables, by functions: lists of cases are found by this table, and the planner would shy at a sub-select here.
    "case_partner": f"{WHO} = 'system' OR case_id = ANY ({AT_HAND}) "
    f"OR CASE WHEN {WHO} = 'handler' AND agency_id = {AGENCY} AND state IN ('asked', 'accepted', 'reported') "
    "THEN NOT @schema.about_sealed_case(case_id) ELSE @schema.case_is_seen(case_id) END",
    # No name, no agency, no word: for the figures of those who examine and those who answer for them.
    "conduct_finding": _only("system", "inspectorate", "leadership"),
    # Figures: leadership's, and sealed cases stand there without ward, agency and procedure.
    "measure_case": _only("system", "leadership"),
    "alert": _only("system", "leadership"),
    "measure_touched": f"{WHO} = 'system'",
    # Files of a report that is still being written belong to its writer.
    "attachment": f"CASE WHEN case_id IS NULL THEN {WHO} IN ('citizen', 'system') ELSE {OF_A_CASE.format(column='attachment.case_id')} END",
    "report_draft": _only("citizen", "system"),
    # Messages to other systems: added by whoever moves a case, looked after by administrators; one about a sealed case would tell of it.
    "partner_delivery": f"CASE {WHO} WHEN 'system' THEN true "
    f"WHEN 'administrator' THEN NOT @schema.about_sealed_case(case_id) ELSE case_id = ANY ({AT_HAND}) END",
    # The administrator looks after the post; a letter about a sealed case would tell him that there is one.
    "notice": f"CASE {WHO} WHEN 'system' THEN true "
    "WHEN 'administrator' THEN NOT @schema.about_sealed_case(case_id, case_public_id) ELSE false END",
}
#: Rows of the record are added by everybody who acts; about cases only the system reads them.
RECORD_READ = (
    f"CASE {WHO} WHEN 'system' THEN true WHEN 'citizen' THEN subject_kind = 'user' WHEN '' THEN false ELSE subject_kind <> 'case' END"
)
RECORD_ADDED = f"{WHO} <> ''"
#: Tables whose rows nobody changes: also by right, besides the triggers (feedback/audit/models.py).
INSERT_ONLY = ("audit_entry", "audit_head", "correction")

#: Questions that policies ask of other tables, past the policies there (two that ask each other would never end), and the way to the
#: text index: `@@` might tell of a row before its policy is asked, so under a policy PostgreSQL does not use the index for it. These
#: functions do, and ask the policy themselves (`@sees`).
FUNCTIONS: Mapping[str, str] = {
    "cases_helped(agency bigint) RETURNS SETOF bigint": (
        "SELECT case_id FROM case_partner WHERE agency_id = agency AND state IN ('asked', 'accepted', 'reported')"
    ),
    # What the holder of a tracking code follows: his case, its parts, and the case that one of them was merged into.
    "cases_of_code(code bytea) RETURNS SETOF bigint": (
        "WITH RECURSIVE own AS (SELECT id, lead_case_id FROM cases WHERE code_hmac = code "
        "UNION SELECT part.id, part.lead_case_id FROM cases part JOIN own ON part.split_from_id = own.id) "
        "SELECT id FROM own UNION SELECT lead_case_id FROM own WHERE lead_case_id IS NOT NULL"
    ),
}
#: An officer's statements are planned anew (`ANEW` in feedback/acting.py), and with them every call of what is asked row by row. That finds
#: by key, and one plan is good for all.
PLANNED_ONCE = "SET plan_cache_mode = force_generic_plan"
#: The same, asked of one row after the other: as plpgsql many times faster than as SQL.
QUESTIONS: Mapping[str, str] = {
    "case_concerns(key bigint, officer bigint) RETURNS boolean": (
        "EXISTS (SELECT FROM @schema.conduct_exclusion WHERE case_id = key AND user_id = officer)"
    ),
    "case_is_drawn(key bigint) RETURNS boolean": "EXISTS (SELECT FROM @schema.check_draw WHERE case_id = key)",
    "case_is_seen(key bigint) RETURNS boolean": f"EXISTS (SELECT FROM @schema.cases WHERE id = key AND ({SEES}))",
    "about_sealed_case(key bigint, public text DEFAULT '') RETURNS boolean": (
        "EXISTS (SELECT FROM @schema.cases WHERE id = key AND sealed) "
        "OR EXISTS (SELECT FROM @schema.cases WHERE public_id = public AND sealed)"
    ),
    # Asked for every report that is sent; the policy of files is long, and its plan would be made anew each time.
    "draft_has_files(key bigint) RETURNS boolean": "EXISTS (SELECT FROM @schema.attachment WHERE draft_id = key)",
    "case_is_public(key bigint, answered timestamptz) RETURNS boolean": (
        "EXISTS (SELECT FROM @schema.case_publication WHERE case_id = key AND published_at >= answered)"
    ),
}
#: Whether the caller works as the owner of the tables, whom no policy binds.
_UNBOUND = "(SELECT current_setting('role') = 'none' AND session_user = current_user)"
SEARCHES: Mapping[str, str] = {
    "cases_matching(wanted tsquery, since timestamptz, until timestamptz) RETURNS SETOF bigint": (
        "SELECT id FROM cases WHERE to_tsvector('simple'::regconfig, text_folded || ' ' || lower(text) || ' agency' || agency_id::text) "
        "@@ $1 AND ($2 IS NULL OR received_at >= $2) AND ($3 IS NULL OR received_at <= $3) AND (@unbound OR @sees)"
    ),
    "publications_matching(wanted tsquery) RETURNS SETOF bigint": (
        "WITH found AS MATERIALIZED (SELECT case_id FROM case_publication WHERE to_tsvector('simple'::regconfig, text_folded) @@ $1) "
        "SELECT id FROM cases JOIN found ON case_id = id AND NOT sealed AND wants_public AND state IN ('answered', 'closed')"
    ),
}
#: Functions of other migrations that work for whoever adds: the end of a chain is found by whoever adds to it, readable for him or not;
#: an officer's act queues work he could not read, the queue itself is closed to him.
TRUSTED_ALREADY = ("audit_tip(text, text, integer)", "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])")
_TRUSTED = "SECURITY DEFINER SET search_path = @schema, pg_temp"

_MAY_HELP = (
    f"The role {ROLE} is missing or cannot be taken on. Ask whoever runs the database server for: "
    f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <the account in DATABASE_URL>; "
    f"Vai trò {ROLE} chưa có hoặc chưa dùng được; xin nhờ người quản trị máy chủ cơ sở dữ liệu chạy hai lệnh trên."
)
#: Tables that hold something of a case: every one that refers to a case, and those with a rule of their own. Name and column.
_TABLES = text("""
    SELECT c.relname, min(a.attname) FILTER (WHERE k.confrelid IS NOT NULL) FROM pg_class c
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = to_regclass('cases')
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND (k.oid IS NOT NULL OR c.relname = ANY (:own))
    GROUP BY c.relname ORDER BY c.relname
""")
_STANDING = text("""
    SELECT count(*) FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'seen'
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY (:tables) AND c.relrowsecurity
    AND obj_description(p.oid, 'pg_policy') = :print
""")
_UNGRANTED = text("""
    SELECT count(*) FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    AND pg_get_userbyid(relowner) = current_user AND relname !~ '^(procrastinate_|alembic_)'
    AND NOT has_table_privilege(:role, oid, 'INSERT')
""")


#: Tables the application has no business with: the queue is the worker's, who signs in as the owner.
_CLOSED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') "
    "AND relname ~ '^(procrastinate_|alembic_)' ORDER BY 1"
)


class NoRole(Exception):
    """The application's role cannot be made or taken on; the message says what the database's administrator must run."""


def fingerprint() -> str:
    """Short for all rules as they are in the code; kept beside the policies to see whether they are these."""
    rules = (
        SEES,
        OF_A_CASE,
        ADDED_TO_A_CASE,
        RECORD_READ,
        RECORD_ADDED,
        *OWN_RULES.items(),
        *FUNCTIONS.items(),
        *QUESTIONS.items(),
        PLANNED_ONCE,
        *SEARCHES.items(),
        INSERT_ONLY,
    )
    return sha256(repr(rules).encode()).hexdigest()[:16]


def tables(connection: Connection) -> dict[str, tuple[str, str]]:
    """The rules of every table that holds something of a case, by its name: which rows are seen, and which may be written."""
    return {name: _rules_of(name, column) for name, column in connection.execute(_TABLES, {"own": list(OWN_RULES)})}


def _rules_of(table: str, column: str) -> tuple[str, str]:
    if table in OWN_RULES:
        return OWN_RULES[table], OWN_RULES[table]
    return OF_A_CASE.format(column=f"{table}.{column}"), ADDED_TO_A_CASE.format(column=f"{table}.{column}")


def stand(connection: Connection) -> bool:
    """Whether the policies in the database are those of the code, on every table that needs one."""
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}):
        return False
    wanted = [*tables(connection), "audit_entry"]
    up = connection.scalar(_STANDING, {"tables": wanted, "print": fingerprint()})
    return up == len(wanted) and not connection.scalar(_UNGRANTED, {"role": ROLE})


def raise_walls(connection: Connection) -> None:
    """Put up functions, policies and rights as the code has them, in the caller's transaction. Raises NoRole."""
    ensure_role(connection)
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for statement in (*_statements(tables(connection)), *_rights(connection.scalars(_CLOSED).all())):
        connection.exec_driver_sql(statement.replace("@schema", schema))


def fell_walls(connection: Connection) -> None:
    """Take down what `raise_walls` put up, so that older code works as it did; the role stays, other databases may use it."""
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    for name in (*tables(connection), "audit_entry"):
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS seen ON {name}")
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql("DROP POLICY IF EXISTS added ON audit_entry")
    for head in (*FUNCTIONS, *QUESTIONS, *SEARCHES):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {head.partition('(')[0]}")
    for function in TRUSTED_ALREADY:
        connection.exec_driver_sql(f"ALTER FUNCTION {function} SECURITY INVOKER RESET search_path")
    for kind in ("TABLES", "SEQUENCES"):
        connection.exec_driver_sql(f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {ROLE}")
    connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA {schema} FROM {ROLE}")


def search_body(head: str) -> str:
    """The query inside one of the functions for the text index."""
    return SEARCHES[head].replace("@unbound", _UNBOUND).replace("@sees", SEES)


def ensure_role(connection: Connection) -> None:
    """Make the role where we may, and make sure that we can take it on. Raises NoRole with what to ask for."""
    try:
        with connection.begin_nested():
            connection.execute(text(_MAKE_ROLE))
            connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
            connection.execute(text("SET LOCAL ROLE NONE"))
    except ProgrammingError as error:
        raise NoRole(_MAY_HELP) from error


_MAKE_ROLE = f"""
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
            BEGIN
                CREATE ROLE {ROLE} NOLOGIN;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was faster
            END;
            GRANT {ROLE} TO CURRENT_USER;
        END IF;
    END $$
"""


def _statements(rules: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for head, body in FUNCTIONS.items():
        # Bound to its tables when it is made, whatever the caller's search path.
        yield f"CREATE OR REPLACE FUNCTION {head} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER BEGIN ATOMIC {body}; END"
    for head, body in QUESTIONS.items():
        trusted = f"STABLE PARALLEL SAFE SECURITY DEFINER {PLANNED_ONCE}"
        yield f"CREATE OR REPLACE FUNCTION {head} LANGUAGE plpgsql {trusted} AS $$ BEGIN RETURN {body}; END $$"
    for name, (seen, written) in rules.items():
        yield from _policy(name, f"USING ({seen}) WITH CHECK ({written})")
    yield from _policy("audit_entry", f"FOR SELECT USING ({RECORD_READ})")
    yield "DROP POLICY IF EXISTS added ON audit_entry"
    yield f"CREATE POLICY added ON audit_entry FOR INSERT WITH CHECK ({RECORD_ADDED})"
    for head in SEARCHES:
        # Planned anew for every search: how to look for a word depends on how frequent it is.
        arguments = ", ".join(f"${number}" for number in range(1, head.count(",") + 2))
        yield (
            f"CREATE OR REPLACE FUNCTION {head} LANGUAGE plpgsql STABLE PARALLEL SAFE {_TRUSTED} AS $body$ "
            f"BEGIN RETURN QUERY EXECUTE $query$ {search_body(head)} $query$ USING {arguments}; END $body$"
        )
    for function in TRUSTED_ALREADY:
        yield f"ALTER FUNCTION {function} {_TRUSTED}"


def _rights(closed: Sequence[str]) -> Iterator[str]:
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA @schema TO {ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA @schema TO {ROLE}"
    yield f"GRANT USAGE ON SCHEMA @schema TO {ROLE}"
    yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(INSERT_ONLY)} FROM {ROLE}"
    yield f"REVOKE ALL ON {', '.join(closed)} FROM {ROLE}"


def _policy(table: str, rule: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS seen ON {table}"
    yield f"CREATE POLICY seen ON {table} {rule}"
    yield f"COMMENT ON POLICY seen ON {table} IS '{fingerprint()}'"
