"""Several cases forwarded in one go, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.accounts.models import Role
from feedback.cases import transfers
from feedback.cases.access import Actor
from feedback.cases.handover_models import Transfer, TransferState
from feedback.cases.models import Suggestion
from feedback.cases.workflow import State
from feedback.db import db
from feedback.desk import services
from tests.feedback.citizen import text_of
from tests.feedback.officers import Browser, Office, case_of, counted, send, version_of

LOOK = "/can-bo/tiep-nhan/chuyen-nhieu"


def look(client: Browser, *public_ids: str) -> str:
    return client.get(LOOK + "?" + "&".join(f"hs={one}" for one in public_ids)).text


def mark(page: str) -> str:
    found = re.search(r'name="bulk_id" value="([0-9a-z]{16})"', page)
    assert found is not None
    return found[1]


def suggestion_of(public_id: str) -> Suggestion:
    thought = db.session.get(Suggestion, case_of(public_id).id)
    assert thought is not None
    return thought


def test_a_bulk_is_looked_at_sent_once_and_taken_back(office: Office) -> None:
    sure, accepted, unsure = office.report(), office.report(), office.report()
    suggestion_of(unsure).abstain = True
    db.session.commit()
    client = office.browser(office.desk)
    page = look(client, sure, accepted, unsure)
    bulk_id = mark(page)
    assert f'name="hs" value="{sure}.' in page
    assert f'name="hs" value="{unsure}.' not in page
    assert "Máy chưa đủ chắc chắn." in page
    fields = {"bulk_id": bulk_id, "hs": [f"{one}.{version_of(one)}" for one in (sure, accepted)]}
    path = f"/can-bo/tiep-nhan/dot-chuyen/{bulk_id}"
    assert send(client, LOOK, LOOK + f"?hs={unsure}&hs={sure}", **fields).location == path
    assert send(client, LOOK, path, **fields).location == path, "a double click"
    rows = db.session.scalars(select(Transfer)).all()
    assert [row.bulk_id for row in rows] == [bulk_id, bulk_id]
    transfers.accept(_handler(office, accepted), accepted, version_of(accepted))
    assert send(client, f"{path}/thu-hoi", path).location == path
    assert case_of(sure).state is State.SORTING
    assert case_of(accepted).state is State.IN_PROGRESS
    shown = text_of(client.get(path))
    assert "Thu hồi cả đợt" not in shown, "nothing is left to take back"
    assert (case_of(accepted).reference or "-") in shown


def _handler(office: Office, public_id: str) -> Actor:
    return office._hire(Role.HANDLER, case_of(public_id).to_agency_id or 0).actor


def test_what_was_taken_over_is_named(office: Office) -> None:
    sent = office.report()
    services.send_many(office.desk.actor, "a" * 16, [(sent, version_of(sent))])
    transfers.accept(_handler(office, sent), sent, version_of(sent))
    undone = services.undo(office.desk.actor, "a" * 16)
    assert (undone.recalled, undone.left) == ([], [case_of(sent).reference])


def test_after_ten_minutes_there_is_no_way_back_as_a_whole(office: Office) -> None:
    public_id = office.report()
    services.send_many(office.desk.actor, "a" * 16, [(public_id, version_of(public_id))])
    hop = db.session.scalars(select(Transfer)).one()
    hop.sent_at -= timedelta(minutes=11)
    db.session.commit()
    client, path = office.browser(office.desk), "/can-bo/tiep-nhan/dot-chuyen/" + "a" * 16
    assert "/thu-hoi" not in client.get(path).text
    office.report()
    assert send(client, f"{path}/thu-hoi", "/can-bo/tiep-nhan/nhap").status_code == 302
    assert case_of(public_id).state is State.FORWARDED


def test_one_that_a_colleague_has_changed_stays_and_the_others_go(office: Office) -> None:
    changed, other = office.report(), office.report()
    chosen = [(changed, version_of(changed) - 1), (other, version_of(other))]
    assert services.send_many(office.desk.actor, "a" * 16, chosen) == [changed]
    assert case_of(changed).state is State.SORTING
    assert case_of(other).state is State.FORWARDED


@pytest.mark.parametrize("flaw", ["abstain", "spam", "misconduct", "unread", "no agency", "returned", "forwarded"])
def test_what_wants_a_look_of_its_own_is_never_sent_along(office: Office, flaw: str) -> None:
    """The filter of the queue and the rule of the bulk agree."""
    public_id = office.report()
    thought = suggestion_of(public_id)
    match flaw:
        case "abstain" | "spam" | "misconduct":
            setattr(thought, flaw, True)
        case "unread":
            thought.worked = False
        case "no agency":
            thought.agency_id = None
        case "returned":
            case_of(public_id).returns = 1
        case _:
            office.forwarded(public_id)
    db.session.commit()
    assert services.doubt(case_of(public_id), suggestion_of(public_id)) != ""
    assert services.send_many(office.desk.actor, "b" * 16, [(public_id, version_of(public_id))]) == [public_id]
    assert public_id not in office.browser(office.desk).get("/can-bo/tiep-nhan?chac=co").text


def test_a_bulk_is_its_officers_own(office: Office) -> None:
    public_id = office.report()
    services.send_many(office.desk.actor, "a" * 16, [(public_id, version_of(public_id))])
    colleague = office.browser(office._hire(Role.FRONT_DESK, office.desk.actor.agency_id or 0))
    path = "/can-bo/tiep-nhan/dot-chuyen/" + "a" * 16
    assert colleague.get(path).status_code == 404
    assert send(colleague, f"{path}/thu-hoi", "/can-bo/tiep-nhan/nhap").status_code == 404
    assert db.session.scalars(select(Transfer.state)).one() is TransferState.SENT


def test_nothing_chosen_is_said_and_odd_input_refused(office: Office) -> None:
    client = office.browser(office.desk)
    assert client.get(LOOK).location == "/can-bo/tiep-nhan"
    for fields in ({"bulk_id": "x", "hs": "abc.1"}, {"bulk_id": "a" * 16, "hs": "abc"}):
        assert send(client, LOOK, "/can-bo/tiep-nhan/nhap", **fields).status_code == 422


def test_a_look_costs_no_more_with_more_cases(office: Office) -> None:
    client, chosen, numbers = office.browser(office.desk), [office.report()], []
    for _round in range(2):
        with counted() as seen:
            look(client, *chosen)
        numbers.append(len(seen))
        chosen += [office.report() for _number in range(3)]
    assert numbers[0] == numbers[1] <= 8
