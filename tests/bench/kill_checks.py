"""What must be true after any number of kills: what people were told is there, whole and once (`tests.bench.kills`)."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from feedback.attachments.models import Attachment
from feedback.attachments.services import bytes_of, of_case, sweep
from feedback.attachments.storage import ORPHAN_AFTER_SECONDS, Store
from feedback.audit.services import record_keys
from feedback.audit.verify import verify
from feedback.cases import queries
from feedback.cases.models import Case
from feedback.crypto import SealBroken
from feedback.db import db
from feedback.intake.drafts import hmac_of
from feedback.notices.models import Notice, NoticeState
from feedback.operations.doctor import examine
from tests.bench.kill_people import Postbox, Seen

#: How long the queue may take to become empty: a job of a dead worker waits for half a minute, then for the next whole minute.
DRAIN_SECONDS = 600.0
WAITING = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
DUE = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND scheduled_at > now()"
#: Questions whose answer must be nothing.
NOTHING = {
    "cases without their beginning, or with two": (
        "SELECT c.id FROM cases c LEFT JOIN case_event e ON e.case_id = c.id AND e.move = 'submit' GROUP BY c.id HAVING count(e.id) <> 1"
    ),
    "cases whose audit row is missing or there twice": (
        "SELECT c.id FROM cases c LEFT JOIN audit_entry a ON a.subject_kind = 'case' AND a.subject_id = c.public_id "
        "AND a.action = 'case.submit' GROUP BY c.id HAVING count(a.seq) <> 1"
    ),
    "audit rows about no case": (
        "SELECT a.seq FROM audit_entry a WHERE subject_kind = 'case' AND NOT EXISTS (SELECT FROM cases c WHERE c.public_id = a.subject_id)"
    ),
    "cases not read, or read twice": (
        "SELECT c.id FROM cases c LEFT JOIN case_event e ON e.case_id = c.id AND e.move IN ('sort', 'seal') "
        "GROUP BY c.id HAVING count(e.id) <> 1"
    ),
    "cases with a wrong contact row": (
        "SELECT c.id FROM cases c LEFT JOIN case_contact k ON k.case_id = c.id WHERE (k.case_id IS NULL) <> c.anonymous"
    ),
    "cases with two answers": "SELECT case_id FROM case_answer WHERE state = 'published' GROUP BY 1 HAVING count(*) > 1",
    "answered cases without an answer": (
        "SELECT c.id FROM cases c WHERE state = 'answered' AND NOT EXISTS "
        "(SELECT FROM case_answer a WHERE a.case_id = c.id AND a.state = 'published')"
    ),
    "cases under way without a transfer": (
        "SELECT c.id FROM cases c WHERE state = 'forwarded' AND NOT EXISTS "
        "(SELECT FROM case_transfer t WHERE t.case_id = c.id AND t.ended_at IS NULL)"
    ),
    "drafts of reports that were sent": "SELECT d.id FROM report_draft d JOIN cases c USING (code_hmac)",
    # One whose browser never got its code, because the answer to its first click broke off, holds no word and goes after two days.
    "drafts with words that nobody went on with": "SELECT id FROM report_draft WHERE octet_length(sealed) > 100",
    "files of nobody": "SELECT id FROM attachment WHERE case_id IS NULL",
    "jobs that failed for good": "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'",
}


def drain() -> None:
    """Wait until the worker has done everything that is queued; what waits for its next try is tried now."""
    end = time.monotonic() + DRAIN_SECONDS
    while True:
        try:
            db.session.execute(sql(DUE))
            left = db.session.scalar(sql(WAITING))
            db.session.commit()
        except SQLAlchemyError:
            db.session.rollback()
            left = None
        if left == 0:
            return
        if time.monotonic() > end:
            print(f"{left} jobs are still waiting", flush=True)
            return
        time.sleep(1)


def complaints(app: Flask, seen: Seen, postbox: Postbox) -> Iterator[str]:
    """Everything that is not as it should be, in words; prints what was looked at."""
    print(f"{len(seen.reports)} codes shown, {sum(seen.done.values())} acts of officers done, {seen.broken} pages broke off", flush=True)
    for what, question in NOTHING.items():
        found = db.session.scalars(sql(question)).all()
        if found:
            yield f"{len(found)} {what}: {found[:5]}"
    yield from _reports(seen)
    yield from _acts(seen)
    yield from _notices(postbox)
    yield from _files(app)
    yield from (f"doctor: {each.what}" for each in examine() if each.level == "wrong")
    verdict = verify(record_keys())
    print(f"{verdict.rows} rows of the record in {verdict.chains} chains")
    if not verdict.whole:
        yield f"the record: {verdict.bad_row} {verdict.bad_day}"


def _reports(seen: Seen) -> Iterator[str]:
    photos = 0
    for code, (words, named, files) in seen.reports.items():
        case = queries.case_of_code(hmac_of(code))
        if case is None:
            yield f"the code {code} opens nothing"
            continue
        if (case.text, case.anonymous) != (words, not named):
            yield f"the case of {code} is another one"
        kept = of_case(case.id)
        photos += len(kept)
        if len(kept) != files:
            yield f"the case of {code} has {len(kept)} photos, its sender saw {files}"
        for file in kept:
            try:
                bytes_of(file)
            except (OSError, SealBroken) as error:
                yield f"a photo of {code} cannot be read: {error!r}"
    texts = Counter(case.text for case in db.session.scalars(select(Case)))
    yield from (f"«{words}» is there {count} times" for words, count in texts.items() if count > 1)
    yield from (f"«{words}» was never sent" for words in texts.keys() - seen.texts)
    if sum(texts.values()) != len(seen.reports):
        yield f"{sum(texts.values())} cases, {len(seen.reports)} codes shown"
    print(f"{sum(texts.values())} cases, {photos} photos read")


def _acts(seen: Seen) -> Iterator[str]:
    moves = "SELECT c.public_id, e.move FROM case_event e JOIN cases c ON c.id = e.case_id"
    there = Counter((public_id, move) for public_id, move in db.session.execute(sql(moves)))
    for act, count in seen.done.items():
        if not there[act]:
            yield f"{act} was answered {count} times as done and is not there"
    for act, count in seen.sent.items():
        if there[act] > count:
            yield f"{act} was sent {count} times and is there {there[act]} times"
    print(f"{sum(there.values())} moves; of officers' forms {sum(seen.sent.values())} sent, {sum(seen.done.values())} answered as done")


def _notices(postbox: Postbox) -> Iterator[str]:
    rows = {f"<notice-{row.id}@phananh.example>": row for row in db.session.scalars(select(Notice))}
    for name, row in rows.items():
        arrived = len(postbox.taken.get(name, ()))
        if row.state is NoticeState.WAITING:
            yield f"notice {row.id} was not sent: {row.last_error}"
        if row.state is NoticeState.SENT and not arrived:
            yield f"notice {row.id} is noted as sent and never arrived"
        if len(set(postbox.taken.get(name, ()))) > 1:
            yield f"notice {row.id} came in two wordings"
    yield from (f"{name} belongs to no notice" for name in postbox.taken.keys() - rows.keys())
    twice = sum(len(copies) - 1 for copies in postbox.taken.values())
    told = len([row for row in rows.values() if row.state is NoticeState.SENT])
    print(f"{told} notices sent, {len(postbox.taken)} arrived by their id; {twice} were handed over a second time under the same id")


def _files(app: Flask) -> Iterator[str]:
    """Files of uploads that broke off have no row; as in the night, they are swept once they are an hour old."""
    store = Store(app.extensions["config"].var / "attachments")
    known = set(db.session.scalars(select(Attachment.stored_name)))
    before = list(store.folder.glob("*/*"))
    for path in before:
        os.utime(path, (0, time.time() - ORPHAN_AFTER_SECONDS - 60))
    sweep()
    after = {path.name for path in store.folder.glob("*/*")}
    print(f"{len(after)} files kept, {len(before) - len(after)} of uploads that broke off swept")
    if after != known:
        yield f"{len(after - known)} files without a row, {len(known - after)} rows without a file"
