"""People's ways through the pages in a real browser, each page looked at by axe-core where scripts run."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browsers import follow, look
from tests.feedback.citizen import picture_bytes

LONG = "Tên đường rất dài không có dấu cách " + "x" * 120
NEXT = "main form:not([action]) button[type=submit]"
#: The button an officer presses most, which has a key of its own.
MAIN_ACT = "[data-key-confirm]"
#: More steps than this to a control would be no way for somebody without a mouse.
MOST_TABS = 60
#: Whether a control has the focus, and whether one sees that it has.
FOCUSED = "chosen => document.activeElement === [...document.querySelectorAll(chosen)].find(one => one.checkVisibility())"
RINGED = "() => { const how = getComputedStyle(document.activeElement); return how.outlineStyle !== 'none' || how.boxShadow !== 'none' }"


class Walk:
    """One person's way; `check` says whether axe-core can look along, `keys` that there is no mouse: the tabulator leads everywhere."""

    def __init__(self, page: Page, address: str, name: str, *, check: bool = True, keys: bool = False) -> None:
        self.page, self.address, self.name, self.check, self.keys = page, address, name, check, keys
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
        if self.keys:
            self.reach(button)
            with self.page.expect_navigation(url="**" + address):
                self.page.keyboard.press("Enter")
        else:
            follow(self.page, button, "**" + address)
        self.look()

    def reach(self, chosen: str) -> None:
        """Go to a control by the tabulator alone; where one is can be seen at every step."""
        for _step in range(MOST_TABS):
            if self.page.evaluate(FOCUSED, chosen):
                return
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(RINGED), f"{self.page.url}: the focus is not to be seen on the way to {chosen}"
        raise AssertionError(f"{self.page.url}: no way to {chosen}")

    def fill(self, chosen: str, text: str) -> None:
        """Write into a field."""
        if self.keys:
            self.reach(chosen)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)
        else:
            self.page.fill(chosen, text)

    def check_radio(self, group: str, number: int) -> None:
        """Choose one of several."""
        if self.keys:
            self.reach(f"#{group}-0")
            for key in ["Space"] + ["ArrowDown"] * number:
                self.page.keyboard.press(key)
            assert self.page.is_checked(f"#{group}-{number}")
        else:
            self.page.check(f"#{group}-{number}")

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
    walk.fill("#text", text)
    walk.press("/phan-anh/dia-diem")
    walk.press("/phan-anh/dia-diem")
    page.select_option("#area", index=40)
    walk.fill("#place", LONG)
    walk.press("/phan-anh/bang-chung")
    page.set_input_files("#files", {"name": "ảnh hiện trường.png", "mimeType": "image/png", "buffer": picture_bytes()})
    walk.press("/phan-anh/bang-chung", "button[value=add]")
    walk.press("/phan-anh/lien-he", "button[value=next]")
    walk.press("/phan-anh/lien-he")
    walk.check_radio("named", 0 if named else 1)
    assert page.is_visible("#email") == named
    if named:
        walk.fill("#name", "Người Thử")
        walk.fill("#email", "thu@example.com")
    walk.check_radio("public", 1)
    walk.press("/phan-anh/kiem-tra")
    walk.press("/phan-anh/*")
    if page.url.endswith("/kiem-tra"):  # faster than a person, so asked to look again
        walk.press("/phan-anh/xong")
    page.reload()
    code = "-".join(page.locator(".lc-code span").all_inner_texts())
    walk.fill("#last", "?")
    walk.press("/phan-anh/xong")
    walk.fill("#last", code[-5:])
    walk.press("/phan-anh/ket-thuc")
    return code


def track(walk: Walk, code: str) -> None:
    """Find the case by its code, mistyped at first."""
    walk.go("/tra-cuu")
    walk.fill("#code", "ABC")
    walk.press("/tra-cuu", "main form button")
    walk.fill("#code", code.lower())
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
