"""What `flask doctor` asks about the models: is each one promoted what its manifest says, and made for this code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from analytics.classify import artefact
from analytics.classify.versions import Versions
from feedback.operations.doctor import Finding


def model_check(folder: Path) -> Callable[[], Iterator[Finding]]:
    """A check of the models in this folder and of the one shipped with the code."""

    def check() -> Iterator[Finding]:
        try:
            names = Versions(folder).promoted()
        except artefact.BrokenArtefact as error:
            yield Finding("model", "wrong", str(error), f"remove the list in {folder}, then: flask model promote")
            return
        for place, mend in [(artefact.FOLDER, "check the code out anew"), *((folder / name, "flask model rollback") for name in names)]:
            try:
                artefact.load(place)
            except artefact.BrokenArtefact as error:
                yield Finding("model", "wrong", f"model {place.name}: {error}", mend)

    return check
