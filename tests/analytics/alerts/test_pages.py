"""What a leader sees of alerts, and does about them."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from analytics.alerts.models import Alert, AlertKind
from analytics.rollup.services import take_up
from feedback import jobs
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.models import Case
from feedback.db import db
from feedback.localtime import CITY_TIME
from tests.analytics.briefing.test_workbook import sheets
from tests.analytics.history import DAY, MONDAY, NOW, WEEK, History
from tests.feedback.citizen import text_of
from tests.feedback.documents.test_receipt import text_of as paper_text
from tests.feedback.officers import counted, send

PAGE = "/dieu-hanh/canh-bao"
HEADING = re.compile(r"<h1>[^<]*: ([\d.]+) hồ sơ</h1>")
LINK = re.compile(r'<a href="([^"]+)">Xem các hồ sơ này')


def hops(history: History, pairs: list[tuple[int, int, int, int]], weeks_ago: int = 1) -> None:
    """One case that went from agency to agency: sender, receiver, how often accepted and how often returned."""
    office = history.office
    history.clock(NOW - WEEK * 9)
    case_id = db.session.scalars(select(Case.id).where(Case.public_id == office.report())).one()
    sent = datetime(2026, 10, 12, 9, tzinfo=CITY_TIME) - WEEK * weeks_ago
    states = [
        (sender, receiver, state)
        for sender, receiver, accepted, returned in pairs
        for state in [TransferState.ACCEPTED] * accepted + [TransferState.RETURNED] * returned
    ]
    rows = [
        {
            "case_id": case_id, "hop": hop, "state": state, "from_agency_id": sender, "to_agency_id": receiver, "from_desk": False,
            "binding": False, "plain_note": "", "plain_end_note": "", "sent_at": sent, "ended_at": sent, "working_minutes": 0,
            "reminders": 0, "return_reason": "other" if state is TransferState.RETURNED else None,
        }
        for hop, (sender, receiver, state) in enumerate(states, 1)
    ]  # fmt: skip
    db.session.execute(insert(Transfer), rows)
    db.session.commit()
    history.clock(NOW)
    take_up()


def test_a_pair_that_sends_back_is_named_with_the_cases_behind(history: History) -> None:
    """16 of 40 against 14 of 110, all others together; a pair with 10 is too small to be named, although all came back."""
    office = history.office
    hops(history, [(office.agency, office.other, 24, 16), (office.other, office.agency, 96, 4), (office.agency, office.agency + 2, 0, 10)])
    for weeks_ago in (0, 5):
        hops(history, [(office.agency, office.other, 0, 40)], weeks_ago)
    jobs.run_here("alerts.look")
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.kind, alert.part, alert.whole, alert.before) == (AlertKind.BOUNCE, 16, 40, [14, 110])
    leader = office.browser(office.leader)
    page = leader.get(PAGE)
    words = text_of(page)
    assert "Chuyển rồi bị trả lại nhiều" in words
    assert "có 16 trên 40 lượt chuyển bị trả lại (40,0%); giữa các cơ quan khác là 14 trên 110 lượt (12,7%)" in words
    shown = leader.get("/dieu-hanh/luan-chuyen").text
    book = sheets(leader.get(html.unescape(re.findall(r'href="(/dieu-hanh/luan-chuyen.xlsx[^"]+)"', shown)[0])).data)
    assert [row[2] for row in book["Theo từng cặp cơ quan"]] == ["Lượt thụ lý", 96], (
        "the pair with 24 accepted is not compared, here neither"
    )
    assert [row[1:] for row in book["Nơi gửi hay chuyển nhầm"][1:]] == [[pytest.approx(106 / 130), 106, 24], [0.04, 4, 96]]
    behind = leader.get(html.unescape(LINK.findall(page.text)[0]))
    assert HEADING.findall(behind.text) == ["1"], "one case that came back sixteen times"
    assert leader.get(f"{PAGE}/{alert.id + 1}/ho-so").status_code == 404


def test_the_city_page_tells_of_alerts_and_the_list_behind_holds_as_many_cases(history: History) -> None:
    """Eleven real reports in the running week, after twelve weeks with one each."""
    office = history.office
    history.twelve(1, category="other")
    history.received(1, 1, category="other")
    history.clock(NOW - DAY)
    for _ in range(11):
        office.report(area_id=history.here)
    history.clock(NOW)
    take_up()
    category = db.session.scalars(select(Case.category_code)).first()
    for weeks_ago in range(1, 14):
        history.received(weeks_ago, 1, category=category or "", weekday=2)
    leader = office.browser(office.leader)
    assert "Cảnh báo" not in text_of(leader.get("/dieu-hanh/")).partition("Tuần này có gì thay đổi")[2]
    jobs.run_here("alerts.look")
    city = text_of(leader.get("/dieu-hanh/"))
    assert "Phản ánh tăng bất thường" in city
    assert "có 11 phản ánh; 12 tuần trước trung bình 1,0 phản ánh một tuần" in city
    assert "Phản ánh tăng bất thường" not in text_of(leader.get(f"/dieu-hanh/?khu-vuc={history.here}"))
    assert "Cảnh báo: Phản ánh tăng bất thường" in paper_text(leader.get("/dieu-hanh/ban-tin.pdf").data)
    assert "Phản ánh tăng bất thường" not in paper_text(leader.get(f"/dieu-hanh/ban-tin.pdf?khu-vuc={history.here}").data)
    with counted() as statements:
        page = leader.get(PAGE)
    assert len(statements) <= 7 + 1  # the session with its officer is one
    assert HEADING.findall(leader.get(html.unescape(LINK.findall(page.text)[0])).text) == ["11"]


def test_muting_keeps_what_was_typed_until_it_will_do(history: History) -> None:
    history.twelve(4)
    history.received(1, 30)
    jobs.run_here("alerts.look")
    office = history.office
    alert_id = db.session.scalars(select(Alert.id)).one()
    leader, address = office.browser(office.leader), f"{PAGE}/{alert_id}/khong-nhac"
    tomorrow = (MONDAY + DAY * 3).isoformat()
    for fields, said in (
        ({"until": "", "reason": "Triều cường"}, "Xin chọn một ngày."),
        ({"until": "2027-10-14", "reason": "Triều cường"}, "Xin chọn một ngày từ hôm nay đến 12/01/2027."),
        ({"until": tomorrow, "reason": ""}, "Xin ghi lý do, để người khác hiểu vì sao không cần nhắc."),
    ):
        answer = send(leader, address, PAGE, **fields)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert all(f'value="{typed}"' in answer.text for typed in fields.values() if typed)
        assert "<details open>" in answer.text
    assert send(leader, address, PAGE, until=tomorrow, reason="Triều cường").status_code == 302
    words = text_of(leader.get(PAGE))
    assert "Không có gì bất thường" in words
    assert "không nhắc đến hết 15/10/2026 Lý do: Triều cường" in words
    assert "Phản ánh tăng bất thường" not in text_of(leader.get("/dieu-hanh/"))
    assert send(leader, f"{PAGE}/{alert_id}/nhac-lai", PAGE).status_code == 302
    assert "Không có gì bất thường" not in text_of(leader.get(PAGE))
    history.clock(NOW + timedelta(days=5))
    history.received(1, -30)
    jobs.run_here("alerts.look")
    assert "Đã hết trong 30 ngày qua" in text_of(office.browser(office.leader).get(PAGE))


def test_before_the_first_look_the_page_promises_nothing_and_says_how_it_will_be_judged(history: History) -> None:
    leader = history.office.browser(history.office.leader)
    words = text_of(leader.get(PAGE))
    assert "Chưa xem xét lần nào" in words
    assert "Chưa có kết quả" in words
    assert "trong vài phút nữa" in words, "not tomorrow: the worker looks as soon as everything is counted"
    assert "Không có gì bất thường" not in words, "nobody has looked yet"
    assert "Farrington" in words
    jobs.run_here("alerts.look")
    assert "Xem xét lúc 14/10/2026 09:00" in text_of(leader.get(PAGE))
