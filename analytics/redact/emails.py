"""E-mail addresses, also those written around the @: "an.tran (at) gmail.com", "an.tran a còng gmail chấm com". Pure.

From each sign the pattern looks a bounded way to both sides, so that a text full of signs costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIGN = re.compile(r" ?(?:@|\( ?(?:at|a cong|a moc|@) ?\)|[\[{<] ?(?:at|a cong|@) ?[\]}>])+ ?| (?:a[ -]?cong|acong|a moc|at) ")
#: No address without one of these.
_SIGNS = ("@", " at ", "(at", "[at", "{at", "cong", "a moc")
_LOCAL = re.compile(r"[\w+%-](?:[\w.+%'-]{0,62}[\w+%-])?\Z")
_DOT = r"(?: ?\. ?| ?, ?| ?[\[({] ?(?:dot|cham|\.) ?[\])}] ?| (?:cham|dot) )"
_TOP = r"(?:com|net|org|edu|gov|info|vn|io|me|co|us|uk|fr|de|jp|example|biz|asia|xyz|pro|dev|online)"
#: A host as it should be; one with a known ending, however it is dotted; a great provider without its ending.
_HOST = re.compile(
    rf"(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,4}}[a-z]{{2,24}}(?![a-z0-9@-])|"
    rf"[a-z0-9][a-z0-9-]{{0,40}}(?:{_DOT}[a-z0-9-]{{2,20}})??(?:{_DOT}{_TOP}){{1,2}}(?![a-z0-9])|"
    r"(?:gmail|yahoo|hotmail|outlook|icloud)(?: ?com)?(?![a-z0-9])"
)
_CUE = re.compile(r"(?:e-?mail|mail|thu dien tu|hop thu)(?: (?:cua )?(?:toi|em|minh|con))?(?: la)? ?:? ?([\w.+-]+(?: [\w.+-]+){1,4})\Z")


def find_emails(plain: str) -> Iterator[tuple[str, int, int]]:
    """Kind, start and end of every e-mail address, positions in `plain`."""
    if not any(sign in plain for sign in _SIGNS):
        return
    taken = 0
    for sign in _SIGN.finditer(plain):
        edge = max(taken, sign.start() - 64)
        local = _LOCAL.search(plain, _word_start(plain, edge, sign.start()), sign.start())
        host = _HOST.match(plain, sign.end(), min(len(plain), sign.end() + 160))
        if local is None or host is None or (sign.group().strip() in {"at", "a cong", "a moc"} and not _is_sure(host.group())):
            continue
        spaced = _CUE.search(plain, edge, sign.start()) if sign.group()[0] == " " else None
        taken = host.end()
        yield "email", spaced.start(1) if spaced else local.start(), host.end()


def _word_start(plain: str, edge: int, end: int) -> int:
    """Where the run of signs that may stand before the @ begins, never before `edge`."""
    start = end
    while start > edge and (plain[start - 1].isalnum() or plain[start - 1] in "._+%'-"):
        start -= 1
    return start


def _is_sure(host: str) -> bool:
    """A word for the sign may mean something else; then the host must be beyond doubt."""
    return bool(re.search(rf"(?:gmail|yahoo|hotmail|outlook|icloud|[.] ?{_TOP}$)", host))
