"""The data dictionary: tables and columns in words, in the reader's language. Definitions of counts are those of `analytics.counts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l

from analytics.counts import AXIS_WORDS, COUNTS, Count
from analytics.measures import MEASURES
from analytics.opendata.tables import Family, Sheet
from feedback.language import LANGUAGES

#: Medians are told of at least so many answers: the middle of a few is one person's answer.
FEWEST_FOR_A_MEDIAN = 10
LICENCE, LICENCE_ADDRESS = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Words:
    """What a table or a column is called, and what it means."""

    title: LazyString
    meaning: LazyString


TABLES: Mapping[Sheet, Words] = {
    Sheet.CITY: Words(_l("Toàn Thành phố"), _l("Một dòng cho mỗi tháng.")),
    Sheet.DISTRICT: Words(_l("Theo khu vực"), _l("Mỗi dòng là một khu vực (quận, huyện cũ) trong một tháng.")),
    Sheet.CATEGORY: Words(_l("Theo lĩnh vực"), _l("Mỗi dòng là một lĩnh vực trong một tháng.")),
    Sheet.DISTRICT_CATEGORY: Words(_l("Theo khu vực và lĩnh vực"), _l("Mỗi dòng là một lĩnh vực tại một khu vực trong một tháng.")),
    Sheet.WARD: Words(
        _l("Theo phường, xã"), _l("Mỗi dòng là một phường, xã, đặc khu nơi sự việc xảy ra, trong một tháng. Không có phản ánh về cán bộ.")
    ),
    Sheet.AGENCY: Words(
        _l("Theo cơ quan"), _l("Mỗi dòng là một cơ quan chịu trách nhiệm trả lời, trong một tháng. Không có phản ánh về cán bộ.")
    ),
    Sheet.CHANNEL: Words(_l("Theo kênh tiếp nhận"), _l("Mỗi dòng là một cách gửi: trang web, điện thoại, văn bản, tại quầy.")),
    Sheet.TRACK: Words(_l("Theo loại hồ sơ"), _l("Mỗi dòng là một loại hồ sơ, vì mỗi loại có thời hạn và trình tự riêng.")),
    Sheet.CONDUCT: Words(
        _l("Phản ánh về cán bộ"),
        _l("Một dòng cho mỗi tháng, chỉ tính chung toàn Thành phố: các phản ánh này không có trong bảng nào khác."),
    ),
}
_COUNTED: Mapping[str, Words] = {
    column: Words(COUNTS[Count[column.upper()]].label, COUNTS[Count[column.upper()]].definition)
    for family in Family
    for column in family.columns
}
COLUMNS: Mapping[str, Words] = {
    "month": Words(_l("Tháng"), _l("Năm và tháng, ví dụ 2026-03.")),
    "edition": Words(_l("Bản"), _l("1 là bản công bố đầu tiên của tháng; số lớn hơn là bản đính chính, kèm lý do.")),
    "district_code": Words(_l("Mã khu vực"), _l("Mã đơn vị hành chính của Cục Thống kê; để trống khi chưa rõ nơi xảy ra.")),
    "district": Words(_l("Khu vực"), _l("Khu vực là quận, huyện cũ.")),
    "category_code": Words(_l("Mã lĩnh vực"), _l("Mã của lĩnh vực, không thay đổi.")),
    "category": Words(_l("Lĩnh vực"), _l("Phản ánh thuộc lĩnh vực nào, do bộ phận tiếp nhận xác định.")),
    "ward_code": Words(_l("Mã phường, xã"), _l("Mã đơn vị hành chính của Cục Thống kê; để trống khi người gửi chỉ nêu khu vực.")),
    "ward": Words(_l("Phường, xã"), _l("Nơi sự việc xảy ra.")),
    "agency_code": Words(_l("Mã cơ quan"), _l("Mã của cơ quan trong hệ thống này; để trống khi chưa giao cho cơ quan nào.")),
    "agency": Words(_l("Cơ quan"), _l("Cơ quan chịu trách nhiệm trả lời.")),
    "channel_code": Words(_l("Mã kênh"), _l("Mã của kênh tiếp nhận.")),
    "channel": Words(_l("Kênh tiếp nhận"), _l("Người dân gửi bằng cách nào.")),
    "track_code": Words(_l("Mã loại hồ sơ"), _l("Mã của loại hồ sơ.")),
    "track": Words(_l("Loại hồ sơ"), _l("Hồ sơ theo trình tự và thời hạn nào.")),
    "name_en": Words(_l("Tên tiếng Anh"), _l("Tên tiếng Anh của cột đứng trước.")),
    **_COUNTED,
    "median_days": Words(
        MEASURES["median_days"].label,
        _l(
            "Một nửa số hồ sơ trả lời trong tháng mất ít ngày làm việc hơn, một nửa mất nhiều hơn. Để trống khi có ít hơn %(fewest)s "
            "hồ sơ đã trả lời.",
            fewest=FEWEST_FOR_A_MEDIAN,
        ),
    ),
    "reports": Words(
        _l("Phản ánh về cán bộ"),
        _l("Số phản ánh về thái độ, hành vi của cán bộ gửi đến trong tháng, kể cả hồ sơ niêm phong. Dưới 5 thì ẩn, kể cả khi không có."),
    ),
    "hidden": Words(
        _l("Số bị ẩn"),
        _l(
            "Tên các cột để trống trong dòng này vì số từ 1 đến 4, hoặc vì nếu hiện ra thì có thể tính được một số như vậy. Số 0 luôn "
            "được ghi là 0, trừ khi số chung của nó bị ẩn."
        ),
    ),
}
_KEYS: Mapping[Sheet, tuple[str, ...]] = {
    Sheet.DISTRICT: ("district",),
    Sheet.CATEGORY: ("category",),
    Sheet.DISTRICT_CATEGORY: ("district", "category"),
    Sheet.WARD: ("district", "ward"),
    Sheet.AGENCY: ("agency",),
    Sheet.CHANNEL: ("channel",),
    Sheet.TRACK: ("track",),
}
#: What has a name in English too.
TRANSLATED = ("category", "channel", "track")


def parts(sheet: Sheet) -> tuple[str, ...]:
    """What a row of a table is about: nothing for the city as a whole."""
    return _KEYS.get(sheet, ())


def columns(sheet: Sheet) -> list[str]:
    """The columns of a table, in order."""
    found = ["month", "edition"]
    for part in parts(sheet):
        found += [f"{part}_code", part] + ["name_en"] * (part in TRANSLATED)
    if sheet is Sheet.CONDUCT:
        return [*found, "reports", "hidden"]
    for family in Family:
        if sheet in family.sheets:
            found += [*family.columns, *(["median_days"] if family is Family.ANSWERED else [])]
    return [*found, "hidden"]


def axis_of(column: str) -> str:
    """By which day a case belongs to the month, in words; empty where that does not apply."""
    if column == "median_days":
        column = "answered"
    return str(AXIS_WORDS[COUNTS[Count[column.upper()]].axis]) if column in _COUNTED or column == "answered" else ""


def dictionary() -> dict[str, Any]:
    """Everything above for a program, in every language."""
    return {
        "licence": LICENCE,
        "licence_address": LICENCE_ADDRESS,
        "tables": [
            {"name": sheet.value, **_in_all(TABLES[sheet]), "columns": columns(sheet)} for sheet in Sheet
        ],
        "columns": [{"name": name, **_in_all(words)} for name, words in COLUMNS.items()],
    }  # fmt: skip


def _in_all(words: Words) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"title": {}, "meaning": {}}
    for language in _languages():
        with force_locale(language):
            found["title"][language], found["meaning"][language] = str(words.title), str(words.meaning)
    return found


def _languages() -> Iterator[str]:
    yield from LANGUAGES


def shown_columns(sheet: Sheet) -> Sequence[tuple[str, Words]]:
    """The columns of a table with their words."""
    return [(name, COLUMNS[name]) for name in columns(sheet)]
