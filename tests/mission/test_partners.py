"""Partners are data; a customer's products go to one only if the customer's own file says so."""

from __future__ import annotations

import pytest

from groundsys.mission import check_mission, load_mission
from groundsys.mission.loading import read_mission
from groundsys.mission.model import Mission
from tests.mission.conftest import Definitions

PARTNER = "partners/esa-escort-desk.yaml"
CONSENTING = "customers/bredius-lab.yaml"


def test_a_partner_is_loaded_with_those_who_share(mission: Mission) -> None:
    partner = mission.partners["esa-escort-desk"]
    assert set(partner.shares) == {"schedule", "trajectories", "tracking"}
    for customer in mission.customers.values():
        assert (customer.id in partner.products_of) == (partner.id in customer.shares_with)
    assert mission.scenarios["apophis-flyby"].spaces[-1] == partner.id


def test_without_consent_nothing_is_shared_whatever_the_partners_file_says(
    definitions: Definitions,
) -> None:
    definitions.replace(CONSENTING, "shares_with: [esa-escort-desk]\n", "")
    line = definitions.line(PARTNER, "products_of:")
    [finding] = check_mission(definitions.root)
    assert (finding.file, finding.line) == (PARTNER, line)
    assert finding.message.startswith("bredius-lab has not said that its products are shared")
    spoilt, _ = read_mission(definitions.root)
    assert "bredius-lab" not in spoilt.partners["esa-escort-desk"].products_of


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (PARTNER, "shares: [schedule,", "shares: [timetable,", "unknown kind of what is shared"),
        (PARTNER, "spacecraft: [apophis-otv,", "spacecraft: [apophis,", "unknown spacecraft"),
        (PARTNER, "every_min: 10", "every_min: -1", "every_min is -1"),
        (PARTNER, "every_min: 10", "often: 10", "unknown key 'often'"),
        (CONSENTING, "[esa-escort-desk]", "[esa-escort-desk, nobody]", "unknown partner 'nobody'"),
    ],
)
def test_a_finding_names_file_and_line(
    definitions: Definitions, file: str, old: str, new: str, told: str
) -> None:
    line = definitions.replace(file, old, new)
    found = [(one.file, one.line) for one in check_mission(definitions.root) if told in str(one)]
    assert found == [(file, line)]


def test_a_partner_that_shares_nothing_or_is_a_customer(definitions: Definitions) -> None:
    path = definitions.root / "partners" / "bredius-lab.yaml"
    path.write_text(
        "id: bredius-lab\nname: B\ncontact: b@example\nspacecraft: [apophis-otv]\n",
        encoding="utf-8",
    )
    found = {one.message for one in check_mission(definitions.root)}
    assert found == {"'bredius-lab' is a customer", "nothing is shared with bredius-lab"}


def test_a_mission_needs_no_partners(definitions: Definitions) -> None:
    for path in (definitions.root / "partners").iterdir():
        path.unlink()
    for path in (CONSENTING, "customers/apophis-navigation.yaml"):
        definitions.replace(path, "shares_with: [esa-escort-desk]\n", "")
    definitions.replace("scenarios/apophis-flyby.yaml", "partners: [esa-escort-desk]\n", "")
    assert load_mission(definitions.root).partners == {}
