"""What leaves for training: blind checks of open cases, masked, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analytics.classify.cli import model_group
from analytics.classify.corpus import read_file
from analytics.learning import services
from feedback.audit.models import AuditEntry
from feedback.cases import desk, ending
from feedback.cases.learning import Finding
from feedback.cases.ports import Span
from feedback.db import db
from tests.analytics.learning.conftest import Bureau
from tests.feedback.officers import case_of, version_of

FOUND = Finding("urban_environment", urgent=True)


def exported(folder: Path) -> tuple[services.Exported, list[dict[str, Any]]]:
    out = folder / "corrections.jsonl"
    made = services.export(out)
    return made, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_checked_text_is_written_masked_with_the_labels_of_the_second_officer(bureau: Bureau, tmp_path: Path) -> None:
    bureau.checked("Rác đầy hẻm, ông Nguyễn Văn Thử gọi 0900000123 không ai nghe.", FOUND, "civil_status")
    made, (row,) = exported(tmp_path)
    assert made == services.Exported(1, 0, 0)
    assert "0900000123" not in row["text"]
    assert "Nguyễn Văn Thử" not in row["text"]
    assert row["text"].startswith("Rác đầy hẻm")
    labels = {"category": "urban_environment", "misconduct": False, "urgency": "urgent", "spam": False, "insult": False, "style": "office"}
    assert {name: value for name, value in row.items() if name != "text"} == labels


def test_it_is_in_the_form_of_the_corpus_and_for_its_owner_alone(bureau: Bureau, tmp_path: Path) -> None:
    bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    exported(tmp_path)
    out = tmp_path / "corrections.jsonl"
    (example,) = read_file(out)
    assert (example.text, example.category, example.urgency) == ("Rác đầy hẻm ba ngày nay.", "urban_environment", True)
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.jsonl*")] == ["corrections.jsonl"]


def test_what_nobody_looked_at_blindly_is_not_written(bureau: Bureau, tmp_path: Path) -> None:
    bureau.decided("Rác đầy hẻm ba ngày nay.", "civil_status")
    assert exported(tmp_path) == (services.Exported(0, 0, 0), [])


def test_sealed_and_withdrawn_cases_drop_out(bureau: Bureau, tmp_path: Path) -> None:
    bureau.sealed_and_checked(Finding("staff_conduct"))
    withdrawn = bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    sealed_later = bureau.office.report("Rác đầy hẻm từ hôm qua.")
    desk.forward(bureau.office.desk.actor, sealed_later, version_of(sealed_later), desk.Decision("health", bureau.office.agency))
    from feedback.cases import learning, transfers

    learning.check(bureau.second.actor, sealed_later, FOUND)
    assert exported(tmp_path)[0].written == 2
    ending.withdraw(case_of(withdrawn).id, "Không cần nữa")
    transfers.recall(bureau.office.desk.actor, sealed_later, version_of(sealed_later), "Nhầm")
    desk.send_to_inspectorate(bureau.office.desk.actor, sealed_later, version_of(sealed_later), "Nêu tên cán bộ")
    assert exported(tmp_path) == (services.Exported(0, 0, 0), [])


def test_a_text_that_is_another_by_now_drops_out(bureau: Bureau, tmp_path: Path) -> None:
    public_id = bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    case_of(public_id).text = "Nội dung đã được xóa."
    db.session.commit()
    assert exported(tmp_path) == (services.Exported(0, 1, 0), [])


def test_the_same_text_is_written_once(bureau: Bureau, tmp_path: Path) -> None:
    for _ in range(2):
        bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    assert exported(tmp_path)[0] == services.Exported(1, 0, 0)


class FailsOnDogs:
    def mask(self, text: str) -> tuple[str, tuple[Span, ...]]:
        if "chó" in text:
            raise RuntimeError(text)
        return text, (Span("name", 0, 1),) if "mèo" in text else ()


def test_what_cannot_be_masked_is_not_written(bureau: Bureau, tmp_path: Path) -> None:
    for text in ("Chó thả rông, chó cắn người.", "Con mèo nhà ai bị bỏ rơi.", "Rác đầy hẻm ba ngày nay."):
        bureau.checked(text, FOUND)
    bureau.office.app.extensions["redactor"] = FailsOnDogs()
    made, (row,) = exported(tmp_path)
    assert made == services.Exported(1, 0, 2)
    assert row["text"].startswith("Rác")
    bureau.office.app.extensions["redactor"] = None
    assert exported(tmp_path)[0] == services.Exported(0, 0, 3)


def test_the_command_says_what_it_wrote_and_leaves_a_row(bureau: Bureau, tmp_path: Path) -> None:
    bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    db.session.remove()
    result = bureau.office.app.test_cli_runner().invoke(model_group, ["corrections", "--out", str(tmp_path / "out.jsonl")])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"file": str(tmp_path / "out.jsonl"), "written": 1, "dropped": 0, "refused": 0}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "model.corrections_written")).one()
    assert (entry.facts, entry.actor_role) == ({"texts": 1}, "system")


def test_a_place_that_cannot_be_written_is_said_so_and_nothing_is_recorded(bureau: Bureau, tmp_path: Path) -> None:
    result = bureau.office.app.test_cli_runner().invoke(model_group, ["corrections", "--out", str(tmp_path / "no" / "out.jsonl")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "model.corrections_written")).all() == []


def test_an_older_file_stays_when_the_new_one_fails(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "corrections.jsonl"
    out.write_text("old", encoding="utf-8")
    bureau.checked("Rác đầy hẻm ba ngày nay.", FOUND)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        services.export(out)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["corrections.jsonl"]
    assert out.read_text(encoding="utf-8") == "old"
