"""Elements of small bodies with covariance, in the JSON that orbit services answer.

* **JPL's Small-Body Database** (`sbdb.api?…&cov=mat&full-prec=1`, API version 1.x): `orbit` has
  `epoch` (JD, TDB), `equinox` (J2000: the ecliptic of ECLIPJ2000), `elements`, `model_pars` (A1 and
  A2 in au/d²) and `covariance` with its own epoch, elements and `labels`: e, q (au), tp (JD),
  node, peri, i (degrees), then A1, A2.  https://ssd-api.jpl.nasa.gov/doc/sbdb.html
* **The Minor Planet Center** (`get-orb`, mpc_orb.json): `COM` has q, e, i, node, argperi, peri_time
  (MJD) and their covariance cov00 … by `coefficient_names`; `epoch_data` its epoch (MJD, TDT).
  https://minorplanetcenter.net/mpcops/documentation/mpc-orb-json/

Both are heliocentric and osculating.  What else was estimated with the orbit (A3, DT, densities)
cannot be flown here, and is an error.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from groundsys.geometry.central_bodies import SUN
from groundsys.geometry.ephemeris import TO_ECLIPTIC
from groundsys.geometry.small_bodies.forces import ASTRONOMICAL_UNIT_KM
from groundsys.geometry.small_bodies.perturbers import GM_KM3_S2
from groundsys.geometry.small_bodies.perturbers import SUN as SUN_NUMBER
from groundsys.geometry.solutions.elements import Conic, partials, state_of
from groundsys.geometry.solutions.state import StateSolution
from groundsys.geometry.time_scales import J2000_JD, SECONDS_PER_DAY, FloatArray
from groundsys.mission.celestial.body_model import NonGravitational
from groundsys.values.errors import DefinitionError

#: ours: as a covariance lists them
_ELEMENTS = ("e", "q", "tp", "node", "peri", "i")
_FORCES = ("A1", "A2")
#: what services call them
_SYNONYMS = {"om": "node", "w": "peri", "argperi": "peri", "peri_time": "tp"}
_MJD = 2_400_000.5
_GM = GM_KM3_S2[SUN_NUMBER]

_Row = Mapping[str, Any]


def is_orbit_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def read_orbit_json(text: str, file: str) -> StateSolution:
    """What a service has answered; `DefinitionError` says what of it cannot be flown."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _bad(file, "is no JSON", found=str(error)) from error
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, dict) and isinstance(found.get("mpc_orb"), list | dict):
        found = found["mpc_orb"]
        found = found[0] if isinstance(found, list) and found else found
    try:
        if isinstance(found, dict) and "orbit" in found:
            return _read_jpl(found, file)
        if isinstance(found, dict) and "COM" in found:
            return _read_mpc(found, file)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _bad(
            file, "lacks what a solution needs", found=f"{type(error).__name__}: {error}"
        ) from error
    raise _bad(file, "is of no orbit service that groundsys knows", found=_keys(found))


def _read_jpl(answer: _Row, file: str) -> StateSolution:
    orbit = answer["orbit"]
    if str(orbit.get("equinox", "J2000")) != "J2000":
        raise _bad(
            file, "counts its elements from another equinox",
            expected="equinox J2000", found=str(orbit["equinox"]),
        )  # fmt: skip
    forces = {str(one["name"]): one for one in orbit.get("model_pars") or ()}
    _check_forces(file, [name for name in forces if name not in ("ALN", "NK", "NM", "NN", "R0")])
    stated = orbit.get("covariance")
    source = stated if stated and stated.get("elements") else orbit
    values = {
        _SYNONYMS.get(name, name): _number(one["value"])
        for one in source["elements"]
        if (name := str(one.get("name") or one.get("label")))
    }
    covariance = None
    if stated:
        labels = [_SYNONYMS.get(str(one), str(one)) for one in stated["labels"]]
        covariance = (labels, np.array(stated["data"], dtype=np.float64))
    usual = NonGravitational(0.0, 0.0)

    def force(name: str, otherwise: float) -> float:
        return _number(forces[name]["value"]) if name in forces else otherwise

    sunlight = NonGravitational(
        radial_au_d2=force("A1", 0.0),
        transverse_au_d2=force("A2", 0.0),
        normalisation=force("ALN", usual.normalisation),
        near_exponent=force("NM", usual.near_exponent),
        far_exponent=force("NN", usual.far_exponent),
        far_power=force("NK", usual.far_power),
        scale_au=force("R0", usual.scale_au),
    )
    body = answer.get("object") or {}
    return _solution(
        *(file, values, _number(source["epoch"]), covariance, sunlight),
        names=(str(body.get("fullname", "")), f"JPL#{orbit.get('orbit_id', '?')}", "JPL"),
    )


