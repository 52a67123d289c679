"""Rules of the house that linters do not know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from feedback.config import ROOT

SOURCES = sorted([*ROOT.glob("feedback/**/*.py"), *ROOT.glob("analytics/**/*.py"), ROOT / "wsgi.py"])
TEMPLATES = sorted(ROOT.glob("templates/**/*.*"))
#: Where the current request may be known: services get the actor as an argument.
REQUEST_ROOMS = {"views.py", "pages.py", "forms.py", "web.py", "language.py", "limits.py"}
REQUEST_NAMES = {"request", "session", "current_user", "g"}
#: Where rows of cases may be selected: the access rules and what stands on them.
CASE_ROOMS = {"access.py", "queries.py", "services.py", "writing.py"}


N = TypeVar("N", bound=ast.AST)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def nodes(kind: type[N]) -> Iterator[tuple[Path, N]]:
    """All parts of the code that are of one kind, with the files they stand in."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield path, node


def calls(node: ast.AST, *names: str) -> bool:
    """Whether it calls one of the functions of these names."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 50
    assert len(TEMPLATES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_stay_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines < 350, f"{lines} lines: split it by subject"


def test_functions_stay_short() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path, node in nodes(ast.FunctionDef)
        if node.end_lineno and node.end_lineno - node.lineno >= 60
    ]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path, tree in trees() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES], ids=name_of)
def test_nothing_is_marked_safe_and_nothing_is_left_to_do(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false", text), "text goes through escaping, always"
    assert not re.search(r"\b(TO[D]O|FIX[M]E|X[X]X|HAC[K])\b", text)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"], ids=name_of)
def test_templates_obey_the_content_security_policy(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=", text), "style attributes are dropped by browsers under our policy"
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "handlers in attributes never run under our policy"
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text)), "scripts come from files"
    assert not re.search(r"(src|href)\s*=\s*[\"'](https?:)?//", text), "nothing is loaded from elsewhere"


def test_nothing_points_outside_the_project() -> None:
    kept = [*SOURCES, *TEMPLATES, *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("*.*"), ROOT / "Makefile"]
    outside = re.compile(r"/(?:home|root|srv|work|Users)/|(?<![\w./])\.\./\w")
    elsewhere = [path for path in kept if path.is_file() and path.name not in ("test_code.py", ".git")]
    assert [name_of(path) for path in elsewhere if outside.search(path.read_text(encoding="utf-8"))] == []


def test_cases_are_read_through_the_access_rules() -> None:
    """Architecture, arrow 5: `select(Case)` anywhere else could show a sealed case to the wrong person."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, node in nodes(ast.Call)
        if calls(node, "select")
        and any(isinstance(argument, ast.Name) and argument.id == "Case" for argument in node.args)
        and not (path.parent.name == "cases" and path.name in CASE_ROOMS)
    ]
    assert found == []


def test_only_views_know_the_request() -> None:
    """Architecture, arrow 3."""
    found = [
        f"{name_of(path)} imports {alias.name}"
        for path, node in nodes(ast.ImportFrom)
        if node.module in ("flask", "flask_login") and not (path.name in REQUEST_ROOMS or path.name.endswith("_views.py"))
        for alias in node.names
        if alias.name in REQUEST_NAMES
    ]
    assert found == []


def test_only_atomic_services_and_commands_commit() -> None:
    """Architecture, arrow 4."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, node in nodes(ast.Attribute)
        if node.attr == "commit" and name_of(path) != "feedback/db.py" and path.name != "cli.py"
    ]
    assert found == []


def test_no_sentence_hides_in_another_string() -> None:
    """Babel finds none there on Python 3.11, so that it would never be translated."""
    found = [
        f"{name_of(path)}:{string.lineno}"
        for path, string in nodes(ast.JoinedStr)
        for node in ast.walk(string)
        if calls(node, "_", "_l", "_n", "gettext", "ngettext")
    ]
    assert found == []
