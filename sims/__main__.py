"""Host simulators in this process: `python -m sims --nodes space,otv --exchange … --truth …`.

Started by a rehearsal; what the simulators know of the ground is the definitions and the air.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from groundsys.bus.hosting import host_nodes
from groundsys.mission import load_scenario
from groundsys.mission.model import Mission
from groundsys.mission.scenario.scenario_model import Scenario
from groundsys.values.messages import Node
from sims.truth import perturbed


def build_node(
    name: str,
    mission: Mission,
    scenario: Scenario,
    seed: int,
    truth_directory: Path,
    keys: Path,
) -> Node:
    """The simulator called `name`, flying the truth that `seed` draws, with the links' `keys`."""
    truth = perturbed(mission, seed, scenario.truth)
    if name == "space":
        from sims.space import Space

        return Space(truth, scenario, seed, truth_directory)
    from sims.craft import LanderNode, OrbiterNode

    craft = truth.spacecraft[name]
    kind = LanderNode if craft.is_cube else OrbiterNode
    return kind(craft, truth, scenario, seed, truth_directory, keys)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sims", description=__doc__)
    parser.add_argument("--nodes", required=True, help="names, separated by commas")
    parser.add_argument("--exchange", required=True, help="the mission clock's endpoint")
    parser.add_argument("--scenario", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--truth", type=Path, required=True, help="folder of the truth record")
    parser.add_argument("--keys", type=Path, required=True, help="folder of the links' keys")
    parser.add_argument("--mission-db", type=Path, required=True)
    parser.add_argument("--faults", type=Path, help="more faults than the scenario's (JSON)")
    parser.add_argument("--endless", action="store_true", help="go on after the scenario's span")
    arguments = parser.parse_args()

    faults = json.loads(arguments.faults.read_text()) if arguments.faults else ()
    mission, scenario = load_scenario(arguments.scenario, arguments.mission_db, faults)
    if arguments.endless:
        scenario = scenario.without_end()
    names = arguments.nodes.split(",")
    host_nodes(
        [
            build_node(name, mission, scenario, arguments.seed, arguments.truth, arguments.keys)
            for name in names
        ],
        exchange_endpoint=arguments.exchange,
    )


if __name__ == "__main__":
    main()
