"""Hosts one talker: `python -m tests.bus.host_process NAME ENDPOINT SEED [OTHERS…]`."""

from __future__ import annotations

import json
import sys

from groundsys.bus.hosting import host_nodes
from tests.bus.nodes import talker


def main(name: str, endpoint: str, seed: str, *others: str) -> None:
    node = talker(name, others, int(seed))
    host_nodes([node], exchange_endpoint=endpoint)
    json.dump(node.seen, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
