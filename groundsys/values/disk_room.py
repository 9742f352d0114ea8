"""How it shows that a disk takes nothing more."""

from __future__ import annotations

import errno

from groundsys.values.errors import DiskFullError

#: POSIX.1-2017, `write`: no space is left, the user's share is used up (EDQUOT: the system's own
#: extension of it), or a file would grow past what its process may write (RLIMIT_FSIZE)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: BaseException | None) -> bool:
    """Whether this error, or one that has led to it, says that the disk takes nothing more."""
    while error is not None:
        if isinstance(error, DiskFullError):
            return True
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
