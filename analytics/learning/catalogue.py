"""The models of an installation side by side, and whether one may take another's place. Files only, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.classify import artefact
from analytics.classify.versions import NotPromoted, Versions, compare


@dataclass(frozen=True)
class Known:
    """One model that could be used."""

    version: str
    folder: Path
    #: Figures on texts of writers never seen, from its manifest.
    metrics: Mapping[str, Any]
    texts: int
    corrections: int
    in_use: bool
    #: The one that came with the code.
    shipped: bool


@dataclass(frozen=True)
class Catalogue:
    """All models with a readable manifest, the one in use first."""

    models: list[Known]
    #: What a step back would lead to; None where there is nothing before.
    before: str | None

    @property
    def in_use(self) -> Known | None:
        """The model in use; None when its manifest cannot be read."""
        return next((one for one in self.models if one.in_use), None)

    def of(self, version: str) -> Known | None:
        """The model of this name."""
        return next((one for one in self.models if one.version == version), None)


def catalogue(folder: Path) -> Catalogue:
    """What lies in a folder of models, and the shipped one. Raises BrokenArtefact when the list of models cannot be read."""
    versions = Versions(folder)
    in_use, names = versions.in_use().resolve(), versions.promoted()
    own = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    found: dict[str, Known] = {}
    for path in (in_use, *own, artefact.FOLDER):
        one = _read(path, in_use)
        if one is not None:
            found.setdefault(one.version, one)
    before = None
    if names:
        before = names[-2] if len(names) > 1 else str(artefact.load_manifest()["version"])
    return Catalogue(list(found.values()), before)


def _read(folder: Path, in_use: Path) -> Known | None:
    try:
        manifest = artefact.load_manifest(folder)
        data = manifest["data"]
        return Known(
            version=str(manifest["version"]),
            folder=folder,
            metrics=manifest["metrics"]["new_writers"],
            texts=int(data["texts"]),
            corrections=int(data.get("corrections", {}).get("texts", 0)),
            in_use=folder.resolve() == in_use,
            shipped=folder.resolve() == artefact.FOLDER.resolve(),
        )
    except (artefact.BrokenArtefact, KeyError, TypeError, ValueError):
        return None


@dataclass(frozen=True)
class Gate:
    """How often two models were right on the fixed test texts both were judged on."""

    common: int
    #: (as written, without tone marks) of the model in use, and of the candidate.
    before: tuple[int, int]
    after: tuple[int, int]
    open: bool


def gate(current: Known, candidate: Known) -> Gate:
    """Whether the candidate may take the place of the model in use. Raises BrokenArtefact when the verdicts cannot be read."""
    old, new = artefact.load_verdicts(current.folder), artefact.load_verdicts(candidate.folder)
    common = old.keys() & new.keys()

    def right(verdicts: artefact.Verdicts) -> tuple[int, int]:
        return sum(verdicts[text][0] for text in common), sum(verdicts[text][1] for text in common)

    try:
        artefact.load(candidate.folder)
        compare(old, new)
    except (NotPromoted, artefact.BrokenArtefact):
        return Gate(len(common), right(old), right(new), open=False)
    return Gate(len(common), right(old), right(new), open=True)
