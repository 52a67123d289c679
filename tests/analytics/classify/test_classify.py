from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics.classify import artefact, load_classifier
from analytics.classify.cli import classify_command
from analytics.classify.corpus import load_examples
from analytics.classify.danger import in_danger
from analytics.classify.evaluation import wilson
from analytics.classify.model import CATEGORIES
from analytics.classify.words import read
from tests.pace import is_quick

CLASSIFIER = load_classifier()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Rác ba ngày chưa ai thu gom, hôi thối cả hẻm", "urban_environment"),
        ("rac ba ngay chua ai thu gom, hoi thoi ca hem", "urban_environment"),
        ("Trường thu học phí quá cao, phụ huynh lớp 1 bức xúc", "education"),
        ("Không đăng nhập được vneid, báo lỗi hoài", "online_services"),
        ("Xin cấp đổi sổ đỏ đã bốn tháng chưa có", "land_construction"),
    ],
)
def test_plain_reports_find_their_field(text: str, category: str) -> None:
    assert CLASSIFIER.classify(text).category == category


def test_a_bribe_is_misconduct_and_its_words_are_the_reason() -> None:
    text = "Cán bộ một cửa đòi tiền cà phê mới chịu nhận hồ sơ"
    labels = CLASSIFIER.classify(text)
    assert labels.misconduct
    assert labels.reasons
    assert all(reason in text for reason in labels.reasons)


def test_shares_are_probabilities_best_first() -> None:
    labels = CLASSIFIER.classify("Đèn đường trước nhà tắt hai tuần nay")
    shares = [labels.confidence, *(share for _, share in labels.alternatives)]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1
    assert labels.category in CATEGORIES


def test_nothing_known_means_a_person_decides() -> None:
    for text in ("", "\u200b\u200b", "🙂🙂", "これは日本語です"):
        assert CLASSIFIER.classify(text).abstain


def test_danger_now_is_urgent_and_danger_past_is_not() -> None:
    assert CLASSIFIER.classify("Nhà trong hẻm đang cháy lớn, cứu với").urgent
    assert not in_danger(read("Năm ngoái nhà tôi bị cháy lớn, nay xin hỏi bồi thường"), 0.5)


@pytest.mark.parametrize(
    "text",
    [
        "Khói đen cuộn lên từ tầng hầm",
        "Mùi gas nồng nặc cả dãy trọ",
        "xăng đang chảy tràn ra đường",
        "Vách núi đang lở xuống xóm",
        "Có đứa nhỏ rớt xuống kênh",
        "Chồng nó đang bóp cổ nó",
        "Xe khách đứt thắng trôi xuống dốc",
        "Mẹ tôi đột quỵ giữa chợ",
        "khoi den cuon len tu tang ham",
        "xe buyt mat thang tren deo",
    ],
)
def test_danger_is_known_by_its_words(text: str) -> None:
    assert in_danger(read(text), 0.03)


@pytest.mark.parametrize(
    "text",
    [
        "Hôm qua có khói đen cuộn lên từ tầng hầm",
        "Dây điện đứt đã sửa rồi",
        "Cách đây hai năm cầu vừa sập",
        "Sự cố rò gas, nay khắc phục xong",
        "Xe cấp cứu tới trễ",
        "day dien dut, da sua",
    ],
)
def test_danger_that_is_over_is_no_danger_now(text: str) -> None:
    assert not in_danger(read(text), 0.5)


def test_danger_since_yesterday_is_danger_still() -> None:
    assert in_danger(read("Từ hôm qua cây đang nghiêng ra sông, người trong nhà chưa ra được"), 0.5)


@pytest.mark.parametrize(
    "text", ["a." * 50_000 + "@", "x" * 100_000, "\u200b" * 100_000, "cháy " * 20_000, "😀" * 100_000, "a\u0301" * 50_000]
)
def test_hostile_texts_are_answered_quickly(text: str) -> None:
    assert is_quick(lambda: CLASSIFIER.classify(text))


def test_changed_files_are_refused(tmp_path: Path) -> None:
    for name in ("vocabulary.json", "weights.npz", "manifest.json"):
        folder = tmp_path / name
        shutil.copytree(artefact.FOLDER, folder)
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:-20] + b"x" * 20)
        with pytest.raises(artefact.BrokenArtefact):
            artefact.load(folder)
    with pytest.raises(artefact.BrokenArtefact):
        artefact.load(tmp_path / "nowhere")


def test_other_tables_are_refused(tmp_path: Path) -> None:
    shutil.copytree(artefact.FOLDER, tmp_path / "model")
    path = tmp_path / "model" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["code"]["lexicon"] = "older"
    path.write_text(json.dumps(manifest))
    with pytest.raises(artefact.BrokenArtefact, match="train it anew"):
        artefact.load(tmp_path / "model")


def test_the_artefact_is_small_and_names_its_data() -> None:
    assert sum(path.stat().st_size for path in artefact.FOLDER.iterdir()) <= 5_000_000
    assert artefact.load_manifest()["data"]["texts"] == len(load_examples())


def test_running_needs_no_training_library() -> None:
    code = (
        "import sys; from analytics.classify import load_classifier; load_classifier().classify('rác'); assert 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_command_answers_good_lines_and_names_bad_ones() -> None:
    lines = '{"id":1,"text":"Rác chưa thu gom"}\nnot json\n{"id":3}\n\n{"id":4,"text":"\\ud800 rác"}\n'
    result = CliRunner().invoke(classify_command, input=lines)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, 4]
    assert set(rows[0]) == {
        "id", "category", "confidence", "alternatives", "misconduct", "misconduct_confidence", "urgency", "spam", "insult", "abstain",
        "reasons", "model_version",
    }  # fmt: skip
    assert rows[0]["urgency"] in {"urgent", "normal"}
    assert "line 2" in result.stderr
    assert "line 3" in result.stderr
    assert result.exit_code == 1


def test_bad_usage_exits_with_two() -> None:
    assert CliRunner().invoke(classify_command, ["--nonsense"]).exit_code == 2


def test_corpus_labels_are_known_and_ids_single() -> None:
    examples = load_examples()
    assert {example.category for example in examples} == set(CATEGORIES)
    assert all(example.misconduct for example in examples if example.category == "staff_conduct")
    assert len({example.text for example in examples}) == len(examples)


def test_interval_holds_the_rate() -> None:
    low, high = wilson(90, 100)
    assert low == pytest.approx(0.826, abs=0.002)
    assert high == pytest.approx(0.945, abs=0.002)
    assert wilson(0, 0) == (0.0, 1.0)
