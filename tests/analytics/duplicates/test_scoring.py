from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.classify.cli import similar_command
from analytics.duplicates import learning, scoring
from analytics.duplicates.features import FEATURES
from analytics.duplicates.scoring import compare
from feedback.text import fold
from tests.pace import is_quick

ONE = "Ổ gà lớn trước số nhà 45 đường Lê Văn Sỹ, sáng 12/5 có người té xe"
SAME = "Đường Lê Văn Sỹ trước số nhà 45 có ổ gà rất lớn, hôm 12/5 đã có người té xe"


def test_one_incident_told_twice() -> None:
    assert compare(ONE, SAME).same_incident


def test_without_tone_marks() -> None:
    assert compare(ONE, fold(SAME)).same_incident
    assert compare(fold(ONE), fold(SAME)).same_incident


def test_the_same_text_sent_twice() -> None:
    assert compare("Hẻm nhà em mất nước", "Hẻm nhà em mất nước").same_incident


def test_different_matters() -> None:
    assert not compare(ONE, "Trường thu tiền quỹ lớp không có biên lai").same_incident
    assert not compare("", ONE).same_incident
    assert not compare("", "").same_incident


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ổ gà trước số 45 Lê Văn Sỹ làm tôi té", "Ổ gà trước số 312 Lê Văn Sỹ làm tôi té"),
        ("Hẻm 47 Lê Văn Sỹ ngập hai ngày", "Hẻm 147 Lê Văn Sỹ ngập hai ngày"),
        ("Xe 51C-234.56 đậu chắn lối vào chợ Tân Định", "Xe 51C-876.11 đậu chắn lối vào chợ Tân Định"),
        ("Cô Lan lớp 4/2 đánh học sinh ở trường Hoa Sữa", "Cô Lan lớp 2/4 đánh học sinh ở trường Hoa Sữa"),
        ("Xe buýt 150 bỏ trạm Suối Tiên lúc 6h15", "Xe buýt 19 bỏ trạm Suối Tiên lúc 6h15"),
        ("Quán ốc đường Vườn Lài hát tới 2 giờ sáng", "Quán ốc đường Vườn Lài hát tới 9 giờ tối"),
        ("Cầu Rạch Đỉa nứt, hướng về Nhà Bè", "Cầu Rạch Đỉa nứt, hướng về quận 7"),
        ("Tầng 3 chung cư Bàu Cát lô A mất nước", "Tầng 3 chung cư Bàu Cát lô C mất nước"),
        ("Chị Hồng quầy 3 phường Linh Xuân rất tận tình", "Chị Hồng quầy 3 phường Linh Xuân quát tháo"),
        ("Phường Linh Xuân trả chậm giấy khai sinh", "Phường Linh Xuân trả chậm giấy khai tử"),
        ("Đường Lê Lợi ngập chiều 3/8", "Đường Lê Lợi ngập chiều 17/10"),
        ("Mất điện ở khu phố 3 phường Linh Xuân", "Mất điện ở khu phố 5 phường Linh Xuân"),
        ("Bị đòi 2 triệu ở phường Linh Xuân", "Bị đòi 5 triệu ở phường Linh Xuân"),
    ],
)
def test_a_fact_that_differs_lowers_the_likeness(one: str, other: str) -> None:
    assert compare(one, other).score < compare(one, one).score - 0.15


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_symmetric_and_a_probability(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a)
    assert 0 <= compare(a, b).score <= 1


@pytest.mark.parametrize("text", ["1" * 100_000, "a." * 50_000 + "@", "0 " * 50_000, "\u200b" * 100_000, "A b " * 25_000, "ba 2 " * 20_000])
def test_hostile_texts_are_compared_quickly(text: str) -> None:
    assert is_quick(lambda: compare(text, text + " khác"))


def test_weights_of_other_features_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = json.loads(scoring.WEIGHTS.read_text(encoding="utf-8"))
    kept["weights"].popitem()
    other = tmp_path / "weights.json"
    other.write_text(json.dumps(kept), encoding="utf-8")
    monkeypatch.setattr(scoring, "WEIGHTS", other)
    scoring.model.cache_clear()
    with pytest.raises(ValueError, match="other features"):
        scoring.model()
    monkeypatch.undo()
    scoring.model.cache_clear()


def test_no_weight_stands_on_the_wrong_side_of_zero() -> None:
    for weight, sign in zip(scoring.model().weights, FEATURES.values(), strict=True):
        assert weight * sign >= 0


@pytest.mark.slow
def test_judged_on_incidents_the_weights_never_saw() -> None:
    told = learning.incidents(learning.JUDGED)
    near = learning.auc_of(told, "same", "near")
    folded = learning.auc_of(told, "same folded", "near folded")
    assert near > 0.85
    assert folded > 0.85
    assert learning.auc_of(told, "same", "unrelated") > 0.99


@pytest.mark.slow
def test_the_partner_is_among_the_first_five_of_hundreds() -> None:
    told = learning.incidents(*learning.LEARNT, learning.JUDGED)
    assert len(told) * 2 > 300
    assert learning.among_first(told, 5) >= 0.97
    assert learning.among_first(told, 5, folded=True) >= 0.97


def test_command() -> None:
    result = CliRunner().invoke(similar_command, input=json.dumps({"id": "p", "a": ONE, "b": SAME}) + '\n{"id":2,"a":"x"}\n')
    row = json.loads(result.stdout)
    assert (row["id"], row["same_incident"]) == ("p", True)
    assert result.exit_code == 1
