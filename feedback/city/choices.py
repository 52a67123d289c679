"""What lists offer of the city: agencies under their tier, wards under their district area. Kept until the city changes (holding.py)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from feedback.city import queries as city
from feedback.city.holding import held
from feedback.city.kinds import Level

LEVELS = {Level.CITY: _l("Cấp Thành phố"), Level.DISTRICT: _l("Cấp quận, huyện"), Level.WARD: _l("Cấp phường, xã")}


@held()
def agency_choices(*, but: int | None = None) -> list[SelectChoice]:
    """The agencies in force that open cases may go to, without one of them."""
    bodies = [body for body in city.receivers() if body[0] != but]
    return [SelectChoice(str(key), name, optgroup=str(tier)) for level, tier in LEVELS.items() for key, name, at in bodies if at is level]


@held()
def ward_choices() -> list[SelectChoice]:
    """The wards in force."""
    return [SelectChoice(str(key), name, optgroup=district) for district, wards in city.ward_groups() for key, name in wards]
