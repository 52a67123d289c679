"""What inspectors, leaders and verifiers see of sealed reports, and what they do there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.test import TestResponse

from feedback.accounts.models import User
from feedback.audit.models import AuditEntry
from feedback.cases import desk, handing_up, verifying
from feedback.cases.conduct_models import Exclusion, Verdict
from feedback.city import queries as city
from feedback.codes import show_code, tidy_code
from feedback.db import db
from tests.feedback.citizen import BRIBE
from tests.feedback.officers import Office, Officer, case_of, counted, send, version_of

LIST = "/can-bo/niem-phong"


def at(public_id: str, act: str = "") -> str:
    return f"{LIST}/{public_id}" + (f"/{act}" if act else "")


def do(office: Office, officer: Officer, public_id: str, act: str, **fields: Any) -> TestResponse:
    fields.setdefault("version", version_of(public_id))
    return send(office.browser(officer), at(public_id, act), at(public_id), **fields)


def name_of(officer: Officer) -> str:
    return db.session.get_one(User, officer.actor.user_id).sign_in_name


def openings() -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "case.opened_sealed")) or 0


def test_only_who_examines_comes_in_and_every_opening_is_written_down_first(office: Office) -> None:
    """Controls 1 and 10."""
    public_id = office.sealed()
    for officer in (office.desk, office.handler, office.head, office.leader, office.admin):
        answer = office.browser(officer).get(at(public_id))
        assert answer.status_code in (403, 404)
        assert BRIBE not in answer.text
    assert openings() == 0
    page = office.browser(office.inspector).get(at(public_id)).text
    assert BRIBE in page
    assert openings() == 1
    assert BRIBE not in office.browser(office.inspector).get(LIST).text, "the list shows no word"


def test_when_the_opening_cannot_be_written_nothing_is_shown(office: Office) -> None:
    public_id = office.sealed()
    db.session.execute(text("ALTER TABLE audit_entry ADD CONSTRAINT broken CHECK (action <> 'case.opened_sealed') NOT VALID"))
    db.session.commit()
    office.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        shown = office.browser(office.inspector).get(at(public_id)).text
    except SQLAlchemyError:
        shown = ""
    assert BRIBE not in shown


def test_naming_the_accused_keeps_what_was_typed_and_says_what_is_wrong(office: Office) -> None:
    public_id = office.sealed()
    answer = do(office, office.inspector, public_id, "bi-phan-anh", agency=str(office.agency), officers="khong.co, can.bo.1")
    assert answer.status_code == 422
    assert "Không có tài khoản khong.co." in answer.text
    assert 'value="khong.co, can.bo.1"' in answer.text
    assert do(office, office.inspector, public_id, "bi-phan-anh", agency="999999").status_code == 422
    named = f"{name_of(office.handler)},{name_of(office.head)}"
    assert do(office, office.inspector, public_id, "bi-phan-anh", agency=str(office.agency), officers=named).status_code == 302
    assert case_of(public_id).accused_agency_ids == [office.agency]
    assert db.session.scalar(select(func.count()).select_from(Exclusion)) == 2
    page = office.browser(office.inspector).get(at(public_id)).text
    assert f"<li>{name_of(office.head)}</li>" in page


def test_a_form_made_for_an_older_case_changes_nothing(office: Office) -> None:
    public_id = office.sealed()
    stale = version_of(public_id)
    desk.take_up(office.inspector.actor, public_id, stale)
    answer = do(office, office.inspector, public_id, "ket-qua", version=stale, verdict="police")
    assert answer.status_code == 409
    assert "vừa được người khác cập nhật" in answer.text
    assert verifying.finding_of(case_of(public_id)) is None


def test_i_know_this_person(office: Office) -> None:
    public_id = office.sealed()
    session = office.browser(office.inspector)
    answer = send(session, at(public_id, "quen-nguoi-nay"), f"/can-bo/ho-so/{public_id}", version=version_of(public_id))
    assert (answer.status_code, answer.location) == (302, LIST)
    assert "Ông/Bà không còn thấy hồ sơ này" in session.get(LIST).text
    assert session.get(at(public_id)).status_code == 404


def test_a_verifier_sees_a_masked_text_and_reports(office: Office) -> None:
    public_id = office.report(f"{BRIBE} Tôi là Nguyễn Thị Thử, số 0903 123 456.")
    page = office.browser(office.inspector).get(at(public_id)).text
    proposed = re.search(r'<textarea[^>]*name="text"[^>]*>([^<]*)</textarea>', page)
    assert proposed is not None
    assert "vòi tiền" in proposed[1]
    assert "0903 123 456" not in proposed[1]
    wrong = do(office, office.inspector, public_id, "giao-xac-minh", verifier="khong.co", text="Có người vòi tiền.")
    assert (wrong.status_code, "Không có tài khoản này." in wrong.text) == (422, True)
    verifier = name_of(office.stranger)
    left = do(office, office.inspector, public_id, "giao-xac-minh", verifier=verifier, text="Số 0903 123 456 bị vòi tiền.")
    assert (left.status_code, "còn chỗ giống thông tin cá nhân" in left.text) == (422, True)
    assert do(office, office.inspector, public_id, "giao-xac-minh", verifier=verifier, text="Có người vòi tiền.").status_code == 302
    browser = office.browser(office.stranger)
    found = re.search(r"/can-bo/niem-phong/xac-minh/[0-9a-z]+", browser.get(f"{LIST}/xac-minh").text)
    assert found is not None
    shown = browser.get(found[0])
    assert "Có người vòi tiền." in shown.text
    assert public_id not in shown.text
    assert "Nguyễn Thị Thử" not in shown.text
    assert office.browser(office.strange_head).get(found[0]).status_code == 404
    assert send(browser, found[0], found[0], report="").status_code == 422
    assert send(browser, found[0], found[0], report="Có nhận tiền.").status_code == 302
    assert "Không có việc xác minh nào" in browser.get(f"{LIST}/xac-minh").text
    assert "Có nhận tiền." in office.browser(office.inspector).get(at(public_id)).text


def test_the_finding_is_counted_whole_for_inspectors_and_hidden_while_small_for_leaders(office: Office) -> None:
    public_id = office.sealed()
    desk.take_up(office.inspector.actor, public_id, version_of(public_id))
    assert do(office, office.inspector, public_id, "ket-qua").status_code == 422
    assert do(office, office.inspector, public_id, "ket-qua", verdict="substantiated").status_code == 302
    assert "<dd>1</dd>" in office.browser(office.inspector).get(LIST).text
    seen = office.browser(office.leader).get(LIST).text
    assert seen.count("<dd>dưới 5</dd>") == len(Verdict)
    assert "Không có hồ sơ nào chờ xem xét" in seen


def test_the_leaders_read_and_conclude_what_accuses_the_inspectorate(office: Office) -> None:
    public_id = office.sealed()
    answer = do(office, office.inspector, public_id, "bi-phan-anh", agency=str(city.triage_agency().id))
    assert (answer.status_code, answer.location) == (302, LIST)
    assert office.browser(office.inspector).get(at(public_id)).status_code == 404
    leader = office.browser(office.leader)
    assert at(public_id) in leader.get(LIST).text
    assert BRIBE in leader.get(at(public_id)).text
    assert do(office, office.leader, public_id, "ket-luan", verdict="police").status_code == 422
    done = do(office, office.leader, public_id, "ket-luan", verdict="police", answer="Đã chuyển cơ quan điều tra.")
    assert done.status_code == 302
    assert "Đã chuyển cơ quan điều tra" not in db.session.scalars(text("SELECT text FROM case_answer")).all()


def test_what_accuses_the_leaders_leaves_in_one_sealed_file(office: Office, tmp_path: Path) -> None:
    public_id = office.sealed()
    leaders = str(city.agency_by_code("UBND-TP").id)
    assert do(office, office.inspector, public_id, "bi-phan-anh", agency=leaders).status_code == 302
    browser = office.browser(office.inspector)
    page = browser.get(at(public_id)).text
    groups = re.search(r'<p class="lc-code"[^>]*>(.*?)</p>', page)
    assert groups is not None
    code = tidy_code(re.sub("<[^>]+>", "", groups[1]))
    file = send(browser, at(public_id, "xuat-cap-tren"), at(public_id), version=version_of(public_id))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert handing_up.open_file(file.data, code)["text"] == BRIBE
    path = tmp_path / "ho-so.bin"
    path.write_bytes(file.data)
    runner = office.app.test_cli_runner()
    assert json.loads(runner.invoke(args=["keys", "open", str(path), "--code", show_code(code)]).output)["text"] == BRIBE
    wrong = runner.invoke(args=["keys", "open", str(path), "--code", code[:-1]])
    assert (wrong.exit_code, "does not open" in wrong.output) == (1, True)
    again = browser.get(at(public_id)).text
    assert "Mỗi hồ sơ chỉ xuất một lần" in again
    assert 'class="lc-code"' not in again
    assert office.browser(office.leader).get(at(public_id)).status_code == 404


def test_an_open_case_is_pulled_by_its_number(office: Office) -> None:
    public_id = office.accepted()
    reference = case_of(public_id).reference
    browser = office.browser(office.inspector)
    wrong = send(browser, f"{LIST}/rut-ho-so", LIST, reference="PA-2026-999999", agency="", agency_too="", reason="Nói về cán bộ.")
    assert (wrong.status_code, "Không có hồ sơ đang mở mang số này" in wrong.text) == (422, True)
    assert 'value="PA-2026-999999"' in wrong.text
    fields = {"reference": reference, "agency": str(office.agency), "agency_too": "", "reason": "Nói về cán bộ."}
    done = send(browser, f"{LIST}/rut-ho-so", LIST, **fields)
    assert (done.status_code, done.location) == (302, at(public_id))
    assert office.browser(office.handler).get(f"/can-bo/ho-so/{public_id}").status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_queries_do_not_grow_with_the_cases(office: Office, number: int) -> None:
    for _case in range(number):
        public_id = office.sealed()
    browser = office.browser(office.inspector)
    with counted() as seen:
        browser.get(LIST)
    assert len(seen) <= 12
    with counted() as seen:
        browser.get(at(public_id))
    assert len(seen) <= 32
