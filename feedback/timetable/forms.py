"""Forms of the timetable."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange

from feedback.city.kinds import HolidayKind
from feedback.page_form import PageForm

KINDS = {
    HolidayKind.OFF: _l("Nghỉ cả ngày"),
    HolidayKind.HALF: _l("Chỉ làm buổi sáng"),
    HolidayKind.MADE_UP: _l("Làm bù vào thứ Bảy, Chủ nhật"),
}
#: The same as a label in a list: word and colour.
MARKS = {HolidayKind.OFF: (_l("Nghỉ"), "red"), HolidayKind.HALF: (_l("Nghỉ chiều"), "amber"), HolidayKind.MADE_UP: (_l("Làm bù"), "green")}
#: A limit longer than this is a slip of the finger.
LONGEST = 1000


def _day(label: str) -> DateField:
    field: DateField = DateField(label, [InputRequired(_l("Xin chọn ngày."))], invalid_value_message=_l("Xin chọn ngày có thật."))
    return field


class DayForm(PageForm):
    """A day that is not what its weekday says."""

    day = _day(_l("Ngày"))
    kind = SelectField(
        _l("Ngày này"),
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        validators=[AnyOf([kind.value for kind in HolidayKind], message=_l("Xin chọn loại ngày."))],
        validate_choice=False,
    )
    name = StringField(_l("Tên ngày"), [InputRequired(_l("Xin nhập tên ngày, ví dụ: Quốc khánh.")), Length(max=120)])
    source = StringField(_l("Văn bản"), [InputRequired(_l("Xin nhập số văn bản quyết định ngày này.")), Length(max=200)])


class LimitForm(PageForm):
    """A limit's number from a day on."""

    amount = IntegerField(
        _l("Số mới"),
        [
            InputRequired(_l("Xin nhập một số nguyên.")),
            NumberRange(0, LONGEST, message=_l("Xin nhập số từ %(min)s đến %(max)s.")),
        ],
        invalid_value_message=_l("Xin nhập một số nguyên."),
    )
    valid_from = _day(_l("Áp dụng từ ngày"))
    legal_basis = StringField(_l("Căn cứ pháp lý"), [InputRequired(_l("Xin nhập văn bản quy định.")), Length(max=300)])
