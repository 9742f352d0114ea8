"""The verb `upload` and what its first page teaches."""

from __future__ import annotations

from groundsys.cli.first_page import main


@main.group()
def upload() -> None:
    """Send files up to a craft, in pieces over as many passes as it takes.

    A file leaves once another person has approved the very octets whose SHA-256 was shown.  It
    goes by CFDP (CCSDS 727.0-B, class 2), behind everything that people command; what gets lost,
    the craft asks for.  Then its SHA-256 is compared on board.  Only a file that agrees may be
    enabled, and that is a command for two people.

    \b
    First steps:
      groundsys upload send otv fsw-2.img --kind software --why "fault 12"
      groundsys --as grace upload approve upload-1 --why "same hash as the build's"
      groundsys upload list                  how far each has come
      groundsys upload show upload-1         pieces, passes, when it is all there
    \b
    Once it is verified:
      groundsys command send otv FILE_ENABLE file_number=1 --why "agreed on the loop"
      groundsys --as grace command approve ID
      groundsys command send otv RESET_SUBSYSTEM subsystem=OBC --why "boot it"

    Each verb's own page (--help) teaches the rest.
    """
