"""The desk's pages in a real browser: telephone and desk screen, both languages, checked by axe-core; the keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from feedback.cases import dialogue, ending, transfers
from feedback.cases.handover_models import ReturnReason
from feedback.cases.intake import ReportContact
from feedback.cases.models import Channel, Suggestion
from feedback.cases.workflow import State
from feedback.db import db
from feedback.desk import services
from tests.browsers import SCREENS, follow, look, served, signed_in
from tests.feedback.desk.test_acts import TWO, Proposes
from tests.feedback.officers import Office, case_of, version_of

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
QUEUE = "/can-bo/tiep-nhan"


def cases(office: Office) -> dict[str, str]:
    """One case for each thing the desk's pages can show."""
    desk = office.desk.actor
    made = {"sorting": office.report(TWO), "paper": office.report(channel=Channel.PAPER, contact=ReportContact(name="Nguyễn Thị Thử"))}
    made["lead"] = office.forwarded()
    made["returned"] = office.forwarded()
    transfers.give_back(office.handler.actor, made["returned"], version_of(made["returned"]), ReturnReason.OTHER_AREA, "Thuộc phường bên.")
    made["asked"] = office.report()
    dialogue.ask(desk, made["asked"], version_of(made["asked"]), "Xin cho biết số nhà gần nhất?")
    made["merged"] = office.report()
    ending.merge(desk, made["merged"], version_of(made["merged"]), made["lead"])
    bulk = [office.report(), office.report()]
    services.send_many(desk, "a" * 16, [(one, version_of(one)) for one in bulk])
    office.app.extensions["likeness"] = Proposes(made["lead"], made["returned"])
    return made


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("width", "language"), SCREENS)
def test_every_page_of_the_desk_can_be_used_by_everybody(office: Office, browser: Browser, width: int, language: str) -> None:
    made = cases(office)
    sorting = made["sorting"]
    pages = {
        "queue": QUEUE,
        "returned": f"{QUEUE}?the=tra-lai",
        "under-way": f"{QUEUE}?the=dang-chuyen",
        "waiting": f"{QUEUE}?the=cho-bo-sung",
        "ended": f"{QUEUE}?the=da-ket-thuc",
        "nothing": f"{QUEUE}?tim=khongco",
        **{f"case-{name}": f"{QUEUE}/{public_id}" for name, public_id in made.items()},
        "compare": f"{QUEUE}/{sorting}/so-sanh/{made['lead']}",
        "refuse": f"{QUEUE}/{sorting}/khong-thu-ly?ly-do=needs_petition",
        "split": f"{QUEUE}/{sorting}/tach",
        "bulk-look": f"{QUEUE}/chuyen-nhieu?hs={sorting}&hs={made['paper']}&hs={made['returned']}",
        "bulk": f"{QUEUE}/dot-chuyen/{'a' * 16}",
    }
    with served(office.app) as address:
        page = signed_in(browser, office, office.desk, address, width, language)
        for name, path in pages.items():
            page.goto(address + path)
            look(page, f"desk-{name}-{width}-{language}", unfold=True)
        page.context.close()


@pytest.mark.timeout(120)
def test_one_key_confirms_what_the_machine_is_sure_of_and_none_does_where_it_is_not(office: Office, browser: Browser) -> None:
    first, second = office.report(), office.report()
    thought = db.session.get(Suggestion, case_of(second).id)
    assert thought is not None
    thought.abstain = True
    db.session.commit()
    with served(office.app) as address:
        page = signed_in(browser, office, office.desk, address, 1280)
        page.goto(address + QUEUE)
        page.keyboard.press("j")
        page.keyboard.press("c")
        assert page.locator("[data-row-pick]:checked").count() == 1
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{first}")
        page.keyboard.press("x")
        page.wait_for_url(f"**/{second}")
        page.keyboard.press("x")
        assert page.evaluate("document.activeElement.hasAttribute('data-key-confirm')")
        page.context.close()
    assert case_of(first).state is State.FORWARDED
    assert case_of(second).state is State.SORTING


@pytest.mark.timeout(120)
def test_two_officers_on_one_case_lose_nothing(office: Office, browser: Browser) -> None:
    public_id = office.report()
    with served(office.app) as address:
        page = signed_in(browser, office, office.desk, address, 1280)
        page.goto(f"{address}{QUEUE}/{public_id}")
        page.fill("#note", "Chữ của tôi")
        page.select_option("#agency", str(office.agency))
        dialogue.ask(office.desk.actor, public_id, version_of(public_id), "Câu hỏi của đồng nghiệp")
        dialogue.resume(office.desk.actor, public_id, version_of(public_id), "Đã gọi điện")
        follow(page, "[data-key-confirm]")
        page.wait_for_selector("text=Chữ của tôi")
        look(page, "desk-conflict-1280-vi", unfold=True)
        follow(page, "text=Vẫn thực hiện với nội dung của tôi", f"**{QUEUE}")
        page.context.close()
    assert case_of(public_id).to_agency_id == office.agency
