from __future__ import annotations

from typing import Any

import httpx
import pytest

from groundsys.client.errors import PortalError
from groundsys.client.listing import ListedProduct, listed_products
from groundsys.values.errors import ProductError

ROW = {"id": "p1", "name": "cube/x.dat", "size": 3, "sha256": "a" * 64}


def _answer(*rows: Any) -> httpx.Response:
    return httpx.Response(200, json={"customer": "me", "products": list(rows)})


def test_a_list_is_read() -> None:
    assert listed_products(_answer(ROW), "me") == [ListedProduct("p1", "cube/x.dat", 3, "a" * 64)]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", "a//b", ".ssh/x", "a\\b"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(ProductError, match="lead out"):
        listed_products(_answer({**ROW, "name": name}), "me")


def test_two_names_that_are_one_on_some_disks_are_refused() -> None:
    with pytest.raises(ProductError, match="same name"):
        listed_products(_answer(ROW, {**ROW, "id": "p2", "name": "cube/X.dat"}), "me")


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
        listed_products(answer, "me")
