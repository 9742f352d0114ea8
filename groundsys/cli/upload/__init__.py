"""`groundsys upload`: files that go up, from the wish to the hash compared on board."""

from groundsys.cli.upload import board, deciding, sending

__all__ = ["board", "deciding", "sending"]
