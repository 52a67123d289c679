"""The work in batches: a worker that dies, a line that breaks the writing, somebody who stops it, files that are forgotten."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedback.accounts.models import Role, User
from feedback.cases.imported_models import ImportedCase
from feedback.cases.models import Case, CaseEvent
from feedback.cases.sealed import rewrap_keys
from feedback.city import queries as city
from feedback.crypto import KeyRing
from feedback.db import db
from feedback.imports import cases, files, queries, running, services
from feedback.imports.columns import Kind
from feedback.imports.judged import Outcome
from feedback.imports.models import DataImport, ImportFile, Stage
from tests.databases import SECRET
from tests.feedback.imports.files import START, at_work, brought, carried_through, old, press, table
from tests.feedback.officers import Office, counted

SOURCE = "Hệ thống 1022 cũ"


class Killed(BaseException):
    """The worker is gone in the middle of what it did."""


def numbers(prefix: str, count: int, first: int = 1) -> bytes:
    return table(Kind.CASES, *(old(f"{prefix}/{n:03d}") for n in range(first, first + count)))


def written(prefix: str) -> list[str]:
    db.session.expire_all()
    return sorted(row.number for row in db.session.scalars(select(ImportedCase)) if row.number.startswith(prefix + "/"))


def ready(app: Flask, admin: FlaskClient, data: bytes, monkeypatch: pytest.MonkeyPatch, batch: int) -> str:
    """A file of old cases that somebody has just had written, in batches of so many lines."""
    monkeypatch.setattr(cases.CaseImporter, "batch", batch)
    import_id = brought(admin, Kind.CASES, data, SOURCE)
    at_work(app, import_id)
    press(admin, import_id, "nhap")
    return import_id


@pytest.mark.parametrize("at", [4, 7])
def test_a_worker_that_dies_loses_nothing_and_doubles_nothing(
    app: Flask, office: Office, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    import_id = ready(app, admin, numbers(f"K{at}", 7), monkeypatch, 3)
    tell, told = cases.CaseImporter._tell, []

    def dies(self: cases.CaseImporter, *args: object) -> None:
        told.append(args)
        if len(told) == at:
            raise Killed
        tell(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(cases.CaseImporter, "_tell", dies)
    with pytest.raises(Killed):
        at_work(app, import_id)
    assert len(written(f"K{at}")) == (at - 1) // 3 * 3, "whole batches or nothing of them"
    monkeypatch.setattr(cases.CaseImporter, "_tell", tell)
    counts = at_work(app, import_id)
    assert written(f"K{at}") == [f"K{at}/{n:03d}" for n in range(1, 8)]
    assert (counts[Outcome.NEW], sum(counts.values())) == (7, 7)
    keys = [row.case_id for row in db.session.scalars(select(ImportedCase)) if row.number.startswith(f"K{at}/")]
    assert db.session.scalar(select(func.count()).select_from(CaseEvent).where(CaseEvent.case_id.in_(keys))) == 21
    assert db.session.scalar(select(func.count()).select_from(Case)) == db.session.scalar(select(func.count()).select_from(ImportedCase))
    at_work(app, import_id)
    assert len(written(f"K{at}")) == 7, "a job that runs once more does nothing"


def test_a_line_that_breaks_the_writing_is_refused_and_the_others_go_in(
    app: Flask, office: Office, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ready(app, admin, numbers("RB", 1, first=3), monkeypatch, 200)
    second = brought(admin, Kind.CASES, numbers("RB", 5), SOURCE)
    at_work(app, second)
    at_work(app, first)
    # As when two files are written at the same time: neither knows yet of what the other brings.
    monkeypatch.setattr(cases.CaseImporter, "_known", lambda _self, _origins: set())
    press(admin, second, "nhap")
    counts = at_work(app, second)
    assert (counts[Outcome.NEW], counts[Outcome.REFUSED]) == (4, 1)
    assert written("RB") == [f"RB/{n:03d}" for n in range(1, 6)]
    assert "Dòng này không ghi được" in admin.get(f"{START}/{second}").text


def test_somebody_stops_it_and_goes_on(app: Flask, office: Office, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = ready(app, admin, numbers("S", 5), monkeypatch, 2)
    write, batches = cases.CaseImporter.write, []

    def stopped_after_one(self: cases.CaseImporter, verdicts: object) -> None:
        write(self, verdicts)  # type: ignore[arg-type]
        batches.append(verdicts)
        if len(batches) == 1:
            db.session.get_one(DataImport, self.row_id).stop_asked = True

    monkeypatch.setattr(cases.CaseImporter, "write", stopped_after_one)
    at_work(app, import_id)
    assert len(written("S")) == 2
    page = admin.get(f"{START}/{import_id}").text
    assert "Đã dừng sau 2 trong 5 dòng" in page
    assert press(admin, import_id, "bo").status_code == 409, "what is written is not thrown away"
    press(admin, import_id, "nhap")
    at_work(app, import_id)
    assert len(written("S")) == 5


def test_the_page_shows_how_far_it_is_and_asks_again_by_itself(app: Flask, admin: FlaskClient) -> None:
    import_id = brought(admin, Kind.CASES, numbers("W", 2), SOURCE)
    waiting = admin.get(f"{START}/{import_id}")
    assert (waiting.headers["Refresh"], "Đã qua 0 trong 2 dòng" in waiting.text) == ("4", True)
    assert "Refresh" not in admin.get(f"{START}/{import_id}?dung-yen=1").headers
    assert press(admin, import_id, "nhap").status_code == 409, "nothing is written before it was judged"
    at_work(app, import_id)
    assert "Refresh" not in admin.get(f"{START}/{import_id}").headers
    assert written("W") == []
    press(admin, import_id, "nhap")
    assert press(admin, import_id, "dung").status_code == 302
    at_work(app, import_id)
    assert queries.one(import_id).stage is Stage.STOPPED


def test_who_is_no_administrator_any_more_brings_nothing_in(app: Flask, office: Office, admin: FlaskClient) -> None:
    import_id = brought(admin, Kind.CASES, numbers("O", 2), SOURCE)
    at_work(app, import_id)
    press(admin, import_id, "nhap")
    db.session.get_one(User, office.admin.actor.user_id).active = False
    db.session.commit()
    at_work(app, import_id)
    assert written("O") == []
    assert queries.one(import_id).stage is Stage.STOPPED
    db.session.get_one(User, office.admin.actor.user_id).active = True
    db.session.commit()


def test_another_administrator_sees_counts_and_no_cell(app: Flask, office: Office, admin: FlaskClient) -> None:
    other = office.browser(office._hire(Role.ADMINISTRATOR, city.desk_agency().id))
    import_id = brought(admin, Kind.CASES, table(Kind.CASES, old("L/1"), old("L/2", text="quá ngắn")), SOURCE)
    at_work(app, import_id)
    page = other.get(f"{START}/{import_id}").text
    assert "1 dòng mới" in page
    assert "L/1" not in page
    assert "quá ngắn" not in page
    assert [other.get(f"{START}/{import_id}/{name}").status_code for name in ("loi.csv", "bi-tu-choi.csv")] == [404, 404]
    assert [press(other, import_id, act).status_code for act in ("nhap", "bo")] == [404, 404]


def test_lines_come_in_pages_and_a_page_costs_the_same_however_many_there_are(app: Flask, admin: FlaskClient) -> None:
    import_id = brought(admin, Kind.CASES, numbers("P", queries.PAGE_SIZE + 2), SOURCE)
    at_work(app, import_id)
    with counted() as asked:
        page = admin.get(f"{START}/{import_id}")
    assert len(asked) <= 10
    assert f"sau={queries.PAGE_SIZE + 1}" in page.text
    assert "P/052" in admin.get(f"{START}/{import_id}?xem=new&sau={queries.PAGE_SIZE + 1}").text


def test_a_form_without_what_it_needs_says_so(admin: FlaskClient) -> None:
    answer = admin.post(START, data={"csrf_token": _token(admin), "kind": "cases", "source": ""}, content_type="multipart/form-data")
    assert answer.status_code == 422
    for sentence in ("Xin chọn một tệp CSV", "Xin ghi tên hệ thống mà hồ sơ cũ lấy ra"):
        assert sentence in answer.text
    wrong = {"csrf_token": _token(admin), "kind": "officers", "source": "", "file": (_bytes(b"a,b\n1,2\n"), "a.csv")}
    answer = admin.post(START, data=wrong, content_type="multipart/form-data")
    assert (answer.status_code, "Dòng đầu thiếu cột: sign_in_name" in answer.text) == (422, True)


def test_the_file_is_sealed_and_forgotten_in_time(app: Flask, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    begin = datetime.now().astimezone()
    clock(begin)
    import_id, _counts = carried_through(app, admin, Kind.CASES, numbers("F", 1), SOURCE)
    undecided = brought(admin, Kind.CASES, numbers("F", 2, first=9), SOURCE)
    at_work(app, undecided)
    kept = db.session.scalars(select(ImportFile.sealed)).all()
    assert len(kept) >= 2
    assert not any(b"F/00" in sealed for sealed in kept)
    clock(begin + services.KEPT - timedelta(hours=1))
    services.nightly()
    assert len(files.lines_of(queries.one(import_id))) == 1
    assert (queries.one(undecided).stage, queries.one(undecided).wrapped_key) == (Stage.DISCARDED, None)
    clock(begin + services.KEPT + timedelta(hours=1))
    services.nightly()
    assert queries.one(import_id).wrapped_key is None
    assert db.session.get(ImportFile, queries.one(import_id).id) is None
    assert written("F") == ["F/001"], "the cases stay"


def test_from_a_terminal(app: Flask, office: Office, tmp_path) -> None:  # type: ignore[no-untyped-def]
    name = db.session.get_one(User, office.admin.actor.user_id).sign_in_name
    path = tmp_path / "cu.csv"
    path.write_bytes(table(Kind.CASES, old("M/1"), old("M/2", text="ngắn")))
    run = app.test_cli_runner()
    order = ["import", "cases", str(path), "--by", name, "--source", SOURCE]
    dry = run.invoke(args=[*order, "--dry-run"])
    assert (dry.exit_code, dry.stdout) == (0, "new=1 changed=0 unchanged=0 refused=1\n")
    assert "cu.csv:3: text" in dry.stderr
    assert run.invoke(args=["import", "cases", str(path), "--by", "nobody"]).exit_code == 1
    assert run.invoke(args=["import", "cases", str(path), "--by", name]).exit_code == 1
    assert run.invoke(args=order).stdout == dry.stdout
    with app.app_context():
        assert written("M") == ["M/1"]


def _token(client: FlaskClient) -> str:
    from tests.feedback.officers import TOKEN

    found = TOKEN.search(client.get(START).text)
    assert found is not None
    return found[1]


def _bytes(data: bytes):  # type: ignore[no-untyped-def]
    import io

    return io.BytesIO(data)


FLAWS = ({}, {}, {"text": "ngắn"}, {"state": "?"}, {"received": "32/13/2024"}, {"number": ""}, {"agency_code": "X"}, {"number": "N/trùng"})
#: What may stand behind a line: nothing, or a line that is none.
TAILS = ("", '\r\n"mở ngoặc,a', "\r\nthiếu,ô")
_sources = itertools.count()


@settings(max_examples=5)
@given(st.lists(st.tuples(st.sampled_from(FLAWS), st.sampled_from(TAILS)), min_size=1, max_size=9))
def test_whatever_line_is_bad_the_others_go_in_and_every_line_is_counted(office: Office, lines: list[tuple[dict[str, str], str]]) -> None:
    rows = [old(**{"number": f"N/{n}", **cells}) for n, (cells, _tail) in enumerate(lines)]
    heading, *good = table(Kind.CASES, *rows).decode().splitlines()
    data = "\r\n".join([heading, *(line + tail for line, (_cells, tail) in zip(good, lines, strict=True))]).encode()
    by = db.session.get_one(User, office.admin.actor.user_id)
    public_id, before = services.bring(by, Kind.CASES, "a.csv", data, f"Hệ thống {next(_sources)}"), len(written("N"))
    running.work(queries.one(public_id).id)
    services.start(by, public_id)
    running.work(queries.one(public_id).id)
    counts = queries.counts(queries.one(public_id).id)
    assert sum(counts.values()) == len(lines) + sum(bool(tail) for _cells, tail in lines)
    firsts = sum(cells == {} for cells, _tail in lines) + any(cells.get("number") == "N/trùng" for cells, _tail in lines)
    assert (counts[Outcome.NEW], len(written("N")) - before) == (firsts, firsts)


def test_a_new_secret_opens_files_once_their_keys_are_wrapped_anew(app: Flask, admin: FlaskClient) -> None:
    import_id = brought(admin, Kind.CASES, numbers("R", 2), SOURCE)
    app.extensions["keys"] = KeyRing.from_secret("a secret of next year, forty characters", SECRET)
    assert sum(rewrap_keys()) > 0
    app.extensions["keys"] = KeyRing.from_secret("a secret of next year, forty characters")
    assert len(files.lines_of(queries.one(import_id))) == 2
    app.extensions["keys"] = KeyRing.from_secret("a secret of next year, forty characters", SECRET)
