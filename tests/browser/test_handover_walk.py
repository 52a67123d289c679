"""A report that nobody thinks is theirs: desk, wrong agency, back, another, back again, referee, lead agency with two helpers, an
answer, a second look and a better answer; told to its sender on one page, in plain words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from feedback.accounts.models import Role, User
from feedback.cases import desk, dialogue, handling, partners, transfers
from feedback.cases.access import Actor
from feedback.cases.handover_models import ReturnReason, Transfer
from feedback.cases.models import Case, Outcome
from feedback.city import queries as city
from feedback.db import db, now
from feedback.localtime import local_day
from tests.browser.walk import Walk, report, track
from tests.feedback.citizen import TEXT
from tests.feedback.officers import Office, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
NARROWEST = {"width": 320, "height": 700}
FIRST = "Đã dọn rác ở đầu hẻm ngày hôm nay."
BETTER = "Từ nay thu gom mỗi ngày; đã đặt thêm hai thùng rác ở đầu hẻm."
AGAIN = "Hôm sau rác lại đầy, chưa ai thu gom hằng ngày."
PAGE = "/tra-cuu/ho-so"
NEWS = "Đã khảo sát hẻm cùng hai đơn vị phối hợp."


class Chain:
    """The office's side of the way, each move made on the case as it stands."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.public_id = db.session.scalars(select(Case.public_id)).one()
        self.agencies = [agency for agency in city.agencies() if not agency.is_desk and not agency.is_triage][:5]
        self.names = [agency.name for agency in self.agencies]
        self.referee = self.hire(Role.AGENCY_HEAD, city.referee_agency().id)

    def hire(self, role: Role, agency_id: int) -> Actor:
        """One more officer."""
        number = db.session.query(User).count()
        user = User(sign_in_name=f"di.chuyen.{number}", full_name=f"Cán bộ {number}", password_hash="-", role=role, agency_id=agency_id)
        db.session.add(user)
        db.session.commit()
        return Actor.of(user)

    def version(self) -> int:
        return version_of(self.public_id)

    def forward(self, number: int) -> None:
        decision = desk.Decision("urban_environment", self.agencies[number].id)
        desk.forward(self.office.desk.actor, self.public_id, self.version(), decision)

    def give_back(self, number: int) -> None:
        actor = self.hire(Role.HANDLER, self.agencies[number].id)
        transfers.give_back(actor, self.public_id, self.version(), ReturnReason.OTHER_AREA, "không thuộc địa bàn, nội bộ")

    def decide(self, number: int) -> None:
        transfers.decide(self.referee, self.public_id, self.version(), self.agencies[number].id, "theo địa bàn, nội bộ")

    def help(self, lead: Actor, number: int) -> None:
        """Ask an agency for its part, and have it reported."""
        day = local_day(now())
        partners.ask_partner(
            lead, self.public_id, self.version(), self.agencies[number].id, "xin phối hợp, nội bộ", day + timedelta(days=2)
        )
        helper = self.hire(Role.HANDLER, self.agencies[number].id)
        partners.accept_part(helper, self.public_id, self.version())
        partners.report_part(helper, self.public_id, self.version(), "đã làm xong, nội bộ")

    def answer(self, lead: Actor, head: Actor, text: str) -> None:
        handling.submit_answer(lead, self.public_id, self.version(), Outcome.SOLVED, text)
        handling.approve(head, self.public_id, self.version())


