"""Fills an empty database with the demo city: accounts and cases in one transaction, so that there is a whole city or none."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from random import Random
from typing import Protocol, TypeVar

from flask import current_app
from sqlalchemy import func, select, text

from analytics.classify.corpus import load_examples
from analytics.demo import numbering
from analytics.demo.acts import Cast, Story
from analytics.demo.atlas import Atlas
from analytics.demo.chaining import Row
from analytics.demo.codes import demo_public_id
from analytics.demo.copying import copy_rows
from analytics.demo.effects import rows_of
from analytics.demo.ledger import close_days
from analytics.demo.looks import corrections
from analytics.demo.openings import Draw, Opener, draw_all
from analytics.demo.published import publishing
from analytics.demo.rhythm import Rhythm
from analytics.demo.rows import DueFinder, Office, Rows
from analytics.demo.sealing import seal_all
from analytics.demo.seconds import second_look
from analytics.demo.staff import hire
from analytics.demo.stories import Teller
from analytics.demo.texts import Gazetteer, Shelf
from analytics.demo.verdicts import conclusion
from feedback import jobs
from feedback.accounts.models import User
from feedback.answers.services import load_templates
from feedback.audit.models import AuditEntry
from feedback.audit.services import record_keys
from feedback.cases import learning
from feedback.cases.baseline import load_baseline
from feedback.cases.clock_models import DueChange, Extension
from feedback.cases.clock_models import Pause as PauseRow
from feedback.cases.conduct_models import ConductFinding
from feedback.cases.deadlines import IN_DAYS, Pause, due
from feedback.cases.handover_models import Partner, Transfer
from feedback.cases.learning_models import CheckDraw, Correction
from feedback.cases.learning_rules import is_drawn
from feedback.cases.message_models import Message, Publication
from feedback.cases.models import Answer, Case, CaseEvent, Contact, Rating, Suggestion
from feedback.cases.ports import Classifier, Labels
from feedback.city import queries as city
from feedback.city.loader import load_city
from feedback.city.rules import Rule, rule_on
from feedback.db import Base, atomic, db, now
from feedback.escalation.services import load_ladder
from feedback.localtime import local_day
from feedback.notices.models import Notice
from feedback.sealing import CaseKey
from feedback.workdays import Calendar

T = TypeVar("T")
#: In the order in which rows point at each other.
TABLES: tuple[type[Base], ...] = (
    *(
        Case,
        CaseKey,
        Contact,
        Suggestion,
        CheckDraw,
        Correction,
        CaseEvent,
        Transfer,
        Partner,
        PauseRow,
        Extension,
        DueChange,
        Message,
        Publication,
        Answer,
        Rating,
        ConductFinding,
        Notice,
        AuditEntry,
    ),
)
BATCH = 2000


class Watch(Protocol):
    """Passes items through and shows somebody how far the work has come."""

    def __call__(self, items: Sequence[T], label: str, /) -> Iterable[T]:
        """The same items; `label` says what is done with them."""
        ...


class NotEmpty(Exception):
    """The database already holds cases, which a demo city must not be mixed with."""


@dataclass(frozen=True)
class Made:
    """What was filled in."""

    cases: int
    accounts: int


@atomic
def fill_city(units: str, cases: int, seed: int, watch: Watch) -> Made:
    """Load the city of a unit set and fill it with officers and cases up to the last full hour.

    The same seed within the same hour gives the same city but for random ids, codes and keys. Raises NotEmpty when there are cases
    already, NameTaken when an account stands in the way.
    """
    db.session.execute(text("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE"))  # no report may come in between
    if db.session.scalar(select(select(Case.id).exists())):
        raise NotEmpty
    load_city(units)
    load_ladder()
    load_templates()
    load_baseline()
    stories, office = tell_city(cases, seed, watch)
    _write(stories, office, watch)
    return Made(len(stories), db.session.scalar(select(func.count()).select_from(User)) or 0)


def tell_city(cases: int, seed: int, watch: Watch) -> tuple[Sequence[Story], Office]:
    """Make the accounts and tell the stories of so many cases in the city in force, the earliest first; no case is written yet."""
    rng = Random(seed)
    rhythm = Rhythm(city.calendar(), now().replace(minute=0, second=0, microsecond=0), seed)
    cast = hire(rng, seed, rhythm.begins)
    atlas = Atlas()
    draws = draw_all(rng, cases, Shelf(load_examples(), Gazetteer(atlas.spots)), atlas, rhythm)
    calendar = city.calendar()
    categories, secret = {row.code: row for row in city.categories()}, current_app.config["SECRET_KEY"]
    districts: dict[int | None, int] = {spot.ward_id: spot.district_id for spot in atlas.spots}
    office = Office(categories, due_finder(calendar), calendar, secret, record_keys().chain[0], learning.key(), districts)
    opener = Opener(atlas, _labels(draws, watch), office)
    return [_story(seed, place, draw, opener, rhythm, cast) for place, draw in enumerate(watch(draws, "Diễn biến / Telling"))], office


def _labels(draws: Sequence[Draw], watch: Watch) -> Mapping[str, Labels]:
    """What the classifier makes of each distinct text."""
    classifier: Classifier = current_app.extensions["classifier"]
    texts = list(dict.fromkeys(draw.text.text for draw in draws))
    return {text: classifier.classify(text) for text in watch(texts, "Phân loại / Classifying")}


def _story(seed: int, place: int, draw: Draw, opener: Opener, rhythm: Rhythm, cast: Cast) -> Story:
    """One story from a generator of its own, so that what happens in it changes no other."""
    rng, public_id = Random(f"{seed}:{place}"), demo_public_id(seed, place)
    story = Teller(rng, rhythm, cast, opener.open(rng, draw, public_id)).tell()
    if is_drawn(opener.office.learning_key, public_id) or corrections(story):
        story.look = second_look(rng, rhythm, cast, story)
    story.published = publishing(rng, rhythm, story)
    story.concluded = conclusion(rhythm, story)
    return story


def _write(stories: Sequence[Story], office: Office, watch: Watch) -> None:
    start = numbering.next_free()
    numbers = numbering.number(stories, start)
    gathered: Rows = defaultdict(list)
    notices: list[Row] = []
    for count, story in enumerate(watch(stories, "Ghi hồ sơ / Writing"), start=1):
        for table, rows in rows_of(story, office, next(numbers)).items():
            gathered[table].extend(rows)
        if count % BATCH == 0:
            notices += gathered.pop(Notice, [])
            _copy(gathered)
    gathered[Notice] = sorted(notices + gathered[Notice], key=itemgetter("created_at"))  # lists show them as they came about
    _copy(gathered)
    numbering.go_on(stories, start)
    close_days()
    jobs.defer("opendata.catch_up")


def _copy(gathered: Rows) -> None:
    seal_all(gathered)
    for table in TABLES:
        copy_rows(db.session.connection(), table, gathered.pop(table, []))


def due_finder(calendar: Calendar) -> DueFinder:
    """When a limit ends: as `due_of` says, with everything it needs read once."""
    versions = city.rules()
    in_force: Callable[[str, date], Rule] = functools.cache(lambda code, day: rule_on(versions, code, day))
    by_day: dict[tuple[str, date], datetime] = {}

    def find(code: str, start: datetime, pauses: Sequence[Pause] = (), extensions: Sequence[str] = ()) -> datetime:
        key = (code, local_day(start))
        rule = in_force(*key)
        if pauses or extensions or rule.unit not in IN_DAYS:
            return due(rule, start, calendar, pauses, [in_force(extension, key[1]) for extension in extensions]).due
        if key not in by_day:  # the hour of the day makes no difference
            by_day[key] = due(rule, start, calendar).due
        return by_day[key]

    return find
