"""People's ways through the pages in a real browser, each page looked at by axe-core where scripts run."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browsers import follow, look
from tests.feedback.citizen import picture_bytes

LONG = "Tên đường rất dài không có dấu cách " + "x" * 120
NEXT = "main form:not([action]) button[type=submit]"
#: The button an officer presses most, which has a key of its own.
MAIN_ACT = "[data-key-confirm]"


class Walk:
    """One person's way; `check` says whether axe-core can look along."""

    def __init__(self, page: Page, address: str, name: str, *, check: bool = True) -> None:
        self.page, self.address, self.name, self.check = page, address, name, check
        self.titles: list[str] = []

    def look(self) -> None:
        """Look at the page as it is now."""
        self.titles.append(self.page.title())
        look(self.page, f"{self.name}-{len(self.titles):02}", check=self.check)

    def go(self, path: str) -> None:
        """Open a page by its address and look at it."""
        self.page.goto(self.address + path)
        self.look()

    def press(self, address: str, button: str = NEXT) -> None:
        """Press a button or a link and look at the page it leads to."""
        follow(self.page, button, "**" + address)
        self.look()

    def text(self) -> str:
        """What stands between head and foot of the page."""
        return self.page.inner_text("main")

    def errors(self) -> int:
        """How many of the pages seen were shown again because something was wrong."""
        return sum(title.startswith(("Lỗi: ", "Error: ")) for title in self.titles)


def report(walk: Walk, text: str, *, named: bool) -> str:
    """Report step by step, with a mistake at each; gives the code."""
    page = walk.page
    walk.go("/phan-anh")
    walk.press("/phan-anh/su-viec", "main form button")
    walk.press("/phan-anh/su-viec")
    page.fill("#text", text)
    walk.press("/phan-anh/dia-diem")
    walk.press("/phan-anh/dia-diem")
    page.select_option("#area", index=40)
    page.fill("#place", LONG)
    walk.press("/phan-anh/bang-chung")
    page.set_input_files("#files", {"name": "ảnh hiện trường.png", "mimeType": "image/png", "buffer": picture_bytes()})
    walk.press("/phan-anh/bang-chung", "button[value=add]")
    walk.press("/phan-anh/lien-he", "button[value=next]")
    walk.press("/phan-anh/lien-he")
    page.check("#named-0" if named else "#named-1")
    assert page.is_visible("#email") == named
    if named:
        page.fill("#name", "Người Thử")
        page.fill("#email", "thu@example.com")
    page.check("#public-1")
    walk.press("/phan-anh/kiem-tra")
    walk.press("/phan-anh/*")
    if page.url.endswith("/kiem-tra"):  # faster than a person, so asked to look again
        walk.press("/phan-anh/xong")
    page.reload()
    code = "-".join(page.locator(".lc-code span").all_inner_texts())
    page.fill("#last", "?")
    walk.press("/phan-anh/xong")
    page.fill("#last", code[-5:])
    walk.press("/phan-anh/ket-thuc")
    return code


def track(walk: Walk, code: str) -> None:
    """Find the case by its code, mistyped at first."""
    walk.go("/tra-cuu")
    walk.page.fill("#code", "ABC")
    walk.press("/tra-cuu", "main form button")
    walk.page.fill("#code", code.lower())
    walk.press("/tra-cuu/ho-so", "main form button")


def rate(walk: Walk, comment: str) -> None:
    """Say whether it is solved; forgotten at first."""
    button = "main form[action$='/danh-gia'] button[type=submit]"
    walk.press("/ho-so/danh-gia", button)
    walk.page.check("#solved-0")
    walk.page.check("#satisfaction-1")
    walk.page.fill("#comment", comment)
    walk.press("/tra-cuu/ho-so", button)


def sign_in(walk: Walk, name: str, password: str) -> None:
    """Sign in as an officer; nothing typed at first."""
    button = "main form button[type=submit]"
    walk.go("/can-bo/dang-nhap")
    walk.press("/can-bo/dang-nhap", button)
    walk.page.fill("#name", name)
    walk.page.fill("#password", password)
    walk.press("/can-bo/**", button)