def _read_mpc(answer: _Row, file: str) -> StateSolution:
    elements, epoch = answer["COM"], answer["epoch_data"]
    scale, form = str(epoch.get("timesystem", "TDT")), str(epoch.get("timeform", "MJD"))
    if scale not in ("TDT", "TT", "TDB") or form != "MJD":
        raise _bad(
            file, "dates its elements in another way", expected="MJD of TDT or TDB",
            found=f"{form} of {scale}",
        )  # fmt: skip
    names = [_SYNONYMS.get(str(one), str(one)) for one in elements["coefficient_names"]]
    _check_forces(file, [one for one in names if one not in _ELEMENTS])
    given = dict(zip(names, map(_number, elements["coefficient_values"]), strict=True))
    given["tp"] += _MJD
    stated, covariance = elements.get("covariance"), None
    if stated:
        rows = range(len(names))
        data = [[_number(stated[f"cov{min(i, k)}{max(i, k)}"]) for k in rows] for i in rows]
        covariance = (names, np.array(data))
    sunlight = NonGravitational(given.get("A1", 0.0), given.get("A2", 0.0))
    who = answer.get("designation_data") or {}
    name = str(who.get("iau_name") or who.get("unpacked_primary_provisional_designation") or "")
    when = str((answer.get("software_data") or {}).get("fitting_datetime", "")) or "orbit"
    return _solution(
        *(file, given, _number(epoch["epoch"]) + _MJD, covariance, sunlight),
        names=(name, f"MPC {when}", "MPC"),
    )


def _solution(
    file: str,
    values: Mapping[str, float],
    epoch_jd: float,
    covariance: tuple[Sequence[str], FloatArray] | None,
    sunlight: NonGravitational,
    *,
    names: tuple[str, str, str],
) -> StateSolution:
    lacking = [one for one in _ELEMENTS if one not in values]
    if lacking:
        raise _bad(file, "lacks elements", expected=", ".join(_ELEMENTS), found=str(sorted(values)))
    numbers = [values[one] for one in _ELEMENTS]
    to_state = _state_at(epoch_jd, numbers[2])
    state = to_state(np.array([*numbers[:2], 0.0, *numbers[3:]]))
    return StateSolution(
        object_name=names[0],
        name=names[1],
        originator=names[2],
        center=SUN,
        epoch_tdb_s=(epoch_jd - J2000_JD) * SECONDS_PER_DAY,
        state=state,
        covariance=None if covariance is None else _carried(file, covariance, numbers, to_state),
        non_gravitational=sunlight,
    )


def _state_at(epoch_jd: float, periapsis_jd: float) -> Callable[[FloatArray], FloatArray]:
    """Elements (e, q, days by which tp is later than stated, node, peri, i) → state in ICRF."""

    def state(elements: FloatArray) -> FloatArray:
        e, q, later, node, peri, inclination = map(float, elements)
        since_s = ((epoch_jd - periapsis_jd) - later) * SECONDS_PER_DAY
        tilt, ascending, argument = (math.radians(one) for one in (inclination, node, peri))
        conic = Conic(q * ASTRONOMICAL_UNIT_KM, e, tilt, ascending, argument, since_s)
        ecliptic = state_of(conic, _GM)
        return np.concatenate([TO_ECLIPTIC.T @ ecliptic[:3], TO_ECLIPTIC.T @ ecliptic[3:]])

    return state


def _carried(
    file: str,
    covariance: tuple[Sequence[str], FloatArray],
    numbers: Sequence[float],
    to_state: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """The covariance of elements, A1 and A2 as one of state, A1 and A2, (8, 8)."""
    labels, data = covariance
    _check_forces(file, [one for one in labels if one not in _ELEMENTS])
    if data.shape != (len(labels), len(labels)) or not np.isfinite(data).all():
        raise _bad(
            file, "states a covariance that is none",
            expected=f"{len(labels)} × {len(labels)} finite numbers",
            found=" × ".join(map(str, data.shape)),
        )  # fmt: skip
    wanted = (*_ELEMENTS, *_FORCES)
    full, at = np.zeros((8, 8)), [wanted.index(one) for one in labels]
    full[np.ix_(at, at)] = data
    slope = np.eye(8)
    slope[:6, :6] = partials(to_state, [*numbers[:2], 0.0, *numbers[3:]])
    return np.asarray(slope @ full @ slope.T)


def _check_forces(file: str, names: Sequence[str]) -> None:
    unknown = [one for one in names if one not in _FORCES]
    if unknown:
        raise _bad(
            file, "was determined with forces that groundsys does not fly",
            expected=", ".join(_FORCES), found=", ".join(unknown),
        )  # fmt: skip


def _number(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not finite")
    return number


def _keys(found: Any) -> str:
    return ", ".join(sorted(found)) if isinstance(found, dict) else type(found).__name__


def _bad(file: str, what: str, *, expected: str = "", found: str = "") -> DefinitionError:
    return DefinitionError(
        f"orbit solution {file} {what}",
        expected=expected or "JPL's sbdb.api with cov=mat, or the MPC's get-orb",
        found=found,
        remedy="ask the service for it anew (sbdb.api?…&cov=mat&full-prec=1), or for an OEM",
    )
