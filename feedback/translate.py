"""The English catalogue: `python -m feedback.translate update|check|compile`. Vietnamese sentences in code and templates are the keys."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CATALOGUE = HERE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = [("feedback/**.py", "python"), ("analytics/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "N_": None, "_n": (1, 2), "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
OPTIONS = {"templates/**.html": {"trimmed": "true", "silent": "false"}, "templates/**.txt": {"trimmed": "true", "silent": "false"}}

#: Only what tools need to read the file; dates and names of translators are in the history of the repository.
HEADER = r"""# English for the sentences that people read. `make messages` brings new sentences in and takes dead ones out.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def _extracted() -> Catalog:
    found = Catalog(project="Liêm Chính", charset="utf-8")
    inside = ("feedback", "analytics", "templates")
    rows = extract_from_dir(
        ROOT, SOURCES, OPTIONS, keywords=KEYWORDS, directory_filter=lambda path: Path(path).absolute().relative_to(ROOT).parts[0] in inside
    )
    for file_name, _line, message, comments, context in rows:
        found.add(message, None, [(file_name, 0)], auto_comments=comments, context=context)
    return found


def _catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", charset="utf-8")
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en")


def save(catalogue: Catalog) -> None:
    """Write the catalogue in an order and form that changes only where a sentence does."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, catalogue, width=140, no_location=True, omit_header=True, sort_output=True)


def update() -> None:
    """Bring the catalogue up to date with the sentences in use; dead ones are dropped, new ones wait for their English."""
    catalogue = _catalogue()
    catalogue.update(_extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    save(catalogue)


def untranslated() -> list[str]:
    """Sentences in use that have no English yet."""
    known = _catalogue()
    missing = []
    for message in _extracted():
        found = known.get(message.id, message.context)
        if message.id and (found is None or not all(texts(found))):
            missing.append(_first(message))
    return missing


def unused() -> list[str]:
    """Sentences in the catalogue that are nowhere in use any more."""
    used = _extracted()
    return [_first(message) for message in _catalogue() if message.id and used.get(message.id, message.context) is None]


def texts(message: Message) -> list[str]:
    """The English of a message, for each number of things where it has several forms."""
    return [str(text or "") for text in (message.string if isinstance(message.string, (tuple, list)) else [message.string])]


def _first(message: Message) -> str:
    return message.id[0] if message.pluralizable else str(message.id)


def compile_catalogues() -> None:
    """Write the binary form that the application reads."""
    binary = io.BytesIO()
    write_mo(binary, _catalogue())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.with_suffix(".mo").write_bytes(binary.getvalue())


def main(arguments: list[str]) -> int:
    """Update the catalogue, compile it, or check that nothing is missing and nothing is left over."""
    match arguments:
        case ["update"]:
            update()
        case ["compile"]:
            compile_catalogues()
        case ["check"]:
            complaints = [f"no English: {sentence}" for sentence in untranslated()] + [f"not in use: {sentence}" for sentence in unused()]
            print("\n".join(complaints), file=sys.stderr, end="\n" if complaints else "")
            return 1 if complaints else 0
        case _:
            print("usage: python -m feedback.translate update|check|compile", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
