"""Files in a bucket of S3 instead of a folder, for web servers on machines of their own. What lies there is sealed as in the folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

import obstore
from obstore.store import S3Store

from feedback.attachments.storage import ORPHAN_AFTER_SECONDS, check_name
from feedback.db import now


class Bucket:
    """The files under one address, `s3://bucket/prefix`; keys, region and endpoint come from the AWS_… settings, as obstore reads them."""

    def __init__(self, address: str) -> None:
        self.objects = _objects(address)

    def put(self, data: bytes) -> str:
        """Keep bytes and give their random name; the service has them for good from here on."""
        name = secrets.token_hex(16)
        self.keep(name, data)
        return name

    def keep(self, name: str, data: bytes) -> None:
        """Keep bytes under a name they had before. Raises FileNotFoundError for a name that is none of ours."""
        obstore.put(self.objects, check_name(name), data)

    def get(self, name: str) -> bytes:
        """The bytes kept under a name. Raises FileNotFoundError."""
        return bytes(obstore.get(self.objects, check_name(name)).bytes())

    def size(self, name: str) -> int | None:
        """Bytes kept under a name; None when there are none."""
        try:
            return obstore.head(self.objects, check_name(name))["size"]
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        """Forget a file; one that is gone already is no error."""
        obstore.delete(self.objects, check_name(name))

    def orphans(self, known: set[str]) -> Iterator[str]:
        """Names of old files that no row knows."""
        limit = now() - timedelta(seconds=ORPHAN_AFTER_SECONDS)
        for page in obstore.list(self.objects):
            yield from (found["path"] for found in page if found["path"] not in known and found["last_modified"] < limit)

    def sweep(self, known: set[str]) -> int:
        """Delete orphans; gives how many."""
        names = list(self.orphans(known))
        for name in names:
            obstore.delete(self.objects, name)
        return len(names)

    def has_room(self) -> bool:
        """A bucket has no end; one that cannot be reached has no room."""
        try:
            next(iter(obstore.list(self.objects, chunk_size=1)), None)
        except Exception:  # whatever keeps us from it: the answer is the same
            return False
        return True


@lru_cache(maxsize=4)
def _objects(address: str) -> S3Store:
    """One set of connections for a process; a request that hangs must not hold a citizen for obstore's three minutes."""
    return S3Store.from_url(
        address,
        # The endpoint is the operator's choice, HTTP inside his own network too: requests are signed, and what they carry is sealed.
        client_options={"timeout": "20s", "connect_timeout": "3s", "allow_http": True},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=10)},
    )
