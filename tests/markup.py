"""Is a page valid HTML? What browsers forgive and readers aloud do not: every page of every test is asked, the first times it is shown.

Rules of the HTML standard as far as our pages use it, and three of our own: everything that is opened is closed, no style and no script
inside an attribute, one h1.
"""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: A page has states; so many of each address, outcome and language are looked at.
LOOKS = 3
VOID = _names("area base br col hr img input link meta source wbr path polyline rect circle line use")
#: Elements that hold words and such elements only.
PHRASING = _names("abbr b code em i kbd label mark output q s small span strong sub sup time")
WORDS_ONLY = PHRASING | _names("button dt h1 h2 h3 h4 h5 h6 legend option p pre title")
WITHIN_WORDS = PHRASING | _names("a br button del img input ins meter progress select svg textarea wbr option optgroup")
#: Between these children may stand only the ones named.
CHILDREN = {
    "dl": {"div", "dt", "dd"},
    "ol": {"li"},
    "optgroup": {"option"},
    "select": {"option", "optgroup"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "thead": {"tr"},
    "tr": {"th", "td"},
    "ul": {"li"},
}
#: The other way round: where an element must stand.
PARENTS = {
    "caption": {"table"},
    "dd": {"dl", "div"},
    "dt": {"dl", "div"},
    "legend": {"fieldset"},
    "li": {"ol", "ul"},
    "summary": {"details"},
    "td": {"tr"},
    "th": {"tr"},
    "tr": {"tbody", "thead", "tfoot"},
}
INTERACTIVE = _names("a button details input select textarea")
FIELDS = _names("input select textarea")
UNLABELLED = frozenset(("hidden", "submit", "button"))
KNOWN = (
    VOID
    | WORDS_ONLY
    | WITHIN_WORDS
    | frozenset(CHILDREN)
    | frozenset(PARENTS)
    | INTERACTIVE
    | _names(
        "address article aside blockquote body canvas details dialog div fieldset figcaption figure footer form g head header html main"
    )
    | _names("nav noscript script search section svg text")
)
POINTING = ("aria-controls", "aria-describedby", "aria-labelledby", "for", "list")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?")


class _Reader(HTMLParser):
    """Reads a page once and keeps what is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: Counter[str] = Counter()
        self.pointed: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.fields: list[tuple[str, str]] = []
        self.language = self.title = ""

    def say(self, what: str) -> None:
        """Keep a mistake with where it is."""
        self.wrong.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element against where it stands and what it says."""
        here = dict(attrs)
        self.seen[tag] += 1
        if len(here) != len(attrs):
            self.say(f"<{tag}> has an attribute twice")
        self._place(tag)
        self._attributes(tag, here)
        if (
            tag in FIELDS
            and here.get("type") not in UNLABELLED
            and "label" not in self.open
            and not ({"aria-label", "aria-labelledby"} & here.keys())
        ):
            self.fields.append((here.get("id") or "", f"line {self.getpos()[0]}: <{tag} name={here.get('name')}>"))
        if tag not in VOID:
            self.open.append(tag)

    def _place(self, tag: str) -> None:
        parent = self.open[-1] if self.open else ""
        if tag not in KNOWN:
            self.say(f"<{tag}> is no element we know")
        if parent in CHILDREN and tag not in CHILDREN[parent]:
            self.say(f"<{tag}> stands in <{parent}>")
        if tag in PARENTS and parent not in PARENTS[tag]:
            self.say(f"<{tag}> stands in <{parent}>")
        # A link is what the element around it is: look through it.
        around = next((one for one in reversed(self.open) if one != "a"), "")
        if around in WORDS_ONLY and tag not in WITHIN_WORDS and "svg" not in self.open:
            self.say(f"<{tag}> stands among the words of <{around}>")
        if tag in INTERACTIVE and ({"a", "button"} & set(self.open)):
            self.say(f"<{tag}> stands in a link or button")
        if tag == "form" and "form" in self.open:
            self.say("a form stands in a form")

    def _attributes(self, tag: str, here: dict[str, str | None]) -> None:
        if "style" in here or any(name.startswith("on") for name in here):
            self.say(f"<{tag}> has style or script in an attribute")
        if "id" in here:
            self.ids[here["id"] or ""] += 1
        self.pointed += [(f"{name} of <{tag}>", one) for name in POINTING for one in (here.get(name) or "").split()]
        if tag == "a" and (here.get("href") or "").startswith("#"):
            self.pointed.append(("a link", (here["href"] or "")[1:]))
        if tag == "label" and here.get("for"):
            self.labels.add(here["for"] or "")
        if tag == "img" and "alt" not in here:
            self.say("a picture has no alt")
        if tag == "time" and not INSTANT.fullmatch(here.get("datetime") or ""):
            self.say(f"{here.get('datetime')} is no time")
        if tag == "html":
            self.language = here.get("lang") or ""

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
            return
        self.say(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Words stand where words may."""
        if self.open and self.open[-1] == "title":
            self.title += data
        elif data.strip() and (not self.open or self.open[-1] in CHILDREN):
            self.say(f"words stand in <{self.open[-1] if self.open else ''}>: {data.strip()[:40]}")


def mistakes(text: str) -> list[str]:
    """What is wrong with a whole page, each with its line."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    found = reader.wrong
    found += [f"<{tag}> is never closed" for tag in reader.open]
    found += [f'id "{one}" is there {number} times' for one, number in reader.ids.items() if number > 1 or " " in one or not one]
    found += [f"{what} points to #{one}, which is not there" for what, one in reader.pointed if one not in reader.ids]
    found += [f"{what} has no label" for one, what in reader.fields if one not in reader.labels]
    found += [f"{reader.seen[tag]} of <{tag}>" for tag in ("h1", "main", "title") if reader.seen[tag] != 1]
    if reader.language not in ("vi", "en"):
        found.append(f'language "{reader.language}"')
    if not reader.title.strip():
        found.append("no title")
    return found if text.startswith("<!doctype html>") else ["no doctype", *found]


_looks: Counter[tuple[str, int, str]] = Counter()
_open = FlaskClient.open


def _looking(client: FlaskClient, *args: Any, **kwargs: Any) -> TestResponse:
    answer = _open(client, *args, **kwargs)
    if answer.mimetype == "text/html" and answer.status_code not in range(300, 400) and not answer.is_streamed:
        _look(client, answer)
    return answer


def _look(client: FlaskClient, answer: TestResponse) -> None:
    urls = client.application.url_map.bind("localhost")
    try:
        endpoint = str(urls.match(answer.request.path, answer.request.method)[0])
    except HTTPException:
        endpoint = ""
    text = answer.get_data(as_text=True)
    key = endpoint, answer.status_code, "en" if '<html lang="en"' in text[:200] else "vi"
    _looks[key] += 1
    if _looks[key] <= LOOKS and text.startswith("<!"):
        assert mistakes(text) == [], f"{answer.request.method} {answer.request.path}"


def look_at_every_page() -> None:
    """From now on a page that is not valid fails the test that asked for it."""
    FlaskClient.open = _looking  # type: ignore[method-assign]
