"""An office with a partner system that is spoken with, and the peer behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text

from feedback import jobs
from feedback.accounts.models import Role
from feedback.db import db
from feedback.partners import services
from feedback.partners.models import Delivery, PartnerSystem
from feedback.partners.rules import ABOUT_CASES
from feedback.partners.services import Wanted
from tests.feedback.officers import Office
from tests.feedback.partners.peer import Peer, listening


@pytest.fixture
def office(app: Flask) -> Office:
    """Officers of every role."""
    return Office(app)


@dataclass
class Link:
    """A system of the office's agency, the peer behind it, and the first secret."""

    office: Office
    peer: Peer
    public_id: str
    secret: str

    @property
    def row(self) -> PartnerSystem:
        db.session.expire_all()
        return services.one(self.public_id)

    @property
    def messages(self) -> list[Delivery]:
        db.session.expire_all()
        return list(db.session.query(Delivery).order_by(Delivery.id))

    def work(self) -> None:
        """What the worker does when it is woken."""
        jobs.run_here("partners.deliver", system_id=self.row.id)

    def work_later(self) -> None:
        """The same when every pause is over."""
        db.session.execute(text("UPDATE partner_delivery SET due_at = now()"))
        db.session.execute(text("UPDATE partner_system SET rest_until = NULL"))
        db.session.commit()
        self.work()


def linked(office: Office, peer: Peer, agency_id: int | None = None, name: str = "Một cửa Phường Thử") -> Link:
    """A system that two administrators have agreed to."""
    wanted = Wanted(name, agency_id or office.agency, peer.address or "https://peer.example/hook", ABOUT_CASES)
    system, peer.secret = services.propose(office.admin.actor, wanted)
    services.approve(office._hire(Role.ADMINISTRATOR, office.agency).actor, system.public_id)
    return Link(office, peer, system.public_id, peer.secret)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A peer that listens."""
    with listening(Peer()) as peer:
        yield peer


@pytest.fixture
def link(office: Office, peer: Peer) -> Link:
    """The office's agency and its system, connected."""
    return linked(office, peer)


@pytest.fixture
def quiet(office: Office) -> Link:
    """The same without a peer that listens, for what comes in."""
    return linked(office, Peer())
