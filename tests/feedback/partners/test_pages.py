"""The administrator's pages of partner systems."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.cases.conduct import pull
from feedback.city import queries as city
from feedback.db import db
from feedback.partners import services
from feedback.partners.models import DeliveryState, PartnerSystem, SystemState
from feedback.partners.rules import ABOUT_CASES
from tests.feedback.officers import Office, case_of, counted, send, version_of
from tests.feedback.partners.conftest import Link
from tests.feedback.partners.peer import Peer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
PAGE = "/can-bo/quan-tri/doi-tac"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
KINDS = [kind.value for kind in ABOUT_CASES]


def test_one_proposes_another_approves_and_the_secret_is_shown_once(office: Office, peer: Peer) -> None:
    admin, other = office.browser(office.admin), office.browser(office._hire(services.Role.ADMINISTRATOR, office.agency))
    assert "Chưa có hệ thống đối tác nào" in admin.get(PAGE).text
    shown = send(admin, PAGE, PAGE, name="Một cửa <b>", agency=office.agency, address=peer.address, kinds=KINDS).text
    assert "Một cửa &lt;b&gt;" in shown
    assert "sau khi một quản trị viên khác duyệt" in shown
    peer.secret = SECRET.search(shown)[0]  # type: ignore[index]
    system = db.session.scalars(select(PartnerSystem)).one()
    page = f"{PAGE}/{system.public_id}"
    own = admin.get(page).text
    assert "whsec_" not in own + admin.get(PAGE).text
    assert "xin nhờ một quản trị viên khác duyệt" in own
    refused = send(admin, f"{page}/duyet", page)
    assert (refused.status_code, "Người đề nghị không tự duyệt" in refused.text) == (403, True)
    assert "Trước khi duyệt, xin hỏi cơ quan" in other.get(page).text
    assert send(other, f"{page}/duyet", page).status_code == 302
    twice = send(other, f"{page}/duyet", page)
    assert (twice.status_code, "đã được quyết định" in twice.text) == (409, True)
    assert f"/ket-noi/doi-tac/{system.public_id}/tra-loi" in admin.get(page).text
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "partner_system").order_by(AuditEntry.seq)).all()
    assert acts == ["partner_system.proposed", "partner_system.approved"]


#: What is wrong with the form, and what is said of it.
WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"name": " "}, "Xin ghi tên hệ thống"),
    ({"name": "a" * 121}, "Xin ghi tên hệ thống"),
    ({"agency": 0}, "Xin chọn một cơ quan"),
    ({"agency": "x"}, "Xin chọn một cơ quan"),
    ({"agency": "triage"}, "Xin chọn một cơ quan"),
    ({"address": "http://peer.example"}, "https://"),
    ({"address": "https://10.0.0.1/"}, "mạng nội bộ"),
    ({"address": "https://" + "a" * 500}, "tối đa 500 ký tự"),
    ({"kinds": []}, "Xin chọn ít nhất một việc"),
    ({"kinds": ["test"]}, "Xin chọn ít nhất một việc"),
)


def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Office) -> None:
    admin, right = office.browser(office.admin), {"name": "Một cửa Thử", "agency": office.agency, "address": "https://peer.example/"}
    for change, words in WRONG:
        fields = {**right, "kinds": KINDS, **change}
        if fields["agency"] == "triage":
            fields["agency"] = city.triage_agency().id
        answer = send(admin, PAGE, PAGE, **fields)
        assert answer.status_code == 422
        assert words in answer.text.split("lc-errors")[1].split("</ul>")[0]
        if "name" not in change:
            assert 'value="Một cửa Thử"' in answer.text
    assert db.session.scalars(select(PartnerSystem)).all() == []


def test_pause_resume_change_the_key_try_out_and_end(link: Link) -> None:
    office = link.office
    admin, page = office.browser(office.admin), f"{PAGE}/{link.public_id}"
    send(admin, f"{page}/goi-thu", page)
    link.work()
    assert link.peer.last["data"] == {}
    shown = admin.get(page).text
    assert ("Gọi thử" in shown, "Trả lời HTTP 204" in shown) == (True, True)
    for path, word in (("tam-dung", "Tạm dừng"), ("tiep-tuc", "Đang hoạt động")):
        for _click in range(2):
            assert send(admin, f"{page}/{path}", page).status_code == 302
            assert word in admin.get(page).text
    fresh = SECRET.search(send(admin, f"{page}/doi-khoa", page).text)[0]  # type: ignore[index]
    assert fresh != link.peer.secret
    assert "Khóa cũ dùng được đến" in admin.get(page).text
    for _click in range(2):
        send(admin, f"{page}/bo-khoa-cu", page)
    assert "Khóa cũ dùng được đến" not in admin.get(page).text
    link.peer.moods = [500]
    office.forwarded()
    for _click in range(2):
        assert send(admin, f"{page}/ngung", page).status_code == 302
    assert (link.row.state, link.messages[-1].state) == (SystemState.ENDED, DeliveryState.GIVEN_UP)
    for path in ("goi-thu", "tiep-tuc", "tam-dung", "doi-khoa", f"gui-lai/{link.messages[-1].id}"):
        answer = send(admin, f"{page}/{path}", PAGE)
        assert answer.status_code == 409, path
        assert "ngừng hẳn" in answer.text or "đang hoạt động" in answer.text
    assert send(admin, f"{page}/gui-lai/0", PAGE).status_code == 404
    office.forwarded()
    assert len(link.messages) == 2
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "partner_system").order_by(AuditEntry.seq)).all()
    assert [act.split(".")[1] for act in acts] == [
        *("proposed", "approved", "tried", "paused", "active", "secret_changed", "secret_dropped", "ended"),
    ]


def test_what_became_of_messages_is_listed_without_a_word_of_their_cases(quiet: Link) -> None:
    office, page = quiet.office, f"{PAGE}/{quiet.public_id}"
    public_id, gone = office.forwarded(), office.forwarded()
    first = quiet.messages[0]
    first.outcome, first.tries = "tls", 1
    db.session.commit()
    admin = office.browser(office.admin)
    with counted() as statements:
        shown = admin.get(page).text
    assert len(statements) <= 8
    assert ("Chứng thư TLS không hợp lệ" in shown, shown.count("Hồ sơ chuyển đến</td>")) == (True, 2)
    for word in (public_id, case_of(public_id).reference or "", "Rác"):
        assert word not in shown
    assert send(admin, f"{page}/gui-lai/{first.id}", page).status_code == 302
    assert quiet.messages[0].tries == 0
    pull(office.inspector.actor, case_of(gone).reference or "", [], "Nói về cán bộ.")
    assert admin.get(page).text.count("Hồ sơ chuyển đến</td>") == 1, "a row would tell that there is a sealed case"
    assert version_of(gone)
    assert office.browser(office.head).get(page).status_code == 404
    assert admin.get(f"{PAGE}/{'0' * 16}").status_code == 404
