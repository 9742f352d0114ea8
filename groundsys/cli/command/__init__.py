"""`groundsys command`: an operator's commands, from the wish to the confirmed end."""

from groundsys.cli.command import approving, board, catalogue, sending

__all__ = ["approving", "board", "catalogue", "sending"]