def in_order(text: str, parts: list[str]) -> bool:
    """Whether the parts stand in the text one after the other."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
    return True


def come_back_twice(citizen: Walk, chain: Chain) -> None:
    """Two agencies return the case; the sender reads who is responsible all the while."""
    front, wrong = city.desk_agency().name, chain.names[0]
    chain.forward(0)
    citizen.go(PAGE)
    assert f"{front} chịu trách nhiệm, đã chuyển {wrong}" in citizen.text()
    assert f"{wrong} chưa mở" in citizen.text()
    chain.give_back(0)
    citizen.go(PAGE)
    assert f"{wrong} cho biết việc thuộc cơ quan khác nên trả lại. Ông/Bà không phải gửi lại." in citizen.text()
    chain.forward(1)
    chain.give_back(1)
    citizen.go(PAGE)
    assert "Chờ phân định" in citizen.text()


def answer_twice(citizen: Walk, chain: Chain) -> None:
    """The lead agency works with two helpers and answers; the sender asks to look again and gets a better answer."""
    lead, head = (chain.hire(role, chain.agencies[2].id) for role in (Role.HANDLER, Role.AGENCY_HEAD))
    for number in (3, 4):
        chain.help(lead, number)
    dialogue.report_progress(lead, chain.public_id, chain.version(), NEWS, local_day(now()) + timedelta(days=3))
    citizen.go(PAGE)
    assert f"{chain.names[2]}, từ ngày" in citizen.text()
    assert NEWS in citizen.text()
    chain.answer(lead, head, FIRST)
    citizen.go(PAGE)
    assert FIRST in citizen.text()
    button = "main form[action$='/xem-xet-lai'] button[type=submit]"
    citizen.press("/ho-so/xem-xet-lai", button)
    citizen.page.fill("#why", AGAIN)
    citizen.press(PAGE, button)
    assert AGAIN in citizen.text()
    chain.answer(lead, head, BETTER)
    citizen.go(PAGE)
    citizen.page.locator("summary", has_text="Câu trả lời trước").click()


def story_of(chain: Chain) -> list[str]:
    """What the page must tell, in this order."""
    front, (wrong, other, lead, *helpers) = city.desk_agency().name, chain.names
    return [
        f"{front} chuyển phản ánh đến {wrong}",
        f"{wrong} cho biết việc thuộc cơ quan khác",
        f"{front} chuyển phản ánh đến {other}",
        f"{other} cũng cho biết việc không thuộc trách nhiệm của mình, nên {city.referee_agency().name} sẽ phân định",
        f"Đã phân định: {lead} có trách nhiệm giải quyết",
        *(f"{name} đã gửi kết quả phối hợp cho {lead}." for name in helpers),
        f"{lead} báo tiến độ.",
        f"{lead} đã trả lời.",
        "Ông/Bà yêu cầu xem xét lại; hồ sơ được mở lại với hạn mới.",
        f"{lead} đã trả lời.",
    ]


def office_page(chain: Chain, browser: Browser, address: str) -> str:
    """What an officer reads on the case's own page."""
    cookie = chain.office.browser(chain.office.leader).get_cookie("phien")
    assert cookie is not None
    with browser.new_context() as context:
        context.add_cookies([{"name": "phien", "value": cookie.value, "url": address}])
        officer = Walk(context.new_page(), address, "handover-office", check=False)
        officer.go(f"/can-bo/ho-so/{chain.public_id}")
        return officer.text()


@pytest.mark.timeout(240)
def test_nobody_is_sent_around_and_the_page_tells_the_story(office: Office, browser: Browser, address: str) -> None:
    with browser.new_context(bypass_csp=True, viewport=NARROWEST) as context:
        citizen = Walk(context.new_page(), address, "handover")
        code = report(citizen, TEXT, named=False)
        chain = Chain(office)
        track(citizen, code)
        come_back_twice(citizen, chain)
        chain.decide(2)
        answer_twice(citizen, chain)
        assert in_order(citizen.text(), [BETTER, FIRST, "Diễn biến", *story_of(chain)])
        assert "nội bộ" not in citizen.text()
        assert code not in citizen.page.content()
    hops = db.session.scalars(select(Transfer).order_by(Transfer.hop)).all()
    assert [hop.state.value for hop in hops] == ["returned", "returned", "accepted"]
    assert [hop.to_agency_id for hop in hops] == [agency.id for agency in chain.agencies[:3]]
    assert all(hop.working_minutes is not None for hop in hops)
    wrong, other, lead, *_helpers = chain.names
    assert in_order(
        office_page(chain, browser, address), [f"→ {wrong}", "Trên đường", f"→ {other}", "Trên đường", f"→ {lead}", "Phân định"]
    )
