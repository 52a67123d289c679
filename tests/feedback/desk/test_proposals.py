"""What is read in a case for the officer who sorts it: place, procedure, danger, the three nearest fields."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.cases.models import Suggestion
from feedback.cases.ports import Labels, PlaceRead, ProcedureRead
from feedback.city import queries as city
from feedback.db import db
from tests.feedback.citizen import TEXT, text_of
from tests.feedback.officers import Office, case_of, counted, send, version_of

QUEUE = "/can-bo/tiep-nhan"
BIRTH = "Tôi làm khai sinh cho con ở P.12 Q.Gò Vấp, nộp ở số 5 đường Hoa Sữa, ba tuần chưa có."


class Says:
    """A classifier that says the same of every text."""

    def __init__(self, category: str, *, urgent: bool = False, abstain: bool = False) -> None:
        others = (("health", 0.3), ("education", 0.1), ("other", 0.1))
        self.labels = Labels(category, 0.5, others, False, 0.0, urgent, False, False, abstain, (), "test")

    def classify(self, text: str) -> Labels:
        return self.labels


class Breaks:
    def read_place(self, text: str, units: str) -> PlaceRead:
        raise RuntimeError(text)

    def read_procedure(self, text: str, names: list[str]) -> ProcedureRead:
        raise RuntimeError(text)

    def words_of_danger(self, text: str) -> str:
        raise RuntimeError(text)


def case_page(office: Office, text: str, category: str = "civil_status", **parts: object) -> str:
    office.app.extensions["classifier"] = Says(category)
    return office.browser(office.desk).get(f"{QUEUE}/{office.report(text, **parts)}").text


def chosen(page: str, field: str) -> str:
    """The words chosen in a list of the page."""
    select = re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.DOTALL)
    found = re.search(r"<option selected[^>]*>([^<]*)<", select[0]) if select else None
    return found[1] if found else ""


def test_an_empty_place_is_read_from_the_text_with_the_words_it_stands_on(office: Office) -> None:
    page = case_page(office, BIRTH)
    assert "Máy đọc được: Phường An Hội Tây, vì có các từ: P.12 Q.Gò Vấp." in page
    assert "Địa điểm đọc được trong nội dung: số 5 đường Hoa Sữa" in page
    assert chosen(page, "agency") == "Ủy ban nhân dân Phường An Hội Tây"


def test_the_agency_of_the_queue_is_that_of_the_ward_read_unless_it_was_divided(office: Office) -> None:
    office.app.extensions["classifier"] = Says("civil_status")
    office.report(BIRTH)
    assert "Ủy ban nhân dân Phường An Hội Tây" in text_of(office.browser(office.desk).get(QUEUE))
    divided = office.report("Làm khai sinh ở phường Đa Kao, quận 1")
    thought = db.session.get(Suggestion, case_of(divided).id)
    assert thought is not None
    assert "Phường" not in thought.routing_reason
    assert case_of(divided).area_id is None, "only a person says where it was"


def test_what_the_sender_said_himself_is_not_read_again(office: Office) -> None:
    ward = city.wards()[0]
    page = case_page(office, BIRTH, area_id=ward.id, place="Chợ Hoa")
    assert "đọc được" not in page
    assert ward.name in page
    half = case_page(office, BIRTH, area_id=ward.id)
    assert "Máy đọc được" not in half
    assert "Địa điểm đọc được trong nội dung: số 5 đường Hoa Sữa" in half


def test_the_ward_the_officer_chooses_is_where_the_case_is_counted(office: Office) -> None:
    page = case_page(office, BIRTH)
    assert chosen(page, "area") == "Phường An Hội Tây", "as read in the text"
    office.app.extensions["classifier"] = Says("civil_status")
    public_id, wards = office.report(BIRTH), city.wards()
    client, path = office.browser(office.desk), f"{QUEUE}/{public_id}"
    fields = {"version": version_of(public_id), "category": "civil_status", "agency": office.agency, "procedure": ""}
    other = send(client, path, path, **fields, area=wards[4].id, act="suggest").text
    assert chosen(other, "agency") == f"Ủy ban nhân dân {wards[4].name}", "the agency proposed again is that of the ward chosen"
    wrong = send(client, path, path, **fields, area="0", act="forward")
    assert wrong.status_code == 422
    assert "Xin chọn một phường, xã trong danh sách." in wrong.text
    assert send(client, path, path, **fields, area=wards[4].id, act="forward").status_code == 302
    assert case_of(public_id).area_id == wards[4].id
    row = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "case.set_area")).one()
    assert row.facts == {"before": "", "after": wards[4].code}


def test_a_ward_left_open_stays_open_and_a_known_one_stays(office: Office) -> None:
    office.app.extensions["classifier"] = Says("other")
    client = office.browser(office.desk)
    for ward in (None, city.wards()[2].id):
        public_id = office.report("Cán bộ giải thích không rõ ràng", area_id=ward)
        path = f"{QUEUE}/{public_id}"
        assert "Chỉ đổi khi nội dung nói nơi khác." in client.get(path).text or ward is None
        fields = {"version": version_of(public_id), "category": "other", "agency": office.agency, "procedure": "", "area": ""}
        assert send(client, path, path, **fields, act="forward").status_code == 302
        assert case_of(public_id).area_id == ward


def test_a_divided_ward_and_a_district_are_told_as_such(office: Office) -> None:
    assert "cũng có thể là: Phường Tân Định." in case_page(office, "Làm khai sinh ở phường Đa Kao, quận 1")
    assert "Máy đọc được: Quận Gò Vấp (cũ), vì có các từ: quận Gò Vấp." in case_page(office, "Làm khai sinh ở quận Gò Vấp quá lâu")


def test_the_procedure_asked_for_is_chosen_with_its_words_and_can_be_changed(office: Office) -> None:
    page = case_page(office, BIRTH)
    assert chosen(page, "procedure") == "Đăng ký khai sinh"
    assert "Người gửi viết: khai sinh. Đề xuất: Đăng ký khai sinh." in page
    office.app.extensions["classifier"] = Says("civil_status")
    public_id = office.report(BIRTH)
    client, path = office.browser(office.desk), f"{QUEUE}/{public_id}"
    fields = {"version": version_of(public_id), "category": "civil_status", "agency": office.agency, "procedure": "", "act": "forward"}
    assert send(client, path, path, **fields).status_code == 302
    assert case_of(public_id).procedure_id is None


def test_a_procedure_only_named_is_told_but_not_chosen(office: Office) -> None:
    page = case_page(office, "Hàng xóm tôi chưa đăng ký tạm trú mà cho thuê phòng.")
    assert chosen(page, "procedure") in ("", "Không thuộc thủ tục nào")
    assert "Đề xuất: Đăng ký tạm trú." in page


def test_only_procedures_of_the_chosen_field_are_proposed(office: Office) -> None:
    assert "Đề xuất:" not in case_page(office, BIRTH, "health")


def test_urgent_cases_stand_on_top_with_the_reason(office: Office) -> None:
    first = office.report()
    office.app.extensions["classifier"] = Says("public_order", urgent=True)
    danger = office.report("Dây điện đứt rơi xuống hẻm Hoa Sữa, đang phóng điện")
    silent = office.report("Xin đến ngay giúp chúng tôi ở hẻm Hoa Sữa")
    client = office.browser(office.desk)
    page = client.get(QUEUE)
    assert page.text.index(danger) < page.text.index(first)
    assert page.text.index(silent) < page.text.index(first)
    assert text_of(page).count("Khẩn cấp vì có các từ: dây điện đứt") == 1
    assert "Khẩn cấp vì có các từ: dây điện đứt" in text_of(client.get(f"{QUEUE}/{danger}"))
    assert "vì có các từ" not in text_of(client.get(f"{QUEUE}/{silent}"))


def test_an_unsure_machine_shows_the_three_nearest_fields(office: Office) -> None:
    office.app.extensions["classifier"] = Says("civil_status", abstain=True)
    public_id = office.report()
    client = office.browser(office.desk)
    assert "Hộ tịch, cư trú, chứng thực · Y tế, an toàn thực phẩm · Giáo dục" in text_of(client.get(QUEUE))
    page = client.get(f"{QUEUE}/{public_id}")
    assert "Ba khả năng gần nhất" in text_of(page)
    assert chosen(page.text, "category") in ("", "Chọn trong danh sách")
    thought = db.session.get(Suggestion, case_of(public_id).id)
    assert thought is not None
    thought.category_code = None
    db.session.commit()
    assert "Máy chưa chắc, xin xem" in text_of(client.get(QUEUE))


@pytest.mark.parametrize("reader", [None, Breaks()], ids=["missing", "broken"])
def test_the_desk_works_without_any_of_it(office: Office, reader: object) -> None:
    for name in ("place_reader", "procedure_reader", "danger_reader"):
        office.app.extensions[name] = reader
    office.app.extensions["classifier"] = Says("civil_status", urgent=True)
    public_id = office.report(BIRTH)
    client = office.browser(office.desk)
    for path in (QUEUE, f"{QUEUE}/{public_id}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "đọc được" not in answer.text
        assert "vì có các từ" not in answer.text


def test_a_case_that_is_sorted_is_not_read_again(office: Office) -> None:
    public_id = office.forwarded(office.report(BIRTH))
    page = office.browser(office.desk).get(f"{QUEUE}/{public_id}").text
    assert "đọc được" not in page
    assert "Đề xuất:" not in page


def test_reading_costs_few_queries_and_the_queue_one_for_all_that_is_urgent(office: Office) -> None:
    office.app.extensions["classifier"] = Says("civil_status", urgent=True)
    public_ids = [office.report(BIRTH), office.report(TEXT)]
    client = office.browser(office.desk)
    client.get(QUEUE)
    with counted() as seen:
        client.get(QUEUE)
    assert len(seen) <= 12
    client.get(f"{QUEUE}/{public_ids[0]}")
    with counted() as seen:
        client.get(f"{QUEUE}/{public_ids[0]}")
    assert len(seen) <= 20
