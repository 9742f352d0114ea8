"""The translations, gettext catalogues as text; the only home of Babel."""

from __future__ import annotations

import io
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

#: by the functions that mark a message, which of their arguments are one
KEYWORDS: dict[str, tuple[int, ...] | None] = {"tr": None, "tr_later": None, "tr_plural": (1, 2)}

_HERE = Path(__file__).parent


def read_translations(language: str) -> GNUTranslations:
    """The translations into a language, as gettext uses them."""
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language; `FileNotFoundError` if there is none."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return _HERE / f"{language}.po"


def marked_messages(folder: Path) -> Catalog:
    """What is marked in the packages within a folder, as a catalogue without translations."""
    marked = Catalog()
    for package in ("groundsys", "ops_tui"):
        found = extract_from_dir(folder / package, [("**.py", "python")], keywords=KEYWORDS)
        for name, _, message, comments, context in found:
            place = [(f"{package}/{name}", 0)]
            marked.add(message, locations=place, auto_comments=comments, context=context)
    return marked


def update_catalogue(language: str, folder: Path) -> None:
    """Bring a catalogue up to date: what is new waits for its translation, what has gone goes."""
    catalogue = read_catalogue(language)
    catalogue.update(marked_messages(folder), no_fuzzy_matching=True)
    told = io.BytesIO()
    write_po(
        *(told, catalogue),
        width=100,
        omit_header=True,  # Babel's own tells who ran it when
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    path = path_of(language)
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    body = told.getvalue().decode("utf-8").strip("\n")
    path.write_text(f"{header}\n\n{body}\n" if body else f"{header}\n", encoding="utf-8")


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Messages of a catalogue that lack a translation, or a form of it."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(forms):
            yield message
