"""Writing the office's corrections for training, and changing the model in use."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from analytics.classify.artefact import BrokenArtefact
from analytics.classify.versions import NotPromoted, Versions
from analytics.learning import queries
from analytics.learning.catalogue import catalogue
from analytics.learning.queries import PROMOTED, ROLLED_BACK, Labelled
from feedback.audit.services import record
from feedback.cases import learning
from feedback.cases.access import SYSTEM, Actor
from feedback.db import atomic
from feedback.errors import Conflict, NotFound


@dataclass(frozen=True)
class Exported:
    """How many texts were written, dropped because they are no longer what was labelled, and refused because they could not be masked."""

    written: int
    dropped: int
    refused: int


@atomic
def export(out: Path) -> Exported:
    """Write every text that may be learnt from, masked, with its labels, one JSON object a line as in the corpus; for its owner alone.

    The file is there whole or not at all. Raises OSError when it cannot be written.
    """
    found = list(queries.labelled())
    current = {one.text: one for one in found if one.text is not None}
    lines = [line for one in current.values() if (line := _line(one)) is not None]
    made = Exported(len(lines), sum(one.text is None for one in found), len(current) - len(lines))
    record("model.corrections_written", actor=SYSTEM, subject_kind="model", subject_id="corrections", texts=made.written)
    _write(out, lines)
    return made


def _line(one: Labelled) -> str | None:
    """One text as a line of the corpus; None when it cannot be masked."""
    text = learning.masked(one.text or "")
    if not text:
        return None
    row: dict[str, Any] = {
        "text": text,
        "category": one.category_code,
        "misconduct": one.misconduct,
        "urgency": "urgent" if one.urgent else "normal",
        "spam": one.spam,
        "insult": one.insult,
        "style": "office",
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _write(out: Path, lines: list[str]) -> None:
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


@atomic
def promote(actor: Actor, folder: Path, version: str, instead_of: str) -> None:
    """Use one of the installation's models from now on.

    `instead_of` is the model in use that was shown beside it. Raises NotFound for no model of this name, Conflict when another one
    has come into use meanwhile or the gate is shut.
    """
    known = catalogue(folder)
    candidate = known.of(version)
    if candidate is None:
        raise NotFound
    _still(known.in_use is not None and known.in_use.version == instead_of)
    record(PROMOTED, actor=actor, subject_kind="model", subject_id=version, instead_of=instead_of)
    try:
        Versions(folder).promote(candidate.folder)
    except (NotPromoted, BrokenArtefact) as error:
        raise Conflict(
            _("Mô hình này không được đưa vào dùng: kém hơn mô hình đang dùng trên văn bản thử, hoặc tệp không còn nguyên.")
        ) from error


@atomic
def roll_back(actor: Actor, folder: Path, instead_of: str) -> str:
    """Go back to the model before; its name. Raises Conflict when another one has come into use meanwhile or there is none before."""
    known = catalogue(folder)
    _still(known.in_use is not None and known.in_use.version == instead_of and known.before is not None)
    record(ROLLED_BACK, actor=actor, subject_kind="model", subject_id=known.before or "", instead_of=instead_of)
    return Versions(folder).rollback()


def _still(same: bool) -> None:
    if not same:
        raise Conflict(_("Mô hình đang dùng vừa được thay đổi. Xin xem lại trang mô hình rồi thực hiện lại nếu vẫn cần."))
