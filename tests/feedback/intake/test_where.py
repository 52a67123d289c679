"""The question where it happened, filled in from what the citizen has already written."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedback.cases import asking
from feedback.cases.ports import PlaceRead
from feedback.city import queries as city
from tests.feedback.citizen import answer_until, post, text_of

WHERE = "/phan-anh/dia-diem"
OLD = "Rác đầy đầu hẻm 47 Hoa Sữa, P.12 Q.Gò Vấp, ba ngày nay chưa gom."


class Reads:
    """Reads what it is told to; with a signal, only after it was given."""

    def __init__(self, found: PlaceRead, signal: Event | None = None) -> None:
        self.found, self.signal = found, signal

    def read_place(self, text: str, units: str) -> PlaceRead:
        if self.signal is not None:
            self.signal.wait(60)
        return self.found


class Breaks:
    def read_place(self, text: str, units: str) -> PlaceRead:
        raise RuntimeError(text)


def chosen(page: str) -> str:
    found = re.search(r'<option selected value="(\d+)">([^<]+)<', page)
    return found[2] if found else ""


def place(page: str) -> str:
    found = re.search(r'<input[^>]*name="place"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def test_an_old_address_is_filled_in_as_todays_ward_with_the_citizens_own_words(client: FlaskClient) -> None:
    answer_until(client, WHERE, OLD)
    page = client.get(WHERE)
    assert (chosen(page.text), place(page.text)) == ("Phường An Hội Tây", "đầu hẻm 47 Hoa Sữa")
    assert "Phường An Hội Tây (Ông/Bà viết “P.12 Q.Gò Vấp”), đầu hẻm 47 Hoa Sữa." in text_of(page)
    assert "xem có đúng không" in text_of(page)


def test_the_citizen_has_the_last_word(client: FlaskClient) -> None:
    answer_until(client, WHERE, OLD)
    client.get(WHERE)
    assert post(client, WHERE, area="?", place="Chợ Hoa").status_code == 302
    page = client.get(WHERE).text
    assert '<option selected value="?">' in page
    assert place(page) == "Chợ Hoa"
    assert "Chúng tôi đọc trong nội dung" not in page
    assert post(client, WHERE, area="", place="").status_code == 422
    assert "Chúng tôi đọc trong nội dung" not in post(client, WHERE, area="", place="").text


def test_a_name_written_as_it_is_today_is_not_repeated(client: FlaskClient) -> None:
    answer_until(client, WHERE, "Đèn đường hư ở Phường Nhiêu Lộc.")
    assert "Chúng tôi đọc trong nội dung: Phường Nhiêu Lộc ." in text_of(client.get(WHERE))


def test_a_divided_ward_tells_the_others(client: FlaskClient) -> None:
    answer_until(client, WHERE, "Quán lấn vỉa hè ở phường Đa Kao, quận 1.")
    page = client.get(WHERE)
    assert chosen(page.text) == "Phường Sài Gòn"
    assert "cũng có thể là: Phường Tân Định." in text_of(page)


def test_a_district_leads_to_its_group_and_chooses_nothing(client: FlaskClient) -> None:
    answer_until(client, WHERE, "Cả quận Gò Vấp kẹt xe mỗi chiều.")
    page = client.get(WHERE)
    assert chosen(page.text) == ""
    assert "trong nhóm Quận Gò Vấp (cũ)" in text_of(page)
    assert "Đã điền sẵn" not in page.text


def test_a_place_alone_is_filled_in(client: FlaskClient) -> None:
    answer_until(client, WHERE, "Ổ gà trước số 12 đường Hoa Sữa làm nhiều người té.")
    page = client.get(WHERE)
    assert (chosen(page.text), place(page.text)) == ("", "số 12 đường Hoa Sữa")
    assert "Đã điền sẵn" in page.text


def test_nothing_read_changes_nothing(client: FlaskClient) -> None:
    answer_until(client, WHERE, "Nhân viên trả lời cộc lốc, bắt chờ hai tiếng.")
    assert "Chúng tôi đọc" not in client.get(WHERE).text


@pytest.mark.parametrize(
    "reader", [None, Breaks(), Reads(PlaceRead(area_code="99999", words=("xã",)))], ids=["missing", "broken", "unknown ward"]
)
def test_the_question_is_asked_without_the_machine(client: FlaskClient, app: Flask, reader: object) -> None:
    app.extensions["place_reader"] = reader
    answer_until(client, WHERE, OLD)
    page = client.get(WHERE)
    assert page.status_code == 200
    assert chosen(page.text) == ""
    assert "Chúng tôi đọc" not in page.text
    with app.app_context():
        first = city.wards()[0]
    assert post(client, WHERE, area=str(first.id), place="").status_code == 302


def test_a_slow_reader_is_not_waited_for(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    signal, machine = Event(), ThreadPoolExecutor(1)
    monkeypatch.setattr(asking, "_asking", machine)
    app.extensions["place_reader"] = Reads(PlaceRead(place="Chợ Hoa"), signal)
    answer_until(client, WHERE, OLD)
    assert "Chợ Hoa" not in client.get(WHERE).text, "shown while the reader still waits for its signal"
    signal.set()
    machine.shutdown()
