"""Form of the page of briefings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from analytics.briefing.models import Rhythm
from feedback.page_form import PageForm

NEVER = "never"


class RhythmForm(PageForm):
    """How often."""

    rhythm = RadioField(
        _l("Thư báo khi có bản tin mới"),
        invalid_choice_message=_l("Xin chọn một mục."),
        choices=[
            SelectChoice(Rhythm.WEEK.value, _l("Hằng tuần, 6 giờ 30 sáng thứ Hai")),
            SelectChoice(Rhythm.MONTH.value, _l("Hằng tháng, 6 giờ 30 sáng ngày 1")),
            SelectChoice(NEVER, _l("Không nhận thư")),
        ],
    )
