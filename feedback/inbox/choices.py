"""What the lists of the case page offer, each read when the first form asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from feedback.cases import queries, records
from feedback.cases.extending import possible_extensions
from feedback.cases.handover_models import PARTNER_OPEN, Partner
from feedback.cases.models import Case
from feedback.cases.sorting import CONDUCT
from feedback.city import queries as city
from feedback.city.choices import agency_choices
from feedback.city.kinds import RuleUnit
from feedback.city.rules import Rule

UNITS = {
    RuleUnit.MINUTE: _l("phút"),
    RuleUnit.WORKING_HOUR: _l("giờ làm việc"),
    RuleUnit.DAY: _l("ngày"),
    RuleUnit.WORKING_DAY: _l("ngày làm việc"),
}


class Lists:
    """The choices for one case in one language."""

    def __init__(self, case: Case, locale: str, *, asked_partners: bool = True) -> None:
        self._case, self._locale, self._asked_partners = case, locale, asked_partners

    @cached_property
    def agencies(self) -> list[SelectChoice]:
        """Agencies in force under their tier, but the one that holds the case."""
        return [SelectChoice("", _("Chọn trong danh sách")), *agency_choices(but=self._case.agency_id)]

    @cached_property
    def all_agencies(self) -> list[SelectChoice]:
        """The same with the agency that holds the case: the referee may find that the matter is its own."""
        own = self._case.agency
        return [*self.agencies, SelectChoice(str(own.id), own.name, optgroup=str(_("Cơ quan phân định")))]

    @cached_property
    def handlers(self) -> list[SelectChoice]:
        """Officers of the agency who can be in charge."""
        return [SelectChoice(str(key), name) for key, name in queries.handlers(self._case.agency_id)]

    @property
    def in_charge(self) -> str:
        """Key of the officer in charge; empty where there is none yet."""
        return str(self._case.handler_id or "")

    @cached_property
    def categories(self) -> list[SelectChoice]:
        """Every field but conduct."""
        rest = [SelectChoice(row.code, row.name(self._locale)) for row in city.categories() if row.code != CONDUCT]
        return [SelectChoice("", _("Chọn trong danh sách")), *rest]

    @cached_property
    def extensions(self) -> list[SelectChoice]:
        """The extensions the law still allows."""
        return [SelectChoice(rule.code, rule_label(rule)) for rule in possible_extensions(self._case)]

    @cached_property
    def partners(self) -> Sequence[Partner]:
        """Every co-agency that was asked, oldest first."""
        return records.partners(self._case.id) if self._asked_partners else []

    @cached_property
    def open_partners(self) -> list[SelectChoice]:
        """Co-agencies that have not ended their part."""
        return [SelectChoice(str(part.id), part.agency.name) for part in self.partners if part.state in PARTNER_OPEN]


def rule_label(rule: Rule) -> str:
    """What an extension adds and the law it rests on."""
    unit = UNITS[rule.unit] if rule.unit else ""
    return str(_("Thêm %(amount)s %(unit)s (%(basis)s)", amount=rule.amount, unit=unit, basis=rule.legal_basis))
