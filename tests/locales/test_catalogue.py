"""Each marked message has its translation, with the same places to fill in."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog

from groundsys.commanding.ledger import CommandState
from groundsys.locales import LANGUAGES
from groundsys.locales.catalogue import KEYWORDS, marked_messages, read_catalogue, untranslated
from ops_tui.views import vocabulary

_ROOT = Path(__file__).parents[2]
_TRANSLATED = list(LANGUAGES)[1:]


@pytest.fixture(scope="module")
def marked() -> Catalog:
    return marked_messages(_ROOT)


@pytest.mark.parametrize("language", _TRANSLATED)
def test_the_catalogue_has_what_is_marked_and_no_more(language: str, marked: Catalog) -> None:
    written = {message.id for message in read_catalogue(language)}
    asked = {message.id for message in marked}
    remedy = "bring it up to date: python -m groundsys.locales"
    assert asked - written == set(), remedy
    assert written - asked == set(), remedy


@pytest.mark.parametrize("language", _TRANSLATED)
def test_each_message_is_translated(language: str) -> None:
    assert [message.id for message in untranslated(read_catalogue(language))] == []


@pytest.mark.parametrize("language", _TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for message in read_catalogue(language):
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        said = message.id if isinstance(message.id, tuple) else (message.id,)
        for text in filter(None, told):
            assert _places(text) == _places(said[-1]), message.id


def test_the_states_of_commands_are_in_the_vocabulary() -> None:
    assert set(get_args(CommandState)) == set(vocabulary.COMMAND_STATES)


def _places(text: str) -> set[tuple[str, str]]:
    """Names and formats between braces."""
    return {(name, how or "") for _, name, how, _ in Formatter().parse(text) if name is not None}


def test_no_message_is_marked_where_it_cannot_be_found() -> None:
    """Babel looks neither into f-strings, before Python 3.12, nor at what is no plain text."""
    for path in [*(_ROOT / "ops_tui").rglob("*.py"), *(_ROOT / "groundsys/portal").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for call in ast.walk(node) if isinstance(node, ast.JoinedStr) else ():
                is_marked = isinstance(call, ast.Call) and getattr(call.func, "id", "") in KEYWORDS
                assert not (is_marked and isinstance(call.args[0], ast.Constant)), path
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS:
                assert not isinstance(node.args[0], ast.JoinedStr), (path, node.lineno)
