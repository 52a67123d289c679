from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from analytics.classify import artefact, load_classifier
from analytics.classify.artefact import Verdicts
from analytics.classify.cli import model_group
from analytics.classify.versions import NotPromoted, Versions, compare


def candidate(folder: Path, name: str, **changed: Any) -> Path:
    """A complete model of another name: the committed one with changes to its manifest."""
    made = folder / f"made-{name}"
    shutil.copytree(artefact.FOLDER, made)
    path = made / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "version": name, **changed}), encoding="utf-8")
    return made


def test_the_committed_model_is_in_use_until_another_is_promoted(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "models")
    assert versions.in_use() == artefact.FOLDER
    assert versions.load().settings.version == artefact.load_manifest()["version"]
    assert versions.promote(candidate(tmp_path, "second")) == "second"
    assert versions.load().settings.version == "second"


def test_rolling_back_leads_to_the_model_before_and_no_further_than_the_committed_one(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "models")
    versions.promote(candidate(tmp_path, "second"))
    versions.promote(candidate(tmp_path, "third"))
    assert versions.rollback() == "second"
    assert versions.load().settings.version == "second"
    assert versions.rollback() == artefact.load_manifest()["version"]
    with pytest.raises(NotPromoted, match="nothing to go back to"):
        versions.rollback()


def test_the_model_in_use_is_not_promoted_again(tmp_path: Path) -> None:
    with pytest.raises(NotPromoted, match="in use already"):
        Versions(tmp_path / "models").promote(artefact.FOLDER)


def test_a_changed_model_is_not_promoted(tmp_path: Path) -> None:
    made = candidate(tmp_path, "second")
    (made / "weights.npz").write_bytes(b"x")
    with pytest.raises(artefact.BrokenArtefact):
        Versions(tmp_path / "models").promote(made)
    made = candidate(tmp_path, "third")
    (made / "verdicts.json").write_bytes(b"{}")
    with pytest.raises(artefact.BrokenArtefact):
        Versions(tmp_path / "models").promote(made)


def test_a_model_that_breaks_later_gives_way_to_the_one_before(tmp_path: Path) -> None:
    versions = Versions(tmp_path / "models")
    versions.promote(candidate(tmp_path, "second"))
    versions.promote(candidate(tmp_path, "third"))
    (tmp_path / "models" / "third" / "weights.npz").unlink()
    assert versions.load().settings.version == "second"
    (tmp_path / "models" / "second" / "weights.npz").unlink()
    assert versions.load().settings.version == artefact.load_manifest()["version"]


def test_an_unreadable_list_of_models_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "in-use.json").write_text("not json")
    with pytest.raises(artefact.BrokenArtefact, match="list of models"):
        Versions(tmp_path).load()


def verdicts(plain: int, bare: int, of: int = 300) -> Verdicts:
    return {str(at): (at < plain, at < bare) for at in range(of)}


def test_a_candidate_must_not_fall_with_or_without_tone_marks() -> None:
    compare(verdicts(250, 240), verdicts(250, 240))
    compare(verdicts(250, 240), verdicts(260, 240))
    with pytest.raises(NotPromoted, match=r"249 times instead of 250 .* as written"):
        compare(verdicts(250, 240), verdicts(249, 300))
    with pytest.raises(NotPromoted, match=r"239 times instead of 240 .* without tone marks"):
        compare(verdicts(250, 240), verdicts(300, 239))


def test_texts_only_one_model_was_judged_on_do_not_count_and_too_few_common_ones_are_refused() -> None:
    compare(verdicts(300, 300), verdicts(300, 300, of=400))
    with pytest.raises(NotPromoted, match="only 299"):
        compare(verdicts(10, 10, of=299), verdicts(300, 300))


def test_a_running_process_takes_up_the_promoted_model(tmp_path: Path) -> None:
    classifier = load_classifier(tmp_path / "models")
    before = classifier.classify("rác").model_version
    Versions(tmp_path / "models").promote(candidate(tmp_path, "second"))
    assert classifier.classify("rác").model_version == "second" != before
    Versions(tmp_path / "models").rollback()
    assert classifier.classify("rác").model_version == before


def test_commands_promote_evaluate_and_roll_back(app: Flask, tmp_path: Path) -> None:
    made = candidate(tmp_path, "second")
    runner = app.test_cli_runner()

    def run(*words: str) -> Any:
        result = runner.invoke(model_group, [*words])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    committed = artefact.load_manifest()["version"]
    assert run("evaluate")["version"] == committed
    assert run("evaluate", "--folder", str(made))["version"] == "second"
    assert run("promote", str(made)) == {"in_use": "second"}
    assert run("evaluate")["version"] == "second"
    assert "Model `second`" in runner.invoke(model_group, ["card"]).stdout
    assert run("rollback") == {"in_use": committed}
    refused = runner.invoke(model_group, ["rollback"])
    assert refused.exit_code == 1
    assert "nothing to go back to" in refused.stderr
