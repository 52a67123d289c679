"""The pages a day in the city goes over, and how their forms are read: what `locustfile.py` stands on, without locust."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Name, method and address of every page that is asked for; `{key}` is the key of a case in addresses of pages.
PATHS = {
    "home": ("GET", "/"),
    "start": ("POST", "/phan-anh"),
    "what": ("POST", "/phan-anh/su-viec"),
    "where": ("POST", "/phan-anh/dia-diem"),
    "evidence": ("POST", "/phan-anh/bang-chung"),
    "contact": ("POST", "/phan-anh/lien-he"),
    "check": ("POST", "/phan-anh/kiem-tra"),
    "done": ("GET", "/phan-anh/xong"),
    "code": ("POST", "/tra-cuu"),
    "tracking": ("GET", "/tra-cuu/ho-so"),
    "rate": ("POST", "/tra-cuu/ho-so/danh-gia"),
    "sign in": ("POST", "/can-bo/dang-nhap"),
    "queue": ("GET", "/can-bo/tiep-nhan"),
    "desk case": ("GET", "/can-bo/tiep-nhan/{key}"),
    "hand over": ("POST", "/can-bo/tiep-nhan/{key}"),
    "inbox": ("GET", "/can-bo/ho-so"),
    "case": ("GET", "/can-bo/ho-so/{key}"),
    "accept": ("POST", "/can-bo/ho-so/{key}/thu-ly"),
    "answer": ("POST", "/can-bo/ho-so/{key}/trinh"),
    "approve": ("POST", "/can-bo/ho-so/{key}/sua-va-duyet"),
    "city": ("GET", "/dieu-hanh/"),
    "compare": ("GET", "/dieu-hanh/doi-chieu"),
    "transit": ("GET", "/dieu-hanh/luan-chuyen"),
    "list": ("GET", "/dieu-hanh/ho-so/tiep-nhan"),
    "public": ("GET", "/cong-khai"),
}
_CODE = re.compile(r'<p class="lc-code"[^>]*>((?:<span>[0-9A-Z]{5}</span>)+)</p>')


@dataclass
class Form:
    """A form as a browser would send it: hidden fields, what is chosen beforehand, and the choices there are."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    #: Value and text of each option of the lists.
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif not self.found:
            return
        elif tag == "input" and name and (given.get("type") not in {"radio", "checkbox", "submit", "file"} or "checked" in given):
            self.found[-1].values[name] = given.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.found[-1].values[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.found[-1].options.setdefault(self.select, []).append((given.get("value", ""), ""))
            if "selected" in given or self.select not in self.found[-1].values:
                self.found[-1].values[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[-1].values[self.area] += data
        elif self.select and self.found[-1].options.get(self.select):
            value, text = self.found[-1].options[self.select][-1]
            self.found[-1].options[self.select][-1] = value, (text + data).strip()


def form_of(page: str, *actions: str) -> Form | None:
    """The first form of a page that goes to one of these addresses, none given: to the page's own; None when there is none."""
    reader = _Forms()
    reader.feed(page)
    return next((form for form in reader.found if form.action.partition("?")[0] in (actions or ("",))), None)


def keys_of(page: str, before: str) -> list[str]:
    """Keys of the cases a list links to, in its order."""
    return re.findall(rf'href="{re.escape(before)}([0-9a-zA-Z_-]{{16}})[?"#]', page)


def code_of(page: str) -> str | None:
    """The tracking code a page shows."""
    found = _CODE.search(page)
    return None if found is None else re.sub(r"<.*?>", "", found.group(1))
