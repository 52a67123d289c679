"""What everybody sends and gets, in JSON."""

from __future__ import annotations

from marshmallow import Schema, fields

from feedback.api.shapes import Asked, Day, Given, email, one_of, phone, sentence, told
from feedback.cases.intake import PLACE_LIMIT, TEXT_LIMIT
from feedback.cases.models import Outcome
from feedback.cases.workflow import State
from feedback.city.models import AreaKind

SHORTEST_TEXT, NAME_LIMIT, SEARCH_LIMIT, CURSOR_LIMIT = 10, 120, 200, 100


class Area(Schema):
    """A district or a ward in force."""

    code = fields.String(required=True, **told("Code of the General Statistics Office."))
    name = fields.String(required=True)
    kind = fields.String(required=True, validate=one_of(AreaKind))
    kind_label = fields.String(required=True, **told("The word people use: Phường, Xã, Đặc khu, …"))
    district = fields.String(required=True, allow_none=True, **told("For a ward: code of the district area it is counted under."))
    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True)


class Areas(Schema):
    """The map in force."""

    unit_set = fields.String(required=True, **told("2025: wards; 2017: districts and wards as they were."))
    items = fields.List(fields.Nested(Area), required=True)


class Agency(Schema):
    """A body of the city in force."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    short_name = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    area = fields.String(required=True, allow_none=True, **told("Code of the area it stands for."))
    superior = fields.String(required=True, allow_none=True, **told("Code of the body above it."))
    categories = fields.List(fields.String(), required=True, **told("Codes of the categories it answers for."))
    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True)


class Agencies(Schema):
    """Who can be responsible."""

    items = fields.List(fields.Nested(Agency), required=True)


class Category(Schema):
    """What a report can be about."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    hint = fields.String(required=True)


class Categories(Schema):
    """Fields in the order they are offered."""

    items = fields.List(fields.Nested(Category), required=True)


class Procedure(Schema):
    """An administrative procedure in force."""

    code = fields.String(required=True, allow_none=True, **told("National code; null where none is certain."))
    name = fields.String(required=True)
    category = fields.String(required=True)
    level = fields.String(required=True)
    limit = fields.String(required=True, **told("Within what time, as published."))
    online_level = fields.String(required=True)
    valid_from = Day(required=True)
    valid_to = Day(required=True, allow_none=True)


class Procedures(Schema):
    """Procedures in force."""

    items = fields.List(fields.Nested(Procedure), required=True)


class ProceduresAsked(Asked):
    """Which procedures."""

    category = fields.String(load_default="", **told("Code of a category."))


class PublicCase(Schema):
    """A case everybody may read: masked text and answer, nothing that leads to its sender."""

    id = fields.String(required=True)
    text = fields.String(required=True)
    answer = fields.String(required=True)
    category = fields.String(required=True)
    ward = fields.String(required=True)
    agency = fields.String(required=True)
    published_on = Day(required=True)


class PublicCases(Schema):
    """One page, the newest first."""

    items = fields.List(fields.Nested(PublicCase), required=True)
    next_cursor = fields.String(required=True, allow_none=True, **told("Give it as `cursor` for the next page; null at the end."))


class PublicCasesAsked(Asked):
    """Which public cases."""

    q = sentence("Words, with or without tone marks.", SEARCH_LIMIT, load_default="")
    category = fields.String(load_default="", **told("Code of a category."))
    district = fields.String(load_default="", **told("Code of a district area."))
    cursor = sentence("`next_cursor` of the page before.", CURSOR_LIMIT, load_default="")


class Measure(Schema):
    """A figure of the whole city; null where a number is below five."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    definition = fields.String(required=True)
    unit = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    numerator = fields.Integer(required=True, allow_none=True)
    denominator = fields.Integer(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)


class Measures(Schema):
    """Figures of twelve closed months, sealed cases left out."""

    first_day = Day(required=True)
    last_day = Day(required=True)
    items = fields.List(fields.Nested(Measure), required=True)


class CodeShown(Asked):
    """The tracking code, in a header: addresses are written into logs."""

    code = fields.String(data_key="Tracking-Code", load_default="", **told("The code of the report, however it is written."))


class GivenAnswer(Schema):
    """An answer the sender has got."""

    outcome = fields.String(required=True, validate=one_of(Outcome))
    text = fields.String(required=True)
    agency = fields.String(required=True)
    given_on = Day(required=True, allow_none=True)
    current = fields.Boolean(required=True, **told("False for one that was taken back when the sender asked to look again."))


class Line(Schema):
    """One sentence of a story."""

    on = Day(required=True)
    text = fields.String(required=True)


class Tracked(Schema):
    """One matter as its sender reads it on the tracking page."""

    number = fields.Integer(required=True, **told("1 is what was sent, 2 and on what was split off it."))
    reference = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=one_of(State))
    state_name = fields.String(required=True)
    standing = fields.String(required=True, **told("What the state means, in plain words."))
    agency = fields.String(required=True, **told("Who is responsible now, or who answered."))
    received_on = Day(required=True)
    due_on = Day(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    clock_stopped = fields.Boolean(required=True)
    answered_on = Day(required=True, allow_none=True)
    question = fields.String(required=True, allow_none=True, **told("What the office asks the sender."))
    guidance = fields.String(required=True, allow_none=True, **told("Why it was refused, and what to do instead."))
    lead = fields.String(required=True, allow_none=True, **told("Reference of the case this one follows."))
    answers = fields.List(fields.Nested(GivenAnswer), required=True)
    progress = fields.List(fields.Nested(Line), required=True)
    story = fields.List(fields.Nested(Line), required=True)


class Tracking(Schema):
    """Everything behind one code."""

    items = fields.List(fields.Nested(Tracked), required=True)


class Contact(Given):
    """How to reach the sender: a telephone number or an e-mail address at least."""

    name = sentence("Family name first.", NAME_LIMIT, load_default="")
    phone = fields.String(load_default="", validate=phone)
    email = fields.String(load_default="", validate=email)


class Report(Given):
    """A report; without contact it is anonymous."""

    text = sentence("What happened.", TEXT_LIMIT, least=SHORTEST_TEXT, required=True)
    ward = fields.String(load_default="", **told("Code of the ward, if it is known."))
    place = sentence("House number and street, or a landmark.", PLACE_LIMIT, load_default="")
    category = fields.String(load_default="", **told("Code of a category; without one the office finds it."))
    contact = fields.Nested(Contact, load_default=None, allow_none=True)
    public = fields.Boolean(load_default=False, truthy={True}, falsy={False}, **told("May be published, masked, with its answer."))


class Accepted(Schema):
    """What the sender keeps. The same for every report, whatever it is about."""

    code = fields.String(required=True, **told("Opens the case to whoever holds it; shown this once."))
    receipt_number = fields.String(required=True)
    receipt = fields.String(required=True, **told("Signed: proves that this text was received on this day."))
    received_on = Day(required=True)
    due_on = Day(required=True)
    tracking_page = fields.String(required=True)
