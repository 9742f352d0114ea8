"""Make the tables of small bodies anew: `python -m groundsys.geometry.small_bodies [BODY …]`.

Each is integrated from the orbit solution in `bodies/BODY.yaml` and written to the path that it
names, in the folder of the mission's definitions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from groundsys.geometry.central_bodies import CentralBodies
from groundsys.geometry.small_bodies.tabulating import oem_of, propagated
from groundsys.mission import default_mission_db
from groundsys.mission.celestial.bodies import MAKE_IT, read_bodies
from groundsys.mission.parsing.findings import Findings


def main(ids: Sequence[str]) -> None:
    root, findings = default_mission_db(), Findings()
    bodies = CentralBodies(read_bodies(root, findings), str(root))
    # tables that are not there yet are findings, and no reason not to make them
    unsound = [str(one) for one in findings.ordered() if one.remedy != MAKE_IT]
    if unsound:
        raise SystemExit("\n".join(unsound))
    for id in ids or [id for id, one in bodies.items() if one.definition.ephemeris.path]:
        definition = bodies[id].definition
        path = root / (definition.ephemeris.path or "")
        propagation = propagated(definition, bodies)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_text(oem_of(definition, propagation, datetime.now(UTC)))
        unfinished.replace(path)
        print(f"{path}: {propagation.evaluations} evaluations")


if __name__ == "__main__":
    main(sys.argv[1:])
