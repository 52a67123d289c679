"""How demo stories begin: what is reported, where, by whom, and what the machine makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from analytics.demo import names
from analytics.demo.acts import Bodies, Opening
from analytics.demo.atlas import Atlas
from analytics.demo.rhythm import FIELDS, Rhythm
from analytics.demo.rows import Office
from analytics.demo.texts import Shelf, Text
from feedback.cases.intake import Report, ReportContact
from feedback.cases.models import Channel
from feedback.cases.ports import Labels
from feedback.cases.sorting import CONDUCT
from feedback.city import queries as city

CHANNELS = {Channel.WEB: 62, Channel.PHONE: 27, Channel.COUNTER: 7, Channel.PAPER: 4}
#: Share of senders who give their name, by channel; about officials fewer dare.
NAMED = {Channel.WEB: 0.62, Channel.PHONE: 0.85, Channel.COUNTER: 0.97, Channel.PAPER: 0.9}
DARING = 0.6
WITH_EMAIL = 0.45
WANTS_PUBLIC = 0.6
#: Share of senders on the web who choose the field themselves, and of those how many choose well.
CHOOSES_FIELD, CHOOSES_WELL = 0.12, 0.85
#: Fields whose reports need an address.
OUTDOORS = frozenset({"transport_infrastructure", "urban_environment", "public_order", "land_construction"})
WITH_PLACE = 0.7


@dataclass(frozen=True)
class Draw:
    """One report before anybody has read it."""

    text: Text
    area_id: int | None
    received_at: datetime


def draw_all(rng: Random, cases: int, shelf: Shelf, atlas: Atlas, rhythm: Rhythm) -> list[Draw]:
    """So many reports in the order in which they come in."""
    fields, shares = list(FIELDS), list(FIELDS.values())
    draws = []
    for field in rng.choices(fields, weights=shares, k=cases):
        district_id = atlas.district(rng)
        text = shelf.deal(rng, field, district_id)
        area_id = text.ward_id or (atlas.ward(rng, district_id) if district_id else None)
        draws.append(Draw(text, area_id, rhythm.received(rng, field)))
    return sorted(draws, key=lambda draw: draw.received_at)


class Opener:
    """Makes openings of what was drawn."""

    def __init__(self, atlas: Atlas, labels: Mapping[str, Labels], office: Office) -> None:
        self.atlas, self.labels, self.office = atlas, labels, office
        self.desk_id, self.triage_id = city.desk_agency().id, city.triage_agency().id
        self._procedures: dict[str, int | None] = {}

    def open(self, rng: Random, draw: Draw, public_id: str) -> Opening:
        """The opening of one story, under the id its case will have."""
        text, labels = draw.text, self.labels[draw.text.text]
        report = self._report(rng, draw)
        seen = self.atlas.proposal(report.category_code or labels.category, draw.area_id)
        bodies = Bodies(
            desk_id=self.desk_id,
            triage_id=self.triage_id,
            right_id=self.atlas.right_agency(rng, text.category_code, draw.area_id),
            wrong_id=self.atlas.wrong_agency(rng, text.category_code, draw.area_id),
            proposed_id=seen.agency_id,
            proposed_reason=seen.reason,
        )
        rule_code = self.office.categories[text.category_code].rule_code
        due_at = self.office.due(rule_code, draw.received_at)
        return Opening(report, draw.received_at, labels, text.category_code, self._procedure(text), due_at, bodies, public_id)

    def _procedure(self, text: Text) -> int | None:
        if text.text not in self._procedures:
            self._procedures[text.text] = self.atlas.procedure(text.category_code, text.text)
        return self._procedures[text.text]

    def _report(self, rng: Random, draw: Draw) -> Report:
        text = draw.text
        channel = rng.choices(list(CHANNELS), weights=list(CHANNELS.values()))[0]
        placed = text.category_code in OUTDOORS and not text.has_address and rng.random() < WITH_PLACE
        daring = DARING if text.category_code == CONDUCT else 1.0
        return Report(
            text=text.text,
            area_id=draw.area_id,
            place=names.place(rng) if placed else "",
            contact=_contact(rng) if rng.random() < NAMED[channel] * daring else ReportContact(),
            wants_public=channel is Channel.WEB and rng.random() < WANTS_PUBLIC,
            category_code=_chosen(rng, text.category_code) if channel is Channel.WEB else None,
            channel=channel,
        )


def _contact(rng: Random) -> ReportContact:
    return ReportContact(names.full_name(rng), names.phone(rng), names.email(rng) if rng.random() < WITH_EMAIL else "")


def _chosen(rng: Random, right: str) -> str | None:
    """The field the sender chooses himself, if he does."""
    if rng.random() >= CHOOSES_FIELD:
        return None
    return right if rng.random() < CHOOSES_WELL else rng.choice([field for field in FIELDS if field != CONDUCT])
