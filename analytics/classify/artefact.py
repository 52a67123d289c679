"""The model on disk: vocabulary and test verdicts as JSON, numbers as npz without pickle, a manifest with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.classify import abbreviations, danger, lexicon
from analytics.classify.model import CATEGORIES, HEADS, Model, Numbers, Settings

FOLDER = Path(__file__).with_name("model")
_VOCABULARY = "vocabulary.json"
_WEIGHTS = "weights.npz"
_VERDICTS = "verdicts.json"
_MANIFEST = "manifest.json"
#: Raised whenever the code that turns a text into features changes its meaning.
FORMAT = 3
_LARGEST = 8_000_000
#: Numbers kept as they are.
_SMALL = ("bias", "shift", "reader")


#: Per fixed test text, named by its hash: whether it was read rightly when held out, as written and without tone marks.
Verdicts = dict[str, tuple[bool, bool]]


class BrokenArtefact(ValueError):
    """The files are incomplete, changed, or made by another version of the code."""


def code_versions() -> dict[str, str]:
    """The versions an artefact must have been made with to be read."""
    return {"abbreviations": abbreviations.VERSION, "lexicon": lexicon.VERSION, "danger": danger.VERSION}


def save(folder: Path, vocabulary: list[str], numbers: Numbers, settings: Settings, verdicts: Verdicts, facts: dict[str, Any]) -> None:
    """Write the four files; `facts` (data digest, metrics, library versions) go into the manifest. The same input gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays_of(numbers))
    files = {
        _VOCABULARY: json.dumps(vocabulary, ensure_ascii=False).encode(),
        _WEIGHTS: packed.getvalue(),
        _VERDICTS: json.dumps(verdicts, sort_keys=True).encode(),
    }
    manifest = {
        "format": FORMAT,
        "version": settings.version,
        "code": code_versions(),
        "categories": CATEGORIES,
        "heads": HEADS,
        "temperatures": dict(settings.temperatures),
        "thresholds": dict(settings.thresholds),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        **facts,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def load_manifest(folder: Path = FOLDER) -> dict[str, Any]:
    """The manifest as written. Raises BrokenArtefact."""
    try:
        manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenArtefact(f"no readable manifest in {folder}") from error
    return manifest


def load(folder: Path = FOLDER) -> Model:
    """The model in a folder. Raises BrokenArtefact when anything does not match its manifest or this code."""
    manifest = load_manifest(folder)
    if (manifest.get("format"), manifest.get("code")) != (FORMAT, code_versions()):
        raise BrokenArtefact("the model was made with other tables; train it anew")
    if (manifest.get("categories"), manifest.get("heads")) != (list(CATEGORIES), list(HEADS)):
        raise BrokenArtefact("the model knows other labels")
    try:
        contents = {name: _checked(folder / name, manifest["files"][name]) for name in (_VOCABULARY, _WEIGHTS)}
        names: list[str] = json.loads(contents[_VOCABULARY])
        with np.load(io.BytesIO(contents[_WEIGHTS]), allow_pickle=False) as arrays:
            numbers = _numbers(arrays)
        settings = Settings(manifest["version"], manifest["temperatures"], manifest["thresholds"])
        vocabulary = {name: at for at, name in enumerate(names)}
        return Model(vocabulary, numbers, settings)
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise BrokenArtefact(f"the model in {folder} cannot be read: {error}") from error


def arrays_of(numbers: Numbers) -> dict[str, NDArray[Any]]:
    """What the file holds of the numbers, the large ones in half precision."""
    half = {"weights": numbers.weights.astype(np.float16), "vectors": numbers.vectors.astype(np.float16)}
    return {"idf": numbers.idf.astype(np.float32), **{name: getattr(numbers, name) for name in _SMALL}, **half}


def rounded(numbers: Numbers) -> Numbers:
    """The numbers as they will be read again, so that held-out scores are those of a shipped model."""
    return _numbers(arrays_of(numbers))


def _numbers(arrays: Mapping[str, NDArray[Any]]) -> Numbers:
    exact = {name: arrays[name].astype(np.float64) for name in ("idf", *_SMALL)}
    return Numbers(**exact, **{name: arrays[name].astype(np.float32) for name in ("weights", "vectors")})


def load_vocabulary(folder: Path) -> frozenset[str]:
    """The names of the features a model knows. Raises BrokenArtefact."""
    try:
        return frozenset(json.loads(_checked(folder / _VOCABULARY, load_manifest(folder)["files"][_VOCABULARY])))
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise BrokenArtefact(f"the vocabulary in {folder} cannot be read: {error}") from error


def load_verdicts(folder: Path) -> Verdicts:
    """How the model did on the fixed test texts. Raises BrokenArtefact."""
    try:
        verdicts: dict[str, list[bool]] = json.loads(_checked(folder / _VERDICTS, load_manifest(folder)["files"][_VERDICTS]))
        return {text: (bool(plain), bool(bare)) for text, (plain, bare) in verdicts.items()}
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise BrokenArtefact(f"the test verdicts in {folder} cannot be read: {error}") from error


def _checked(path: Path, expected: str) -> bytes:
    content = path.read_bytes()
    if len(content) > _LARGEST or hashlib.sha256(content).hexdigest() != expected:
        raise BrokenArtefact(f"{path.name} is not what the manifest says")
    return content
