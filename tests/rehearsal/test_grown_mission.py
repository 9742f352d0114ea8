"""A mission grows by files alone: another antenna, cube, instrument and customer, and it flies.

Nothing but YAML is written here, and the flight asks for everything of the new ones: the antenna
hears the relay, the cube is commanded and sends, and its customer has every file.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from groundsys.mission import check_mission, default_mission_db, load_mission
from groundsys.store import Store
from tests.rehearsal.faulty_flights import Flown, rehearse

#: file of the reference mission → the new one, and what is written instead
GROWN: dict[tuple[str, str], dict[str, str]] = {
    ("stations/dss-43.yaml", "stations/tidbinbilla-x.yaml"): {
        "id: dss-43": "id: tidbinbilla-x",
        "name: DSS-43 Canberra": "name: Another dish of the complex",
    },
    ("payloads/weather.yaml", "payloads/arsia-weather.yaml"): {
        "id: weather": "id: arsia-weather",
        "sample_interval_s: 5.0": "sample_interval_s: 10.0",
        "number: 1": "number: 9",
        "logical_source: marscube_polar_wx": "logical_source: marscube_arsia_wx",
    },
    ("customers/hellas-demo.yaml", "customers/arsia-university.yaml"): {
        "id: hellas-demo": "id: arsia-university",
        "payloads: [hellas-weather, vastitas-weather]": "payloads: [arsia-weather]",
    },
    ("spacecraft/cube-tharsis.yaml", "spacecraft/cube-arsia.yaml"): {
        "id: cube-tharsis": "id: cube-arsia",
        "space_system: CUBE_THARSIS": "space_system: CUBE_ARSIA",
        "entity_id: 419": "entity_id: 590",
        "spacecraft_id: 419": "spacecraft_id: 590",
        "payload: seismometer": "payload: arsia-weather",
    },
    ("scenarios/short.yaml", "scenarios/short.yaml"): {
        "[otv, cube-polar, cube-tharsis]": "[otv, cube-polar, cube-arsia]",
        "dss-43": "tidbinbilla-x",
        "[polar-weather, tharsis-seismo]": "[polar-weather, arsia-university]",
        "spacecraft: cube-tharsis": "spacecraft: cube-arsia",
        "min_bytes_tharsis-seismo: 450000": "min_bytes_arsia-university: 7_000",
    },
}


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grown") / "mission_db"
    shutil.copytree(default_mission_db(), folder)
    for (source, target), changes in GROWN.items():
        text = (folder / source).read_text()
        for old, new in changes.items():
            assert old in text, (source, old)
            text = text.replace(old, new)
        (folder / target).write_text(text)
    return folder


@pytest.fixture(scope="module")
def flown(definitions: Path) -> Flown:
    return rehearse(definitions.parent, "--mission-db", str(definitions))


def test_the_grown_mission_is_sound(definitions: Path) -> None:
    assert check_mission(definitions) == []
    assert "cube-arsia" in load_mission(definitions).spacecraft


@pytest.mark.campaign
def test_it_flies_and_meets_every_criterion(flown: Flown) -> None:
    assert flown.failed == set()
    assert flown.exit_code == 0, flown.output


@pytest.mark.campaign
def test_the_new_customer_has_every_file_of_the_new_cube(flown: Flown) -> None:
    mine = flown.report["customers"]["arsia-university"]
    assert mine["files_delivered"] > 0
    assert mine["hash_mismatches"] == 0
    assert flown.report["spacecraft"]["cube-arsia"]["packets_archived"] > 0


@pytest.mark.campaign
def test_the_new_antenna_heard_the_relay(flown: Flown) -> None:
    with Store(flown.run / "store.sqlite", read_only=True) as store:
        heard = [one for one in store.passes.all() if one.antenna == "tidbinbilla-x"]
    assert heard
    assert {one.verdict for one in heard} == {"executed"}
