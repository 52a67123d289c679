"""The list: tabs, filters in the address, saved filters, search, one act on several cases."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from feedback.cases import dialogue, partners, transfers
from feedback.cases.models import Case
from feedback.db import db, now
from feedback.inbox import filters
from feedback.inbox.models import SavedFilter
from feedback.localtime import local_day
from feedback.notices.models import Notice, NoticeKind
from tests.feedback.officers import Office, Officer, case_of, counted, send, version_of

LIST = "/can-bo/ho-so"


def shown(office: Office, officer: Officer, query: str, *cases: str) -> set[int]:
    """Which of these cases the list shows, by their position."""
    text = office.browser(officer).get(f"{LIST}?{query}").text
    return {number for number, public_id in enumerate(cases) if f"{LIST}/{public_id}" in text}


def number_of(office: Office, officer: Officer, tab: str) -> int:
    text = office.browser(officer).get(LIST).text
    found = re.search(rf'\?the={tab}"[^>]*>[^<]*<span class="lc-count[^"]*">([\d.]+)<', text)
    assert found is not None, tab
    return int(found[1])


def test_cases_on_their_way_are_counted_where_they_go_and_where_they_come_from(office: Office) -> None:
    coming, going = office.forwarded(), office.accepted()
    transfers.hand_on(office.handler.actor, going, version_of(going), office.other, "Việc của bên kia.")
    assert shown(office, office.handler, "the=chua-nhan", coming, going) == {0}
    assert shown(office, office.handler, "the=da-chuyen", coming, going) == {1}
    assert shown(office, office.stranger, "the=chua-nhan", coming, going) == {1}
    assert shown(office, office.handler, "the=dang-mo", coming, going) == {0, 1}
    assert [number_of(office, office.handler, tab) for tab in ("chua-nhan", "da-chuyen", "dang-mo")] == [1, 1, 2]


def test_a_case_whose_clock_stands_still_is_not_late(office: Office) -> None:
    asked, late = office.accepted(), office.accepted()
    dialogue.ask(office.handler.actor, asked, version_of(asked), "Hẻm số mấy?")
    db.session.execute(update(Case).values(due_at=now() - timedelta(days=1)))
    db.session.commit()
    assert shown(office, office.handler, "the=qua-han", asked, late) == {1}
    assert shown(office, office.handler, "the=cho-bo-sung", asked, late) == {0}
    assert number_of(office, office.handler, "qua-han") == 1


def test_a_co_agency_finds_what_it_was_asked_for(office: Office) -> None:
    helped, other = office.accepted(), office.accepted()
    partners.ask_partner(office.handler.actor, helped, version_of(helped), office.other, "Xin số liệu.", local_day(now()))
    assert shown(office, office.stranger, "the=phoi-hop", helped, other) == {0}
    partners.report_part(office.stranger.actor, helped, version_of(helped), "Đã gửi.")
    assert shown(office, office.stranger, "the=phoi-hop", helped, other) == set()
    assert shown(office, office.stranger, "the=tat-ca", helped, other) == {0}


def test_only_the_referee_has_a_tab_for_disputes(office: Office, referee: Officer) -> None:
    assert "the=cho-phan-dinh" in office.browser(referee).get(LIST).text
    assert "the=cho-phan-dinh" not in office.browser(office.head).get(LIST).text


def test_filters_stand_in_the_address(office: Office) -> None:
    urgent, mine = office.forwarded(), office.accepted()
    db.session.execute(update(Case).where(Case.public_id == urgent).values(urgent=True))
    db.session.commit()
    case = case_of(mine)
    wanted = {
        "khan=1": {0},
        f"nguoi={office.handler.actor.user_id}": {1},
        f"linh-vuc={case.category_code}": {0, 1},
        "linh-vuc=health": set(),
        f"loai={case.track.value}": {0, 1},
        "loai=complaint": set(),
        f"kenh={case.channel.value}": {0, 1},
        "kenh=paper": set(),
        "loai=x": {0, 1},
        "phuong=x": {0, 1},
    }
    assert {query: shown(office, office.handler, query, urgent, mine) for query in wanted} == wanted


def test_pages_of_several_lists_give_every_case_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.cases.queries.case_lines.__defaults__", (None, 2, ()))
    made = [office.forwarded(), office.accepted(), office.accepted(), office.forwarded(), office.accepted()]
    browser, seen, address = office.browser(office.handler), [], f"{LIST}?the=tat-ca"
    while address:
        text = browser.get(address).text
        seen += [public_id for public_id in made if f'{LIST}/{public_id}"' in text]
        found = re.search(r'href="([^"]*sau=[^"]*)" rel="next"', text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(made)


def saved(office: Office, officer: Officer, **fields: Any) -> None:
    send(office.browser(officer), f"{LIST}/bo-loc", "/can-bo/doi-mat-khau", **fields)


def test_a_filter_is_saved_shared_renamed_and_deleted(office: Office) -> None:
    saved(office, office.handler, ten="  Rác   thải ", **{"dieu-kien": "the=qua-han&linh-vuc=health&sau=1_2&la=x"})
    kept = db.session.scalars(select(SavedFilter)).one()
    assert (kept.name, kept.query) == ("Rác thải", "the=qua-han&linh-vuc=health")
    colleague, stranger = office.browser(office.head), office.browser(office.stranger)
    assert "Rác thải" not in colleague.get(LIST).text
    path, mine = f"{LIST}/bo-loc/{kept.id}", office.browser(office.handler)
    send(mine, path, f"{LIST}/bo-loc", viec="chia-se")
    assert "Rác thải" in colleague.get(LIST).text
    assert "Rác thải" not in stranger.get(LIST).text
    assert send(colleague, path, "/can-bo/doi-mat-khau", viec="doi-ten", ten="Của tôi").status_code == 404
    send(colleague, path, "/can-bo/doi-mat-khau", viec="xoa")
    send(mine, path, f"{LIST}/bo-loc", viec="doi-ten", ten="Vệ sinh")
    assert "Vệ sinh" in colleague.get(LIST).text
    send(mine, path, f"{LIST}/bo-loc", viec="xoa")
    assert db.session.scalar(select(func.count()).select_from(SavedFilter)) == 0


@pytest.mark.parametrize("fields", [{"ten": " ", "dieu-kien": "khan=1"}, {"ten": "Trống", "dieu-kien": "la=x"}])
def test_a_filter_without_name_or_conditions_is_not_saved(office: Office, fields: dict[str, str]) -> None:
    saved(office, office.handler, **fields)
    assert filters.saved(office.handler.actor) == []


def many(office: Office, officer: Officer, act: str, *cases: str, **fields: Any) -> str:
    """Confirm an act on these cases in the versions they have now; the page of results."""
    look = f"{LIST}/nhieu-ho-so?viec={act}&" + "&".join(f"hs={public_id}" for public_id in cases)
    chosen = [f"{public_id}.{version_of(public_id)}" for public_id in cases]
    return send(office.browser(officer), f"{LIST}/nhieu-ho-so", look, viec=act, hs=chosen, **fields).text


def test_the_page_before_says_what_will_be_refused_and_why(office: Office) -> None:
    mine, coming, strange = office.accepted(), office.forwarded(), office.report()
    text = office.browser(office.head).get(f"{LIST}/nhieu-ho-so?viec=phan-cong&hs={mine}&hs={coming}&hs={strange}").text
    main = text[text.index("<main") :]  # the links above it repeat the address that was asked for
    going, staying = main.split('id="khong-lam"')
    assert mine in going
    assert coming in staying
    assert strange not in main


def test_several_cases_are_assigned_each_with_its_own_result(office: Office) -> None:
    mine, coming = office.accepted(), office.forwarded()
    text = many(office, office.head, "phan-cong", mine, coming, handler=office.head.actor.user_id)
    done, refused = text.split('id="chua-lam"')
    assert mine in done
    assert coming in refused
    assert case_of(mine).handler_id == office.head.actor.user_id
    assert "Xin chọn người xử lý." in many(office, office.head, "phan-cong", mine, handler="999")


def test_several_cases_are_extended_by_the_head_only(office: Office) -> None:
    cases = [office.accepted(), office.accepted()]
    before = [case_of(public_id).due_at for public_id in cases]
    fields = {"ground": "expertise", "extension_reason": "Phải đo đạc."}
    assert "Chỉ người đứng đầu" in many(office, office.handler, "gia-han", *cases, **fields)
    many(office, office.head, "gia-han", *cases, **fields)
    assert all(case_of(public_id).due_at > due for public_id, due in zip(cases, before, strict=True))


def test_a_handler_is_reminded_once_a_day(office: Office) -> None:
    public_id = office.accepted()
    wanted = select(func.count()).where(Notice.kind == NoticeKind.DUE_SOON, Notice.user_id == office.handler.actor.user_id)
    many(office, office.head, "nhac", public_id)
    assert "Hôm nay đã nhắc rồi." in many(office, office.head, "nhac", public_id)
    assert db.session.scalar(wanted) == 1


def test_the_list_asks_a_fixed_number_of_questions(office: Office) -> None:
    office.accepted()
    handler = office.browser(office.handler)
    handler.get(LIST)  # reads what this process then knows of the city
    with counted() as few:
        handler.get(LIST)
    for _case in range(4):
        office.forwarded()
    with counted() as more:
        handler.get(LIST)
    assert len(few) == len(more) <= 10
