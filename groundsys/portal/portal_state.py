"""What a portal keeps in a folder of its own: its kit, the newest head it has seen, its spool."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundsys.bus.token_file import write_private
from groundsys.published import PortalKit
from groundsys.values.errors import (
    AccessRefusedError,
    EnvironmentLackError,
    RequestError,
)

_KIT, _SEEN = "kit.json", "seen-head"


class PortalState:
    """The folder is its owner's alone: with a customer's token, what is in it opens products."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._keeping = threading.Lock()

    @property
    def seen(self) -> int:
        """The number of the newest head that this portal has ever believed."""
        path = self.folder / _SEEN
        return int(path.read_text()) if path.exists() else 0

    def kit(self, ask: Callable[..., dict[str, Any]]) -> PortalKit:
        """The desks' kit, or the one that they gave before if they do not answer."""
        kit = self.kit_of_desks(ask) or self._kept()
        if kit is None:
            raise EnvironmentLackError(
                "this portal cannot read the catalogue yet: the desks do not answer",
                expected=f"the kit that they hand out, or one of before in {self.folder / _KIT}",
                remedy="start it once while the desks answer",
            )
        return kit

    def kit_of_desks(self, ask: Callable[..., dict[str, Any]]) -> PortalKit | None:
        """What the desks hand out now, kept; None if they do not answer.

        `EnvironmentLackError` if their key is another one than this portal knows.
        """
        try:
            kit = PortalKit.of_json(str(ask("portal_kit", timeout_s=5.0)["kit"]))
        except (RequestError, AccessRefusedError):
            return None
        kept = self._kept()
        if kept is not None and kept.public_pem != kit.public_pem:
            raise EnvironmentLackError(
                "these desks sign with another key than this portal knows",
                expected=f"the ground segment whose kit lies in {self.folder / _KIT}",
                remedy="give each ground segment's portals a folder of their own",
            )
        self.keep(kit, kit.head)
        return kit

    def keep(self, kit: PortalKit, seen: int) -> None:
        """Remember for the next start; what a kit has no more is gone from here as well.

        For any thread; a head that was seen is never forgotten for an older one.
        """
        text = kit.to_json()
        path = self.folder / _KIT
        with self._keeping:
            if not path.exists() or path.read_text() != text:
                write_private(path, text)
            write_private(self.folder / _SEEN, str(max(self.seen, seen)))

    def _kept(self) -> PortalKit | None:
        path = self.folder / _KIT
        return PortalKit.of_json(path.read_text()) if path.exists() else None
