"""Models side by side: which one is in use, what lies before it, and whether one may take its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from analytics.classify import artefact
from analytics.classify.versions import Versions
from analytics.learning.catalogue import catalogue, gate

SHIPPED = str(artefact.load_manifest()["version"])


def model(folder: Path, name: str, **changed: Any) -> Path:
    """A complete model of another name in a folder of models."""
    made = folder / name
    shutil.copytree(artefact.FOLDER, made)
    path = made / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "version": name, **changed}), encoding="utf-8")
    return made


def worse(folder: Path, name: str) -> Path:
    """A model that is wrong on every fixed test text."""
    import hashlib

    made = model(folder, name)
    verdicts = json.dumps(dict.fromkeys(artefact.load_verdicts(made), (False, False))).encode()
    (made / "verdicts.json").write_bytes(verdicts)
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["verdicts.json"] = hashlib.sha256(verdicts).hexdigest()
    (made / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return made


def test_a_new_installation_has_the_shipped_model_and_nothing_before(tmp_path: Path) -> None:
    known = catalogue(tmp_path / "models")
    assert [(one.version, one.in_use, one.shipped) for one in known.models] == [(SHIPPED, True, True)]
    assert known.before is None
    assert known.in_use is not None
    assert known.in_use.corrections == 0


def test_candidates_stand_beside_the_model_in_use(tmp_path: Path) -> None:
    data = {"sha256": "", "texts": 5000, "corrections": {"sha256": "", "texts": 70}}
    model(tmp_path, "second", data=data)
    (tmp_path / "rubbish").mkdir()
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "manifest.json").write_text('{"version": "half"}', encoding="utf-8")
    known = catalogue(tmp_path)
    assert [one.version for one in known.models] == [SHIPPED, "second"]
    second = known.of("second")
    assert second is not None
    assert (second.texts, second.corrections, second.in_use, second.shipped) == (5000, 70, False, False)
    assert known.of("third") is None


def test_what_a_step_back_leads_to(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.promote(model(tmp_path, "second"))
    assert catalogue(tmp_path).before == SHIPPED
    versions.promote(model(tmp_path, "third"))
    known = catalogue(tmp_path)
    assert known.before == "second"
    assert [(one.version, one.in_use) for one in known.models] == [("third", True), ("second", False), (SHIPPED, False)]


def test_a_model_in_use_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    Versions(tmp_path).promote(model(tmp_path, "second"))
    (tmp_path / "second" / "manifest.json").unlink()
    assert catalogue(tmp_path).in_use is None


def test_the_gate_counts_both_and_says_what_promotion_would_say(tmp_path: Path) -> None:
    model(tmp_path, "second")
    worse(tmp_path, "third")
    known = catalogue(tmp_path)
    current, second, third = (known.of(name) for name in (SHIPPED, "second", "third"))
    assert current is not None
    assert second is not None
    assert third is not None
    verdicts = artefact.load_verdicts(artefact.FOLDER)
    right = tuple(sum(one[view] for one in verdicts.values()) for view in (0, 1))
    assert (gate(current, second).open, gate(current, second).before, gate(current, second).after) == (True, right, right)
    shut = gate(current, third)
    assert (shut.open, shut.common, shut.before, shut.after) == (False, len(verdicts), right, (0, 0))


def test_the_gate_is_shut_for_a_model_whose_weights_were_changed(tmp_path: Path) -> None:
    (model(tmp_path, "second") / "weights.npz").write_bytes(b"x")
    known = catalogue(tmp_path)
    second, current = known.of("second"), known.in_use
    assert second is not None
    assert current is not None
    assert not gate(current, second).open
    (tmp_path / "second" / "verdicts.json").write_bytes(b"{}")
    with pytest.raises(artefact.BrokenArtefact):
        gate(current, second)
