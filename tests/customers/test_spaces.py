from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundsys.customers import is_safe_name, may_see, name_in_space, owner_of_payload, product_key
from groundsys.mission.ground.customer_model import Customer
from groundsys.values.errors import AccessRefusedError, DefinitionError


@given(st.text())
def test_a_safe_name_stays_where_it_is_put(name: str) -> None:
    root = Path("/space")
    if is_safe_name(name):
        assert (root / name).resolve().parent == root
        assert product_key("a", "b", name) == f"a/b/{name}"
    else:
        with pytest.raises(AccessRefusedError):
            product_key("a", "b", name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/etc", "a\\b", ".hidden", "a\0b", "a\n", "NUL", "com1.dat", "ü",
     "a.", "a" * 129, "C:x"],
)  # fmt: skip
def test_names_that_could_escape_are_not_safe(name: str) -> None:
    assert not is_safe_name(name)


@pytest.mark.parametrize("name", ["weather-000012.dat", "XM.THAR1.00.20310820T060000.mseed", "a"])
def test_the_names_of_our_products_are_safe(name: str) -> None:
    assert is_safe_name(name)


def test_a_name_in_a_space_is_craft_and_file() -> None:
    key = product_key("polar-weather", "cube-polar", "weather-000012.dat")
    assert name_in_space("polar-weather", key) == "cube-polar/weather-000012.dat"


@pytest.mark.parametrize(
    "key", ["tharsis-seismo/cube/x.dat", "polar-weather/x.dat", "polar-weather/../x/y", "", "/"]
)
def test_a_key_of_elsewhere_has_no_name_in_the_space(key: str) -> None:
    with pytest.raises(AccessRefusedError):
        name_in_space("polar-weather", key)


def test_only_the_owner_sees_a_product_and_only_in_the_owners_space() -> None:
    key = "polar-weather/cube-polar/x.dat"
    assert may_see("polar-weather", "polar-weather", key)
    assert not may_see("tharsis-seismo", "polar-weather", key)
    assert not may_see(None, "polar-weather", key)
    assert not may_see("tharsis-seismo", "tharsis-seismo", key)


def test_a_payload_belongs_to_one_customer() -> None:
    weather = Customer("w", "W", "", ("weather",))
    seismo = Customer("s", "S", "", ("seismometer", "shared"))
    third = Customer("t", "T", "", ("shared",))
    customers = {one.id: one for one in (weather, seismo, third)}
    assert owner_of_payload(customers, "weather") is weather
    with pytest.raises(DefinitionError, match="one customer"):
        owner_of_payload(customers, "camera")
    with pytest.raises(DefinitionError, match="s, t"):
        owner_of_payload(customers, "shared")
