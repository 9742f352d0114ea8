"""The frame hub between antennas and Yamcs, and its journal."""

from groundsys.hub.journal import JournalFrame, journaled_frames, read_journal
from groundsys.hub.node import FrameHub

__all__ = ["FrameHub", "JournalFrame", "journaled_frames", "read_journal"]
