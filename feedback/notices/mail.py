"""The mails themselves: neutral subject, no content, no names. Standard library only: it folds Vietnamese subjects right."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from urllib.parse import urlsplit

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from feedback.config import Config
from feedback.notices.models import Notice, NoticeKind
from feedback.notices.words import CITIZEN, DIGEST, OFFICER

TIMEOUT_SECONDS = 20


def compose(config: Config, notice: Notice, address: str, language: str) -> EmailMessage:
    """The mail for a notice, the same on every try."""
    message = EmailMessage()
    with force_locale(language):
        message["Subject"] = subject(notice.kind)
        message.set_content(body(config, notice))
    message["From"] = config.mail_from
    message["To"] = address
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<notice-{notice.id}@{urlsplit(config.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def subject(kind: NoticeKind) -> str:
    """The line a passer-by may read."""
    if kind in CITIZEN:
        return str(_("Có tin mới về phản ánh của Ông/Bà"))
    if kind is NoticeKind.DIGEST:
        return str(_("Tình hình hồ sơ sáng nay"))
    if kind is NoticeKind.BRIEFING:
        return str(_("Bản tin tình hình giải quyết phản ánh"))
    if kind is NoticeKind.PARTNER_UNREACHABLE:
        return str(_("Có một kết nối cần Ông/Bà kiểm tra"))
    return str(_("Có một hồ sơ đang chờ Ông/Bà"))


def body(config: Config, notice: Notice) -> str:
    """The text of the mail: one sentence, where to look, and nothing about the case."""
    if notice.kind in CITIZEN:
        return render_template("mail/citizen.txt", sentence=CITIZEN[notice.kind], url=_url(config, notice))
    lines = [(label, notice.facts[name]) for name, label in DIGEST.items() if notice.facts and notice.facts.get(name)]
    return render_template("mail/officer.txt", sentence=OFFICER[notice.kind], lines=lines, url=_url(config, notice))


def short_words(config: Config, notice: Notice, language: str) -> str:
    """What a short message to a sender says: one sentence and where to look, nothing about the case."""
    with force_locale(language):
        return str(_("Liêm Chính: %(news)s Xem tại %(url)s bằng mã tra cứu.", news=CITIZEN[notice.kind], url=_url(config, notice)))


def _url(config: Config, notice: Notice) -> str:
    if notice.kind in CITIZEN:
        return f"{config.public_url}/tra-cuu"
    if notice.kind is NoticeKind.DIGEST:
        return f"{config.public_url}/can-bo/ho-so"
    if notice.kind is NoticeKind.BRIEFING:
        return f"{config.public_url}/dieu-hanh/ban-tin"
    if notice.kind in (NoticeKind.RETENTION_SOON, NoticeKind.DELETION_ASKED):
        return f"{config.public_url}/can-bo/luu-giu"
    if notice.kind is NoticeKind.PARTNER_UNREACHABLE:
        return f"{config.public_url}/can-bo/quan-tri/doi-tac"
    return f"{config.public_url}/can-bo/ho-so/{notice.case_public_id}"


@contextmanager
def handing_over(config: Config, message: EmailMessage) -> Iterator[Callable[[], object]]:
    """Reach the configured server; yields what hands the mail over. Whatever goes wrong before or then raises, and the job is tried again.

    Reaching it is what takes time, taking leave does not matter: between the server's word and our own note of it lies nothing else.
    """
    server = smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo_or_helo_if_needed()
        yield partial(server.send_message, message)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
