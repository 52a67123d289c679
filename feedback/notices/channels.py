"""Ways to a sender other than mail: short messages by SMS or Zalo, for those who left a telephone number only.

A city has its contract with one provider or another; each is one class with one method. The one here writes to the log that a message
would have gone out, for trying out and for installations that have no contract yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from feedback.config import Config
from feedback.notices.models import NoticeChannel

log = structlog.get_logger("notices")


class ShortMessenger(Protocol):
    """Hands one short message to a provider. Whatever goes wrong raises OSError, and the notice is tried again later."""

    def send(self, phone: str, words: str, key: str) -> None:
        """`key` is the same on every try, so that a provider can drop the copy a crash may leave."""
        ...


class LogMessenger:
    """Writes that a message went out; neither number nor words (security, control 11)."""

    def __init__(self, channel: NoticeChannel) -> None:
        self.channel = channel

    def send(self, phone: str, words: str, key: str) -> None:
        """One line for one message."""
        log.info("short message", channel=self.channel.value, key=key, digits=sum(map(str.isdigit, phone)), length=len(words))


#: Providers by their name in the settings SMS_SENDER and ZALO_SENDER.
PROVIDERS: Mapping[str, Callable[[NoticeChannel], ShortMessenger]] = {"log": LogMessenger}


def messengers(config: Config) -> dict[NoticeChannel, ShortMessenger]:
    """The ways this installation has, the preferred one first: Zalo shows who writes, SMS reaches every telephone."""
    chosen = ((NoticeChannel.ZALO, config.zalo_sender), (NoticeChannel.SMS, config.sms_sender))
    return {channel: PROVIDERS[name](channel) for channel, name in chosen if name}
