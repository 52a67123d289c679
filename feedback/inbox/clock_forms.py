"""Forms of dialogue, clock and ends: ask the citizen, report progress, suspend, extend, refuse, merge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, Optional

from feedback.cases.clock_models import Ground
from feedback.cases.dialogue import MESSAGE_LIMIT
from feedback.cases.models import Refusal
from feedback.cases.words import GROUNDS, REFUSALS
from feedback.inbox.choices import Lists
from feedback.inbox.forms import RELOAD, DayField, OneOf, Some, VersionForm, words

GIVE_REASON = _l("Xin ghi lý do.")


class AskForm(VersionForm):
    """What the citizen is asked for."""

    question = words(_l("Cần người dân bổ sung điều gì?"), _l("Xin ghi điều cần bổ sung."), MESSAGE_LIMIT)


class ResumeForm(VersionForm):
    """Why the work goes on."""

    resume_reason = words(_l("Vì sao xử lý tiếp?"), GIVE_REASON)


class ProgressForm(VersionForm):
    """How far it is."""

    progress = words(_l("Đã làm gì, còn gì phải làm?"), _l("Xin ghi tiến độ."), MESSAGE_LIMIT)
    promised_on = DayField(_l("Ngày hẹn"), [Optional()])


class SuspendForm(VersionForm):
    """The decision to suspend."""

    suspend_ground = words(_l("Căn cứ tạm đình chỉ"), _l("Xin ghi số quyết định và căn cứ."))


class ExtensionForm(VersionForm):
    """By what a limit is extended, and why."""

    rule = RadioField(_l("Gia hạn"), [OneOf(_l("Xin chọn một mức gia hạn."))], validate_choice=False)
    ground = SelectField(
        _l("Căn cứ"),
        choices=[SelectChoice(ground.value, label) for ground, label in GROUNDS.items()],
        validators=[AnyOf([ground.value for ground in Ground], message=_l("Xin chọn căn cứ gia hạn."))],
        validate_choice=False,
    )
    extension_reason = words(_l("Lý do cụ thể"), GIVE_REASON)

    def offer(self, lists: Lists) -> None:
        """The extensions the law still allows."""
        self.rule.choices = lists.extensions


class DeclineForm(VersionForm):
    """Why an extension is not granted."""

    decline_reason = words(_l("Vì sao không đồng ý?"), GIVE_REASON)


class RefuseForm(VersionForm):
    """Why a report is not taken on, and what the citizen can do instead."""

    refusal = RadioField(
        _l("Vì sao không thụ lý?"),
        choices=[SelectChoice(code.value, label) for code, label in REFUSALS.items()],
        validators=[AnyOf([code.value for code in Refusal], message=_l("Xin chọn lý do không thụ lý."))],
        validate_choice=False,
    )
    guidance = words(_l("Hướng dẫn người dân"), _l("Xin ghi hướng dẫn để người dân biết phải làm gì tiếp theo."))


class MergeForm(VersionForm):
    """The lead case, by its reference."""

    lead = HiddenField(validators=[Some(RELOAD), Length(max=20, message=RELOAD)])


class UnmergeForm(VersionForm):
    """Why two cases are not one matter after all."""

    unmerge_reason = words(_l("Vì sao tách lại?"), GIVE_REASON)
