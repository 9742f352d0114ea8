"""What of the catalogue nobody reads any more: heads and batches that later ones have superseded.

A portal reads the newest head, and goes on with it for `MOST_AGE_S` after its issue if it sees no
later one; it may read a batch that this head tells of as late.  So a head is kept as long after a
later one was issued, and an hour more for clocks that differ, and the newest one always; a batch is
kept as long as a head that tells of it.  A batch that one head tells of and the next does not is
told of by none that follows.

What goes first are the batches that only the oldest head tells of, then that head: whenever a
death comes between, the same is found again.  A portal that was away so long that the last head it
has seen is gone takes the first later one that there is, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from groundsys.published.head import Head, Space, batch_place
from groundsys.published.reading import MOST_AGE_S

#: a head is kept for so long after the following one's issue (wall time)
KEPT_S = MOST_AGE_S + 3600.0


def is_read_by_nobody(following: Head, now_s: float) -> bool:
    """Whether no portal believes the head before this one any more."""
    return now_s - following.issued_s > KEPT_S


def batches_of_none_but(head: Head, following: Head) -> Iterator[str]:
    """The places of batches that a head, or a death before the following one, has left behind."""
    for customer in {**following.spaces, **head.spaces}:
        before = {one.number for one in head.spaces.get(customer, Space()).batches}
        after = {one.number for one in following.spaces.get(customer, Space()).batches}
        begun = range(max(before, default=0) + 1, max(after, default=0))
        for number in sorted((before | set(begun)) - after):
            yield batch_place(customer, number)
