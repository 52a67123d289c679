"""Where reports come from and who answers them there: the areas and the routing table in force, read once."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from analytics.demo.texts import Spot
from feedback.cases.routing import route
from feedback.city import queries as city
from feedback.city.models import Procedure
from feedback.city.rules import Place
from feedback.text import fold

#: Share of matters of a ward that the desk gives to another competent body, mostly a department of the city.
ELSEWHERE = 0.2
#: Share of senders who cannot name their ward.
UNKNOWN_AREA = 0.08
#: Verbs that procedures begin with and that reports leave out.
_OFFICE_VERBS = ("đăng ký ", "cấp giấy ", "cấp ", "xác nhận ", "thông báo ")
_SHORTEST_PROCEDURE = 8


@dataclass(frozen=True)
class Proposal:
    """The agency that routing proposes, why, and the bodies that may be meant instead, by their ids."""

    agency_id: int
    reason: str
    others: tuple[int, ...]


class Atlas:
    """Draws places by population and knows the responsible agency of each."""

    def __init__(self) -> None:
        wards = city.wards()
        self.spots = [
            Spot(ward.id, fold(ward.name), ward.district_area.id, fold(ward.district_area.name)) for ward in wards if ward.district_area
        ]
        people = {area.id: area.population or 0 for area in city.districts()}
        self._wards = {district: [spot.ward_id for spot in self.spots if spot.district_id == district] for district in people}
        self._districts = [district for district, inside in self._wards.items() if inside]
        self._people = [people[district] for district in self._districts]
        self._places: dict[int | None, Place] = {None: Place(), **{ward.id: city.place_of(ward) for ward in wards}}
        self._ids = {agency.code: agency.id for agency in city.agencies()}
        self._routes = city.routing_rules()
        self._proposals: dict[tuple[str, int | None], Proposal] = {}
        self._procedures = [(_spoken(row), row) for row in city.procedures()]

    def district(self, rng: Random) -> int | None:
        """Where the next report comes from; None when its sender does not know."""
        return None if rng.random() < UNKNOWN_AREA else rng.choices(self._districts, weights=self._people)[0]

    def ward(self, rng: Random, district_id: int) -> int:
        """A ward of the district; how many live in each is not known."""
        return rng.choice(self._wards[district_id])

    def proposal(self, category_code: str, area_id: int | None) -> Proposal:
        """What routing proposes for a field at a place."""
        key = (category_code, area_id)
        if key not in self._proposals:
            routing = route(category_code, self._places[area_id], self._routes)
            others = tuple(self._ids[code] for code in routing.alternatives)
            self._proposals[key] = Proposal(self._ids[routing.agency_code], routing.reason, others)
        return self._proposals[key]

    def right_agency(self, rng: Random, category_code: str, area_id: int | None) -> int:
        """The body that answers in the end: the one proposed or, now and then, another competent one."""
        proposal = self.proposal(category_code, area_id)
        return rng.choice(proposal.others) if proposal.others and rng.random() < ELSEWHERE else proposal.agency_id

    def wrong_agency(self, rng: Random, category_code: str, area_id: int | None) -> int:
        """A body that the case might be sent to by mistake: another one of the field, or that of another ward."""
        proposal = self.proposal(category_code, area_id)
        elsewhere = self.proposal(category_code, self.ward(rng, rng.choice(self._districts)))
        return rng.choice((*proposal.others, elsewhere.agency_id))

    def procedure(self, category_code: str, text: str) -> int | None:
        """The procedure that a text names, the one with the longest name."""
        folded = fold(text)
        named = [(len(name), row.id) for name, row in self._procedures if row.category_code == category_code and name in folded]
        return max(named)[1] if named else None


def _spoken(procedure: Procedure) -> str:
    """The procedure as people call it: "Đăng ký khai sinh" is "khai sinh"."""
    name = procedure.name.lower()
    for verb in _OFFICE_VERBS:
        name = name.removeprefix(verb)
    return fold(name if len(name) >= _SHORTEST_PROCEDURE else procedure.name)
