"""Forms of the city's tables. Each carries the day, the reason, and how its subject stood when the page was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.administration.agencies import FOUNDED
from feedback.administration.changes import REASON_LIMIT
from feedback.administration.texts import TEXT_LIMIT
from feedback.administration.words import AGENCY_KINDS, LEVELS, ONLINE, RUNGS
from feedback.city.kinds import Level
from feedback.city.models import Agency, Category
from feedback.page_form import PageForm

#: So many agencies one form joins; more follow by another one, into the same agency.
MERGED_AT_ONCE = 4
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
MOST_ROWS = 12
FROM_LIST = {
    "invalid_choice_message": _l("Xin chọn một mục trong danh sách."),
    "invalid_value_message": _l("Xin chọn một mục trong danh sách."),
}


def needed(label: str, limit: int, message: str = "") -> StringField:
    """A line that must be filled in."""
    long = Length(max=limit, message=_l("Xin viết ngắn hơn %(max)s ký tự."))
    field: StringField = StringField(label, [InputRequired(message or _l("Xin điền mục này.")), long])
    return field


def whole(label: str, low: int, high: int) -> IntegerField:
    """A whole number."""
    text = _l("Xin nhập một số nguyên.")
    within = NumberRange(low, high, message=_l("Xin nhập số từ %(min)s đến %(max)s."))
    field: IntegerField = IntegerField(label, [InputRequired(text), within], invalid_value_message=text)
    return field


def several(label: str) -> SelectMultipleField:
    """Boxes to tick."""
    field: SelectMultipleField = SelectMultipleField(label, option_widget=CheckboxInput(), widget=ListWidget(), **FROM_LIST)
    return field


class ChangeForm(PageForm):
    """What every change says besides itself."""

    day = DateField(_l("Có hiệu lực từ ngày"), [InputRequired(_l("Xin chọn ngày."))], invalid_value_message=_l("Xin chọn ngày có thật."))
    reason = needed(_l("Văn bản hoặc lý do"), REASON_LIMIT, _l("Xin ghi văn bản hoặc lý do của thay đổi."))
    seen = HiddenField()


class AgencyForm(ChangeForm):
    """What of an agency can be changed."""

    name = needed(_l("Tên cơ quan"), 160)
    short_name = needed(_l("Tên ngắn"), 80)
    field = several(_l("Lĩnh vực giải quyết"))
    superior = SelectField(_l("Cơ quan cấp trên"), coerce=int, **FROM_LIST)
    email = EmailField(
        _l("Thư điện tử"), [Optional(), Regexp(ADDRESS, message=_l("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@co-quan.vn."))]
    )

    def offer(self, agencies: Sequence[Agency], categories: Sequence[Category], locale: str) -> None:
        """Fill the lists."""
        self.superior.choices = [SelectChoice(0, _l("Không có")), *(SelectChoice(row.id, row.name) for row in agencies)]
        self.field.choices = [SelectChoice(row.code, row.name(locale)) for row in categories]


class NewAgencyForm(AgencyForm):
    """A new agency: also what cannot be changed later."""

    code = needed(_l("Mã cơ quan"), 30)
    kind = SelectField(_l("Loại cơ quan"), choices=[SelectChoice(kind.value, AGENCY_KINDS[kind]) for kind in FOUNDED], **FROM_LIST)
    level = SelectField(_l("Cấp"), choices=[SelectChoice(level.value, LEVELS[level]) for level in (Level.CITY, Level.WARD)], **FROM_LIST)


class MergeForm(ChangeForm):
    """Which agencies end, and which one does their work."""

    old = FieldList(SelectField(_l("Cơ quan thôi hoạt động"), default="", **FROM_LIST), min_entries=MERGED_AT_ONCE)
    into = SelectField(_l("Nhập vào"), **FROM_LIST)
    code = StringField(_l("Mã cơ quan mới"), [Length(max=30)])
    name = StringField(_l("Tên cơ quan mới"), [Length(max=160)])
    short_name = StringField(_l("Tên ngắn"), [Length(max=80)])
    area_code = StringField(_l("Mã địa bàn mới"), [Length(max=10)])
    area_name = StringField(_l("Tên địa bàn mới"), [Length(max=120)])

    def offer(self, agencies: Sequence[Agency]) -> None:
        """Fill the lists."""
        for one in self.old:
            one.choices = [SelectChoice("", "–"), *(SelectChoice(row.code, row.name) for row in agencies)]
        self.into.choices = [SelectChoice("", _l("Một cơ quan mới")), *(SelectChoice(row.code, row.name) for row in agencies)]


class RouteLine(Form):
    """One row of the routing table; without an agency it is left out."""

    place = StringField(_l("Thứ tự"))
    level = SelectField(
        _l("Nơi xảy ra"), choices=[SelectChoice(level.value, name) for level, name in LEVELS.items()], validate_choice=False
    )
    target = SelectField(_l("Cơ quan"), validate_choice=False)
    words = StringField(_l("Câu cho bộ phận tiếp nhận"))


class RoutingForm(ChangeForm):
    """Where reports of a category go."""

    rows = FieldList(FormField(RouteLine), max_entries=MOST_ROWS)

    def offer(self, targets: Mapping[str, str]) -> None:
        """Fill the lists."""
        for row in self.rows:
            row.target.choices = [SelectChoice("", _l("(bỏ dòng này)")), *(SelectChoice(code, name) for code, name in targets.items())]

    def lines(self) -> list[list[str]]:
        """The rows in their order: level, target, sentence."""
        wanted = [row for row in self.rows.data if row["target"]]
        wanted.sort(key=lambda row: int(row["place"]) if (row["place"] or "").isdecimal() else MOST_ROWS)
        return [[row["level"] or "", row["target"], row["words"] or ""] for row in wanted]


class CategoryForm(ChangeForm):
    """What a category is called, where it stands, whether it is offered."""

    name_vi = needed(_l("Tên tiếng Việt"), 120)
    name_en = needed(_l("Tên tiếng Anh"), 120)
    hint_vi = needed(_l("Lời giải thích tiếng Việt"), 300)
    hint_en = needed(_l("Lời giải thích tiếng Anh"), 300)
    position = whole(_l("Thứ tự"), 0, 1000)
    active = BooleanField(_l("Cho người gửi chọn lĩnh vực này"))


class ProcedureForm(ChangeForm):
    """An administrative procedure."""

    name = needed(_l("Tên thủ tục"), 200)
    code = StringField(_l("Mã thủ tục quốc gia"), [Length(max=20, message=_l("Xin viết ngắn hơn %(max)s ký tự."))])
    category_code = SelectField(_l("Lĩnh vực"), **FROM_LIST)
    level = SelectField(_l("Cấp"), choices=[SelectChoice(level.value, name) for level, name in LEVELS.items()], **FROM_LIST)
    limit_text = needed(_l("Thời hạn và nơi nộp như đã công bố"), 200)
    online_level = SelectField(_l("Mức độ trực tuyến"), choices=[SelectChoice(code, name) for code, name in ONLINE.items()], **FROM_LIST)
    active = BooleanField(_l("Còn áp dụng"), default=True)


class StepForm(ChangeForm):
    """When a step of the ladder is taken, and who is told."""

    working_days = whole(_l("Số ngày làm việc so với hạn"), -30, 60)
    rung = SelectField(_l("Ai được nhắc"), choices=[SelectChoice(rung.value, name) for rung, name in RUNGS.items()], **FROM_LIST)
    active = BooleanField(_l("Đang dùng"))


class AreaForm(ChangeForm):
    """What an area is called."""

    name = needed(_l("Tên"), 120)
    kind_label = needed(_l("Loại địa bàn"), 30)


class TextForm(ChangeForm):
    """A prepared answer."""

    title = needed(_l("Tên văn bản mẫu"), 160)
    text = TextAreaField(
        _l("Nội dung"), [InputRequired(_l("Xin điền mục này.")), Length(max=TEXT_LIMIT, message=_l("Xin viết ngắn hơn %(max)s ký tự."))]
    )
    legal_reference = StringField(_l("Căn cứ pháp lý"), [Length(max=300, message=_l("Xin viết ngắn hơn %(max)s ký tự."))])
    position = whole(_l("Thứ tự"), 0, 1000)
    active = BooleanField(_l("Đang dùng"))
