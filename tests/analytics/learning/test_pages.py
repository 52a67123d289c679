"""The administrator's page of the model: what it counts, what it never shows, and how a model is changed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from analytics.classify.versions import Versions
from feedback.audit.models import AuditEntry
from feedback.cases import desk, learning
from feedback.cases.learning import Finding
from feedback.cases.ports import Labels
from feedback.db import db
from tests.analytics.learning.conftest import Bureau
from tests.analytics.learning.test_catalogue import SHIPPED, model, worse
from tests.feedback.citizen import PlainClassifier, text_of
from tests.feedback.officers import TOKEN, Officer, case_of, counted, version_of

PAGE = "/can-bo/quan-tri/mo-hinh/"
#: Midday in the city on an ordinary Wednesday.
NOON = datetime(2026, 10, 14, 5, tzinfo=UTC)
RUBBISH, ORDER = Finding("urban_environment"), Finding("public_order")


class Shipped(PlainClassifier):
    """Reads like the plain one, in the name of the shipped model; unsure of dogs."""

    def classify(self, text: str) -> Labels:
        return dataclasses.replace(super().classify(text), model_version=SHIPPED, abstain="chó" in text, urgent="cháy" in text)


@pytest.fixture
def bureau(bureau: Bureau, clock: Callable[[datetime], None]) -> Bureau:
    clock(NOON)
    bureau.office.app.extensions["classifier"] = Shipped()
    return bureau


@pytest.fixture
def admin(bureau: Bureau) -> FlaskClient:
    return bureau.office.browser(bureau.office.admin)


@pytest.fixture
def models(bureau: Bureau) -> Path:
    folder = Path(bureau.office.app.extensions["config"].var) / "models"
    folder.mkdir()
    return folder


def shown(admin: FlaskClient) -> str:
    answer = admin.get(PAGE)
    assert answer.status_code == 200
    return text_of(answer)


def row_of(page: str, name: str) -> list[str]:
    """The cells of one row of the first table."""
    found = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', page, re.DOTALL)
    assert found is not None
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", found[1], re.DOTALL)]


def test_a_new_installation_says_what_will_be_here(admin: FlaskClient) -> None:
    page = shown(admin)
    for words in ("Chưa có hồ sơ nào được kiểm tra", "Chưa có quyết định nào", "Chưa có tháng nào trọn vẹn", SHIPPED, "đi kèm phần mềm"):
        assert words in page
    assert "Quay lại mô hình trước" not in page
    assert "Đúng / đã kiểm tra" not in page, "no table of nothing"


@pytest.mark.parametrize("who", ["desk", "handler", "head", "inspector", "leader"])
def test_nobody_else_has_the_page(bureau: Bureau, who: str) -> None:
    officer: Officer = getattr(bureau.office, who)
    for path in ("", "quay-lai", f"{SHIPPED}/dua-vao-dung"):
        assert bureau.office.browser(officer).get(PAGE + path).status_code == 404


def test_accuracy_by_field_comes_from_random_checks_alone(bureau: Bureau, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(30):
        bureau.checked(f"Rác đầy hẻm {at}", RUBBISH if at < 24 else ORDER)
    monkeypatch.setattr(learning, "is_drawn", lambda _key, _public_id: False)
    bureau.checked("Rác ở góc chợ", ORDER, "public_order")
    page = admin.get(PAGE).text
    assert "24 / 30 hồ sơ kiểm tra ngẫu nhiên" in " ".join(page.split())
    assert "80,0% đúng (khoảng 63–90%)" in page, "the interval of 24 in 30 by Wilson"
    rubbish, order = row_of(page, "Môi trường đô thị"), row_of(page, "Trật tự đô thị")
    assert rubbish[:2] == ["chưa đủ 30", "24 / 24"]
    assert order[:2] == ["chưa đủ 30", "0 / 6"]
    assert rubbish[5] == "1 / 31", "the desk's own choices are counted, drawn or not"


def test_thirty_checks_of_a_field_are_set_against_the_card(bureau: Bureau, admin: FlaskClient) -> None:
    for at in range(30):
        bureau.checked(f"Rác đầy hẻm {at}", RUBBISH)
    cells = row_of(admin.get(PAGE).text, "Môi trường đô thị")
    assert cells[0].startswith("100,0% 89–100%")
    assert cells[3] in ("như thẻ", "cao hơn thẻ")


def test_signs_of_misconduct_the_machine_did_not_see_are_told(bureau: Bureau, admin: FlaskClient) -> None:
    bureau.checked("Rác đầy hẻm", Finding("urban_environment", misconduct=True))
    bureau.checked("Rác cháy ngoài ngõ", Finding("urban_environment", urgent=True))
    bureau.checked("Rác đầy ngõ", Finding("urban_environment", urgent=True))
    page = shown(admin)
    assert "mà máy không thấy ở 1 / 3 hồ sơ mở" in page
    assert "máy nhận ra 1 / 2" in page


def test_what_the_desk_chose_after_none_was_proposed_is_counted_apart(bureau: Bureau, admin: FlaskClient) -> None:
    bureau.decided("Rác đầy hẻm", "public_order")
    bureau.decided("Rác đầy ngõ")
    bureau.decided("Con chó sủa suốt đêm", "public_order")
    cells = row_of(admin.get(PAGE).text, "Môi trường đô thị")
    assert cells[4:] == ["chưa đủ 30", "1 / 2", "1 / 1"]


def test_a_sealed_case_leaves_no_trace(bureau: Bureau, admin: FlaskClient, clock: Callable[[datetime], None]) -> None:
    """Read, taken up, checked, corrected: the page is the same, letter by letter, also when its month is over."""
    bureau.checked("Rác đầy hẻm", RUBBISH)
    later = NOON + timedelta(days=40)
    clock(later)
    admin = bureau.office.browser(bureau.office.admin)
    before = shown(admin)
    clock(NOON)
    bureau.office.sealed()
    bureau.sealed_and_checked(Finding("staff_conduct"))
    hidden = bureau.office.report("Rác đầy ngõ")
    desk.send_to_inspectorate(bureau.office.desk.actor, hidden, version_of(hidden), "Nêu tên cán bộ")
    clock(later)
    assert shown(admin) == before


def test_no_text_and_no_case_is_shown(bureau: Bureau, admin: FlaskClient) -> None:
    public_id = bureau.checked("Rác đầy hẻm Hoa Sữa", RUBBISH)
    page = admin.get(PAGE).text
    assert "Hoa Sữa" not in page
    assert public_id not in page
    assert str(case_of(public_id).reference) not in page


def test_whole_months_are_watched_and_the_running_one_is_not(bureau: Bureau, clock: Callable[[datetime], None]) -> None:
    for month in range(1, 10):
        clock(datetime(2026, month, 10, 5, tzinfo=UTC))
        for at in range(30):
            bureau.office.report("Con chó sủa suốt đêm" if at < (3 if month < 9 else 20) else f"Rác đầy hẻm {at}")
    clock(NOON)
    bureau.decided("Rác đầy hẻm")
    page = bureau.office.browser(bureau.office.admin).get(PAGE).text
    row = row_of(page, "Máy không đề xuất")
    assert row == ["66,7%", "10,0%", "10,0–10,0%", "ra ngoài giới hạn"]
    assert row_of(page, "Từ lạ")[:2] == ["0,0%", "0,0%"], "the words of open cases are counted, whoever looks"
    assert row_of(page.split('id="thay-doi"')[1], "09/2026")[0] == "30"
    assert '<th scope="row">10/2026</th>' in page.split('id="thay-doi"')[0], "decisions of the running month are counted"
    assert '<th scope="row">10/2026</th>' not in page.split('id="thay-doi"')[1]


def test_the_figures_of_a_model_before_stay_readable(bureau: Bureau, admin: FlaskClient, models: Path) -> None:
    """Also when its files are gone, as after a new release of the software; a name nobody knows is nothing."""
    for at in range(30):
        bureau.checked(f"Rác đầy hẻm {at}", RUBBISH)
    Versions(models).promote(model(models, "second"))
    assert "Chưa có hồ sơ nào được kiểm tra" in shown(admin)
    before = text_of(admin.get(f"{PAGE}?mo-hinh={SHIPPED}"))
    assert f"của mô hình {SHIPPED}, không phải mô hình đang dùng" in before
    assert "30 / 30 hồ sơ kiểm tra ngẫu nhiên" in before
    bureau.office.app.extensions["classifier"] = PlainClassifier()
    bureau.office.report("Rác đầy ngõ")
    assert "test-1 không còn trên máy chủ 1 phản ánh" in shown(admin)
    assert admin.get(f"{PAGE}?mo-hinh=test-1").status_code == 200
    assert admin.get(f"{PAGE}?mo-hinh=nothing").status_code == 404


def test_few_queries_however_many_cases(bureau: Bureau, admin: FlaskClient) -> None:
    for at in range(4):
        bureau.checked(f"Rác đầy hẻm {at}", RUBBISH)
    admin.get(PAGE)
    with counted() as seen:
        admin.get(PAGE)
    assert len(seen) <= 13, seen
    assert not [statement for statement in seen if "cases.text" in statement], "no text is read again on the same day"


def press(admin: FlaskClient, address: str, **fields: str) -> int:
    """Send a form with the token of some page."""
    token = TOKEN.search(admin.get(PAGE).text)
    assert token is not None
    return admin.post(PAGE + address, data={"csrf_token": token[1], **fields}).status_code


def entries() -> list[tuple[str, str, object]]:
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "model").order_by(AuditEntry.seq))
    return [(row.action, row.subject_id, row.facts) for row in rows]


def test_a_better_model_is_put_to_use_after_a_second_look_and_taken_back(admin: FlaskClient, models: Path) -> None:
    model(models, "second")
    assert "So sánh second" in shown(admin)
    look = admin.get(f"{PAGE}second/dua-vao-dung")
    assert "không kém mô hình đang dùng" in text_of(look)
    assert press(admin, "second/dua-vao-dung", instead_of=SHIPPED) == 302
    assert Versions(models).promoted() == ["second"]
    page = shown(admin)
    assert "đưa second vào dùng" in page
    assert "Đang dùng second." in page
    assert SHIPPED in text_of(admin.get(f"{PAGE}quay-lai"))
    assert press(admin, "quay-lai", instead_of="second") == 302
    assert Versions(models).promoted() == []
    assert f"quay lại {SHIPPED}" in shown(admin)
    assert entries() == [
        ("model.promoted", "second", {"instead_of": SHIPPED}),
        ("model.rolled_back", SHIPPED, {"instead_of": "second"}),
    ]


def test_a_worse_model_is_refused_and_its_page_has_no_button(admin: FlaskClient, models: Path) -> None:
    worse(models, "second")
    look = admin.get(f"{PAGE}second/dua-vao-dung")
    assert "chưa được đưa vào dùng" in text_of(look)
    assert 'name="instead_of"' not in look.text
    assert press(admin, "second/dua-vao-dung", instead_of=SHIPPED) == 409
    assert Versions(models).promoted() == []
    assert entries() == []


def test_a_model_whose_test_results_are_broken_is_shown_as_such(admin: FlaskClient, models: Path) -> None:
    (model(models, "second") / "verdicts.json").write_bytes(b"{}")
    assert "tệp không còn nguyên" in text_of(admin.get(f"{PAGE}second/dua-vao-dung"))
    assert press(admin, "second/dua-vao-dung", instead_of=SHIPPED) == 409


def test_a_change_made_meanwhile_is_noticed(admin: FlaskClient, models: Path) -> None:
    model(models, "second")
    model(models, "third")
    Versions(models).promote(models / "third")
    assert press(admin, "second/dua-vao-dung", instead_of=SHIPPED) == 409
    assert press(admin, "quay-lai", instead_of=SHIPPED) == 409
    assert Versions(models).promoted() == ["third"]
    assert entries() == []


def test_there_is_nothing_to_go_back_to_and_no_unknown_model(admin: FlaskClient, models: Path) -> None:
    assert admin.get(f"{PAGE}quay-lai").status_code == 404
    assert press(admin, "quay-lai", instead_of=SHIPPED) == 409
    for version in ("nothing", "..", SHIPPED):
        assert admin.get(f"{PAGE}{version}/dua-vao-dung").status_code == 404
    assert press(admin, "nothing/dua-vao-dung", instead_of=SHIPPED) == 404


def test_a_model_that_broke_and_a_broken_list_are_said_so(admin: FlaskClient, models: Path) -> None:
    Versions(models).promote(model(models, "second"))
    (models / "second" / "manifest.json").unlink()
    assert "Không đọc được mô hình đang dùng" in shown(admin)
    (models / "in-use.json").write_text("no", encoding="utf-8")
    assert admin.get(PAGE).status_code == 409
