"""What the shapes of the API are made of: instants and days, checks of words, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from feedback.intake.people import is_email, is_phone
from feedback.localtime import local
from feedback.text import clean


class Moment(fields.DateTime):
    """An instant on the city's clock, with its offset: 2026-11-24T14:05:00+07:00."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else local(value).isoformat(timespec="seconds")


class Day(fields.Date):
    """A day of the city's calendar: of a day as it is, of an instant the day it falls on there."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        day: date | None = local(value).date() if isinstance(value, datetime) else value
        return None if day is None else day.isoformat()


def told(what: str, **options: Any) -> dict[str, Any]:
    """Options of a field with what it means."""
    return {"metadata": {"description": what}, **options}


def one_of(values: Iterable[str]) -> validate.OneOf:
    """Checks for one of these."""
    return validate.OneOf(list(values), error=_l("Xin dùng một trong các giá trị: {choices}."))


def sentence(what: str, most: int, *, least: int = 0, **options: Any) -> fields.String:
    """A field with words: what it means, and how many characters it has at most and at least."""
    described: dict[str, Any] = {"description": what, "maxLength": most, **({"minLength": least} if least else {})}
    return fields.String(validate=_words(most, least), metadata=described, **options)


def _words(most: int, least: int) -> Callable[[str], None]:
    """Checks a text as it will be kept: so many characters at least and at most, when what cannot be seen is gone."""

    def check(typed: str) -> None:
        length = len(clean(typed))
        if length < least:
            raise ValidationError(_("Xin viết ít nhất %(least)s ký tự.", least=least))
        if length > most:
            raise ValidationError(_("Xin viết ngắn hơn, tối đa %(most)s ký tự.", most=most))

    return check


def phone(typed: str) -> None:
    """Raises ValidationError for what is no Vietnamese telephone number."""
    if typed and not is_phone(typed):
        raise ValidationError(_("Số điện thoại chưa đúng. Xin nhập 10 chữ số, ví dụ: 0900 000 123."))


def email(typed: str) -> None:
    """Raises ValidationError for what mail cannot be sent to."""
    if typed and not is_email(clean(typed)):
        raise ValidationError(_("Địa chỉ thư điện tử chưa đúng, ví dụ: ten@example.com."))


class Given(Schema):
    """What callers send: a part that is not known is a mistake of theirs, which they are told of."""

    class Meta:
        """How it is read."""

        unknown = RAISE


class Asked(Schema):
    """What stands behind the question mark of an address; parts that are not known are left alone."""

    class Meta:
        """How it is read."""

        unknown = EXCLUDE


class FieldError(Schema):
    """One part of a request and what is wrong with it."""

    pointer = fields.String(required=True, **told("JSON pointer into the body, or the name of a parameter."))
    detail = fields.String(required=True)


class Problem(Schema):
    """An error (RFC 9457). `type` never changes its meaning; `title` and `detail` are in the caller's language."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldError), **told("What is wrong with which part of the request."))
    id = fields.String(**told("Joins this answer with the office's log, when the office itself has failed."))


def unknown_code() -> str:
    """What is said of a code that is not in force."""
    return str(_("Không có mã này trong danh mục đang có hiệu lực."))


def no_way_to_reach() -> str:
    """What is said of contact data that reach nobody."""
    return str(_("Xin ghi số điện thoại hoặc thư điện tử; nếu gửi ẩn danh, xin bỏ mục này."))
