"""A relay keeps a cube's frame until the next overflight; what comes too late is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundsys.commanding.keeping import is_outnumbered, kept_by_relay, shut_out_since
from groundsys.commanding.ledger import UNDER_WAY, Attempt, Command
from groundsys.values.instants import Instant, Interval, SpacecraftEventTime

T0 = Instant.from_utc_iso("2033-12-20T00:00:00Z")
ISSUED, TAKEN, NOW = 0.0, 600.0, 7200.0


def _at(seconds: float) -> Instant:
    return T0.plus_seconds(seconds)


def _command(id_: str, purpose: str, subject: str, state: str, **attempt: object) -> Command:
    last = replace(Attempt("y", 1, _at(ISSUED)), **attempt)
    return Command(
        *(id_, "otv", "PING", {}, purpose, subject, _at(ISSUED), _at(ISSUED)),
        state=state,
        attempts=(last,),
    )


CARRIED = _command("cube-0001", "operator", "", "radiated")
TOOK = SpacecraftEventTime(_at(TAKEN).tai_ns)
FORWARD = _command("otv-0001", "forward", CARRIED.id, "completed", completed_at=TOOK)


def test_an_overflight_before_it_was_taken_or_still_to_come_leaves_it_with_the_relay() -> None:
    before, coming = Interval(_at(0.0), _at(500.0)), Interval(_at(9000.0), _at(9600.0))
    assert kept_by_relay(CARRIED, [FORWARD], [before, coming], _at(NOW))
    assert kept_by_relay(CARRIED, [FORWARD], [], _at(NOW))


def test_an_overflight_since_may_have_handed_it_over() -> None:
    assert not kept_by_relay(CARRIED, [FORWARD], [Interval(_at(500.0), _at(900.0))], _at(NOW))
    under_way = Interval(_at(NOW - 1.0), _at(NOW + 600.0))
    assert not kept_by_relay(CARRIED, [FORWARD], [under_way], _at(NOW))


@pytest.mark.parametrize("state", ["queued", "issued", "radiated", "expired", "failed"])
def test_only_the_relays_own_word_counts(state: str) -> None:
    silent = replace(FORWARD, state=state)
    assert not kept_by_relay(CARRIED, [silent], [], _at(NOW))


def test_a_forward_of_an_earlier_attempt_or_of_another_command_says_nothing() -> None:
    again = replace(CARRIED, attempts=(replace(CARRIED.attempts[0], issued_at=_at(60.0)),))
    assert not kept_by_relay(again, [FORWARD], [], _at(NOW))
    assert not kept_by_relay(CARRIED, [replace(FORWARD, subject="cube-0002")], [], _at(NOW))


@pytest.mark.parametrize("state", ["drafted", "queued", "issuing", "expired", "completed"])
def test_what_is_not_under_way_is_nowhere(state: str) -> None:
    assert state not in UNDER_WAY
    assert not kept_by_relay(replace(CARRIED, state=state), [FORWARD], [], _at(NOW))


def _protected(seconds: float, source: int, accepted_s: float | None = None) -> Command:
    at = None if accepted_s is None else SpacecraftEventTime(_at(accepted_s).tai_ns)
    made = {"issued_at": _at(seconds), "source": source, "accepted_at": at}
    return _command(f"cube-{seconds}", "operator", "", "radiated", **made)


def test_a_frame_is_behind_another_lifes_and_behind_a_windows_later_ones() -> None:
    early, earlier = _protected(10.0, source=4096), _protected(5.0, source=4095)
    of_this_life = [_protected(20.0 + n, source=4096, accepted_s=900.0 + n) for n in range(4)]
    for window, refused_since in ((5, None), (4, 903.0), (2, 901.0)):
        known = [earlier, early, *of_this_life]
        assert is_outnumbered(early, known, window) is (refused_since is not None)
        since = shut_out_since(early, known, window)
        assert since == (
            None if refused_since is None else SpacecraftEventTime(_at(refused_since).tai_ns)
        )
    next_life = _protected(30.0, source=4097)
    assert is_outnumbered(early, [early, next_life], 64)
    assert shut_out_since(early, [early, next_life], 64) is None  # it has not been accepted yet


def test_the_first_frame_under_another_key_shuts_out_those_under_the_one_before() -> None:
    early = _protected(10.0, source=4096)
    change = replace(_protected(11.0, source=4096), name="CHANGE_KEY")
    done = replace(change, state="completed", settled_at=_at(500.0))
    before, after = (_protected(at, source=4096, accepted_s=900.0) for at in (400.0, 600.0))
    assert not is_outnumbered(early, [early, change, after], 64)
    assert not is_outnumbered(early, [early, done, before], 64)
    assert is_outnumbered(early, [early, done, before, after], 64)
    assert shut_out_since(early, [early, done, after], 64) == after.attempts[0].accepted_at
