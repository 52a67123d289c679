"""From a citizen's text to its field, its danger and any sign of misconduct: a small model that can say why."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.cases.ports import Classifier, Labels

if TYPE_CHECKING:
    from analytics.classify.versions import Versions


class _WhenNeeded:
    """Reads the model at the first text, so that starting a process costs nothing, and again once another one is promoted."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._loaded: tuple[int, Classifier] | None = None

    @cached_property
    def _versions(self) -> Versions:
        from analytics.classify.versions import Versions

        return Versions(self._folder)

    def classify(self, text: str) -> Labels:
        state = self._versions.state
        if self._loaded is None or self._loaded[0] != state:
            self._loaded = state, self._versions.load()
        return self._loaded[1].classify(text)


def load_classifier(folder: Path | None = None) -> Classifier:
    """The model in use in a folder of versions, else the committed one. `classify` raises BrokenArtefact when no model's files match."""
    return _WhenNeeded(folder)
