"""Orbit ephemeris messages: as exact as the library's own reading, and one clear error each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundsys.geometry.time_scales import instants_ns, tdb_seconds
from groundsys.geometry.trajectories.oem_trajectory import OemTrajectory
from groundsys.values.errors import DefinitionError
from groundsys.values.instants import Instant
from tests.geometry.messages import (
    EPOCH,
    HEADER,
    TRUTH,
    epoch_text,
    segment_text,
    times_of,
    write_message,
)

MINUTES = times_of(6.0, 60.0)
BETWEEN = EPOCH + np.sort(np.random.default_rng(1).uniform(0.0, 6.0 * 3600.0, 500))


@pytest.mark.parametrize("system", ["UTC", "TDB"])
@pytest.mark.parametrize(("method", "degree"), [("HERMITE", "7"), ("LAGRANGE", "9")])
def test_positions_and_velocities_between_the_states(
    tmp_path: Path, system: str, method: str, degree: str
) -> None:
    text = segment_text(MINUTES, system, INTERPOLATION=method, INTERPOLATION_DEGREE=degree)
    trajectory = OemTrajectory(write_message(tmp_path, text))
    assert trajectory.center == "mars"
    assert trajectory.tdb_span == pytest.approx((MINUTES[0], MINUTES[-1]), abs=1e-6)
    np.testing.assert_allclose(
        trajectory.position_km(BETWEEN), TRUTH.position_km(BETWEEN), rtol=0.0, atol=2e-6
    )
    np.testing.assert_allclose(
        trajectory.velocity_km_s(BETWEEN), TRUTH.velocity_km_s(BETWEEN), rtol=0.0, atol=1e-8
    )
    assert trajectory.interpolation_error_km < 1e-5


def test_without_a_method_asked_for_velocities_are_used(tmp_path: Path) -> None:
    times = times_of(6.0, 240.0)
    text = segment_text(times, INTERPOLATION="", INTERPOLATION_DEGREE="")
    trajectory = OemTrajectory(write_message(tmp_path, text))
    errors = np.abs(trajectory.position_km(BETWEEN) - TRUTH.position_km(BETWEEN))
    assert errors.max() < 1e-4
    assert errors.max() < 3.0 * trajectory.interpolation_error_km < 1e-3


def test_the_library_interpolates_to_the_same(tmp_path: Path) -> None:
    from astropy.time import Time
    from oem import OrbitEphemerisMessage

    times = times_of(1.0, 120.0)
    path = write_message(tmp_path, segment_text(times, "TDB", INTERPOLATION_DEGREE="5"))
    library, ours = OrbitEphemerisMessage.open(path), OemTrajectory(path)
    for tdb_s in times[:-1] + 47.0:
        theirs = library(Time(epoch_text(tdb_s, "TDB"), scale="tdb"))
        np.testing.assert_allclose(
            ours.position_km(np.array([tdb_s]))[:, 0], theirs.position, rtol=0.0, atol=1e-6
        )
        np.testing.assert_allclose(
            ours.velocity_km_s(np.array([tdb_s]))[:, 0], theirs.velocity, rtol=0.0, atol=1e-8
        )


def test_xml_says_the_same_as_kvn(tmp_path: Path) -> None:
    from oem import OrbitEphemerisMessage

    path = write_message(tmp_path, segment_text(MINUTES, "TDB"))
    xml = tmp_path / "otv.xml"
    OrbitEphemerisMessage.convert(path, xml, "xml")
    np.testing.assert_allclose(
        OemTrajectory(xml).position_km(BETWEEN),
        OemTrajectory(path).position_km(BETWEEN),
        rtol=0.0,
        atol=5e-6,  # the library writes epochs to the microsecond
    )


def test_issue_3_of_the_standard_and_its_free_spelling_are_read(tmp_path: Path) -> None:
    """No blanks around equals signs, ordinal dates, classification and message id."""
    header = HEADER.replace("2.0", "3.0").replace(" = ", "=")
    header += "CLASSIFICATION=public\nMESSAGE_ID=OEM-1\nCOMMENT a = b\n"
    text = segment_text(MINUTES).replace(" = ", "=").replace("2031-08-20", "2031-232")
    trajectory = OemTrajectory(write_message(tmp_path, text, header=header))
    np.testing.assert_allclose(
        trajectory.position_km(BETWEEN), TRUTH.position_km(BETWEEN), rtol=0.0, atol=2e-6
    )


def test_a_leap_second_is_a_second(tmp_path: Path) -> None:
    epochs = ("2016-12-31T23:59:59", "2016-12-31T23:59:60", "2017-01-01T00:00:00")
    rows = "".join(f"{one} {4000 + number}. 0. 0. 1. 0. 0.\n" for number, one in enumerate(epochs))
    text = segment_text(MINUTES[:1], INTERPOLATION="LAGRANGE", INTERPOLATION_DEGREE="1")
    text = text[: text.index("META_STOP")]
    for key, value in (("START_TIME", epochs[0]), ("STOP_TIME", epochs[2])):
        text = text.replace(f"{key} = {epoch_text(MINUTES[0])}", f"{key} = {value}")
    trajectory = OemTrajectory(write_message(tmp_path, text + "META_STOP\n" + rows))
    new_year = tdb_seconds(instants_ns(Instant.from_utc_iso(epochs[2] + "Z")))
    np.testing.assert_allclose(
        trajectory.position_km(new_year - 1.5)[0], 4000.5, rtol=0.0, atol=1e-6
    )


def test_segments_that_join_are_one_trajectory(tmp_path: Path) -> None:
    """Where the second takes over is said by the usable spans, not by the states."""
    border = epoch_text(EPOCH + 3 * 3600.0)
    path = write_message(
        tmp_path,
        segment_text(times_of(4.0, 60.0), USEABLE_START_TIME=epoch_text(EPOCH),
                     USEABLE_STOP_TIME=border),
        segment_text(times_of(4.0, 60.0, 2 * 3600.0), USEABLE_START_TIME=border,
                     USEABLE_STOP_TIME=epoch_text(EPOCH + 6 * 3600.0)),
    )  # fmt: skip
    np.testing.assert_allclose(
        OemTrajectory(path).position_km(BETWEEN), TRUTH.position_km(BETWEEN), rtol=0.0, atol=2e-6
    )


def test_it_is_best_known_when_it_was_made(tmp_path: Path) -> None:
    trajectory = OemTrajectory(write_message(tmp_path, segment_text(MINUTES)))
    made = tdb_seconds(instants_ns(Instant.from_utc_iso("2031-08-19T12:00:00Z")))
    assert trajectory.epoch_tdb_s == pytest.approx(made[0], abs=1e-6)


GOOD = segment_text(MINUTES)


def without_states(first: int, count: int) -> str:
    lines = GOOD.splitlines()
    start = lines.index("META_STOP") + 1 + first
    return "\n".join(lines[:start] + lines[start + count :]) + "\n"


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ((GOOD.replace("MARS", "PHOBOS"),), r":8 has a CENTER_NAME .*\n.*mars|MARS"),
        ((GOOD.replace("EME2000", "TOD"),), ":9 has a REF_FRAME that geometry does not know"),
        ((GOOD.replace("= UTC", "= UT1"),), ":10 has a TIME_SYSTEM that geometry does not know"),
        ((GOOD.replace("OBJECT_ID = 2030-001A\n", ""),), ":5 names no OBJECT_ID in segment 1"),
        ((without_states(100, 150),), r":116 has a gap in segment 1: its states are too far apart"),
        ((without_states(0, 361),), ":15 holds no states in segment 1"),
        ((without_states(3, 358),), "claims more than its states cover"),
        ((without_states(300, 61),), r"claims more than its states cover(.|\n)*found: states from"),
        ((GOOD.replace("_DEGREE = 7", "_DEGREE = 8"),), ":13 asks for an interpolation that does"),
        ((GOOD.replace("HERMITE", "PROPAGATE"),), "asks for an interpolation that does not exist"),
        ((GOOD + GOOD.splitlines()[-2] + "\n",), ":378 holds states that are not in order of time"),
        ((GOOD.replace("\n2031-08-20T00:03:0", "\n2031-08-20T00:03:6"),), "order of time"),
        ((GOOD.replace("\n2031-08-20T00:03:0", "\n2031-08-20 00:03:0"),), ":19 is no orbit"),
        ((GOOD.replace("T00:03:", "T24:03:"),), "holds an epoch|order of time"),
        (
            (GOOD, segment_text(times_of(1.0, 60.0, 7 * 3600.0))),
            ":378 has a gap between segments 1 and 2",
        ),
        (
            (GOOD, segment_text(times_of(1.0, 60.0, 5 * 3600.0))),
            ":378 has overlapping segments 1 and 2",
        ),
        (
            (GOOD, segment_text(times_of(1.0, 60.0, 6 * 3600.0), CENTER_NAME="EARTH")),
            ":378 is about two centres",
        ),
        (
            (GOOD, segment_text(times_of(1.0, 60.0, 6 * 3600.0), OBJECT_NAME="CUBE")),
            ":378 is about two objects",
        ),
        ((), "holds no segment"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, segments: tuple[str, ...], message: str
) -> None:
    path = write_message(tmp_path, *segments)
    with pytest.raises(DefinitionError, match=message) as caught:
        OemTrajectory(path)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is no orbit ephemeris message"),
        (b"id: otv\n", ":1 is no orbit ephemeris message"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"<?xml version='1.0'?>\n<oem><header>\n</oem>", ":3 is no orbit ephemeris message"),
        (HEADER.replace("2.0", "9.0").encode(), ":1 is of a version that is not known"),
        ((HEADER + GOOD).replace("CREATION_DATE = 2031-08-19T12:00:00\n", "").encode(),
         "names no CREATION_DATE"),
        ((HEADER + GOOD).replace("12:00:00\n", "noon\n").encode(),
         ":2 holds an epoch that is none in CREATION_DATE"),
        ((HEADER + GOOD).replace(" 0", " zero", 3).encode(), "is no orbit|holds an epoch"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_message_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / "otv.oem"
    path.write_bytes(text)
    with pytest.raises(DefinitionError, match=message):
        OemTrajectory(path)
    with pytest.raises(DefinitionError, match="cannot be read"):
        OemTrajectory(tmp_path / "none.oem")


def test_no_time_is_given_before_its_start_or_past_its_end(tmp_path: Path) -> None:
    trajectory = OemTrajectory(write_message(tmp_path, GOOD))
    with pytest.raises(DefinitionError, match="asked for a time past its end") as caught:
        trajectory.position_km(MINUTES[-1:] + 1.0)
    assert "2031-08-20T06:00:00" in caught.value.expected
    with pytest.raises(DefinitionError, match="asked for a time before its start"):
        trajectory.velocity_km_s(MINUTES[:1] - 1.0)
    assert trajectory.position_km(np.zeros(0)).shape == (3, 0)
