"""What another agency is told of a flight, as messages of CCSDS: decisions only.

A partner (`groundsys.mission.ground.partner_model`) has a space of its own among the customers'.
Into it come, beside the products of customers who have consented:

* the *schedule* of each craft that antennas speak to, in the Simple Schedule Format (902.1-B);
* the *trajectory* that each is flown by, as OEM (502.0-B): navigation's own message, octet by
  octet, once there is one;
* what was measured in each *tracking* pass, as TDM (503.0-B).

Each is a version, with a manifest that names the one before, signed as those of products are.
"""

from groundsys.sharing.message_set import build_message_set
from groundsys.sharing.tellings import Telling, schedule_of_craft, tracking_of_pass, trajectory_of

__all__ = [
    "Telling",
    "build_message_set",
    "schedule_of_craft",
    "tracking_of_pass",
    "trajectory_of",
]
