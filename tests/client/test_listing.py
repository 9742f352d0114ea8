from __future__ import annotations

from typing import Any

import httpx
import pytest

from groundsys.client.errors import PortalError
from groundsys.client.listing import ListedProduct, Selection, list_products
from groundsys.values.errors import ProductError

ROW = {"id": "p1", "name": "cube/x.dat", "size": 3, "sha256": "a" * 64}


def _answer(*rows: Any, cursor: int = 1, more: bool = False) -> httpx.Response:
    content = {"customer": "me", "products": list(rows), "cursor": cursor, "more": more}
    return httpx.Response(200, json=content)


def listed_products(*answers: httpx.Response) -> tuple[ListedProduct, ...]:
    coming = iter(answers)
    return list_products(lambda _, __: next(coming), "me").products


def test_a_list_is_read_page_by_page() -> None:
    expected = ListedProduct("p1", "cube/x.dat", 3, "a" * 64)
    assert listed_products(_answer(ROW)) == (expected,)
    asked: list[Any] = []
    pages = iter((_answer(ROW, more=True), _answer({**ROW, "id": "p2", "name": "y"}, cursor=2)))

    def ask(path: str, query: Any) -> httpx.Response:
        asked.append((path, dict(query)))
        return next(pages)

    found = list_products(ask, wanted=Selection.of(level="L1", format=["cdf", "png"], latest=True))
    assert [one.id for one in found.products] == ["p1", "p2"]
    assert (found.customer, found.cursor) == ("me", 2)
    words = {"level": ["L1"], "format": ["cdf", "png"], "latest": "true"}
    assert asked == [("/api/v1/products", {**words, "after": after}) for after in (0, 1)]


def test_a_list_without_an_end_is_told() -> None:
    with pytest.raises(PortalError, match="no end"):
        listed_products(_answer(ROW, more=True), _answer(ROW, more=True))


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", "a//b", ".ssh/x", "a\\b"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(ProductError, match="lead out"):
        listed_products(_answer({**ROW, "name": name}))


def test_two_names_that_are_one_on_some_disks_are_refused() -> None:
    with pytest.raises(ProductError, match="same name"):
        listed_products(_answer(ROW, {**ROW, "id": "p2", "name": "cube/X.dat"}))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"customer": "me", "products": [{"id": "p1"}]}),
        _answer({**ROW, "sha256": "short"}),
        _answer({**ROW, "id": "../../p1"}),
        httpx.Response(500, text="broken"),
    ],
)
def test_what_is_no_list_is_told(answer: httpx.Response) -> None:
    with pytest.raises(PortalError):
        listed_products(answer)
