"""Models side by side in a folder of the installation: which one is in use, what may replace it, and the way back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import structlog

from analytics.classify import artefact
from analytics.classify.model import Model

_STATE = "in-use.json"
#: Fewer common held-out texts than this say nothing about two models.
_COMMON = 300


class NotPromoted(ValueError):
    """The candidate is no better; the message says on which texts it falls."""


class Versions:
    """A folder with one artefact per version and a list of those promoted, the newest last.

    While nothing is promoted, and without a folder, the model shipped with the code is in use.
    """

    def __init__(self, folder: Path | None, shipped: Path = artefact.FOLDER) -> None:
        self._folder = folder or shipped
        self._shipped = shipped
        self._list = self._folder / _STATE

    @property
    def state(self) -> int:
        """Changes whenever another model comes into use."""
        try:
            return self._list.stat().st_mtime_ns
        except OSError:
            return 0

    def promoted(self) -> list[str]:
        """Versions promoted and not rolled back, oldest first. Raises BrokenArtefact when the list cannot be read."""
        try:
            names: list[str] = json.loads(self._list.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise artefact.BrokenArtefact(f"no readable list of models in {self._folder}") from error
        return names

    def in_use(self) -> Path:
        """The folder of the model in use."""
        names = self.promoted()
        return self._folder / names[-1] if names else self._shipped

    def load(self) -> Model:
        """The model in use; one that is broken or made for other code gives way to the one before it, the shipped one last."""
        for name in reversed(self.promoted()):
            try:
                return artefact.load(self._folder / name)
            except artefact.BrokenArtefact as error:
                structlog.get_logger().error("model.broken", version=name, reason=str(error))
        return artefact.load(self._shipped)

    def promote(self, candidate: Path) -> str:
        """Copy a complete artefact here and use it from now on; its version.

        Raises BrokenArtefact when it does not match its manifest, NotPromoted when it falls on the texts both models were judged on.
        """
        version = artefact.load(candidate).settings.version
        names = self.promoted()
        current = self.in_use()
        if version == artefact.load_manifest(current)["version"]:
            raise NotPromoted(f"{version} is in use already")
        compare(artefact.load_verdicts(current), artefact.load_verdicts(candidate))
        if candidate.resolve() != (self._folder / version).resolve():
            shutil.copytree(candidate, self._folder / version, dirs_exist_ok=True)
        self._write([*names, version])
        return version

    def rollback(self) -> str:
        """Use the model before the present one; its version. Raises NotPromoted when the shipped model is in use."""
        names = self.promoted()
        if not names:
            raise NotPromoted("the model shipped with the code is in use; there is nothing to go back to")
        self._write(names[:-1])
        return str(artefact.load_manifest(self.in_use())["version"])

    def _write(self, names: list[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._folder / f"{_STATE}.new"
        fresh.write_text(json.dumps(names) + "\n", encoding="utf-8")
        fresh.replace(self._list)


def compare(current: artefact.Verdicts, candidate: artefact.Verdicts) -> None:
    """Raise NotPromoted unless the candidate is at least as often right, with tone marks and without, on texts both were judged on.

    Both sides are held-out answers: the models that gave them had learnt neither the text nor its file.
    """
    common = current.keys() & candidate.keys()
    if len(common) < _COMMON:
        raise NotPromoted(f"the models share only {len(common)} test texts; {_COMMON} are needed")
    for view, name in enumerate(("as written", "without tone marks")):
        before, after = (sum(verdicts[text][view] for text in common) for verdicts in (current, candidate))
        if after < before:
            raise NotPromoted(f"right {after} times instead of {before} on the {len(common)} common test texts {name}")
