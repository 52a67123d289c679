"""Which of the two places an installation keeps its files in: the folder beside it, or a bucket."""

from __future__ import annotations

from feedback.attachments.bucket import Bucket
from feedback.attachments.storage import Store
from feedback.config import Config

#: Both keep, give and sweep files in the same words.
FileStore = Store | Bucket


def store_of(config: Config) -> FileStore:
    """The place of every file of this installation."""
    return Bucket(config.files_url) if config.files_url else Store(config.var / "attachments")
