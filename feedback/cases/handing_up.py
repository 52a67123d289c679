"""A report that accuses the city's leaders goes to the authority above them: one sealed file, handed out once (security D7)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from feedback.attachments.services import bytes_of, of_case
from feedback.audit.services import record
from feedback.cases.access import Actor
from feedback.cases.accused import Competent
from feedback.cases.conduct import way_of
from feedback.cases.conduct_models import HandedUp
from feedback.cases.contacts import opened
from feedback.cases.message_models import Message
from feedback.cases.models import Case
from feedback.cases.writing import lock_sealed
from feedback.crypto import SealBroken, derive, open_sealed, seal
from feedback.db import atomic, db, now
from feedback.errors import Conflict
from feedback.localtime import local_day

#: First line of the file; then the sealed value.
MAGIC = b"LIEM-CHINH SEALED FILE 1\n"
_PLACE = "handed_up|1|file"


@atomic
def hand_up(actor: Actor, public_id: str, version: int, code: str) -> bytes:
    """The whole case as one file that only the code opens. A second time there is none.

    The code is not kept anywhere: it goes another way than the file. Raises Conflict when the leaders are not accused or the file
    was handed out before.
    """
    case = lock_sealed(actor, public_id, version)
    if way_of(case.accused_agency_ids).competent is not Competent.HIGHER:
        raise Conflict(_("Chỉ hồ sơ phản ánh Lãnh đạo Thành phố mới xuất cho cấp trên."))
    if db.session.get(HandedUp, case.id) is not None:
        raise Conflict(_("Tệp niêm phong của hồ sơ này đã được xuất. Mỗi hồ sơ chỉ xuất một lần."))
    file = MAGIC + seal(json.dumps(_whole(case), ensure_ascii=False, indent=1), derive(code, "handed-up"), _PLACE)
    digest = hashlib.sha256(file).digest()
    db.session.add(HandedUp(case_id=case.id, on=local_day(now()), by_id=actor.user_id, sha256=digest))
    if not case.anonymous:
        record("case.contact_read", actor=actor, subject_kind="case", subject_id=case.public_id)
    record("case.handed_up", actor=actor, subject_kind="case", subject_id=case.public_id, sha256=digest.hex())
    return file


def handed_up(case: Case) -> HandedUp | None:
    """When and by whom the file was made; None when it was not."""
    return db.session.get(HandedUp, case.id)


def open_file(file: bytes, code: str) -> dict[str, Any]:
    """What a handed-up file holds. Raises SealBroken for a wrong code, for another file, and when a part does not match the manifest."""
    if not file.startswith(MAGIC):
        raise SealBroken("not a sealed file of this kind")
    found: dict[str, Any] = json.loads(open_sealed(file.removeprefix(MAGIC), derive(code, "handed-up"), _PLACE))
    if found["manifest"]["sha256"] != _digests(found):
        raise SealBroken("a part is not the one of the manifest")
    return found


def _whole(case: Case) -> dict[str, Any]:
    said = db.session.scalars(select(Message).where(Message.case_id == case.id).order_by(Message.id))
    parts: dict[str, Any] = {
        "text": case.text,
        "place": case.place,
        "contact": opened(case.id),
        "messages": [{"kind": one.kind.value, "on": one.on.isoformat(), "text": one.text} for one in said],
        "files": [{"name": file.shown_name, "base64": base64.b64encode(bytes_of(file)).decode()} for file in of_case(case.id)],
    }
    received = local_day(case.received_at).isoformat()
    return {"manifest": {"case": case.public_id, "received_on": received, "sha256": _digests(parts)}, **parts}


def _digests(parts: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of each part as JSON with sorted keys."""
    return {
        name: hashlib.sha256(json.dumps(part, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        for name, part in parts.items()
        if name != "manifest"
    }
