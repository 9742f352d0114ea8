"""A rigid body that turns freely, or under a torque.

    I dω/dt = T − ω × (I ω)          Euler's equations, about the principal axes x, y, z
    dq/dt   = ½ q ∘ (0, ω)           q turns vectors of the body to inertial axes

(J. R. Wertz (ed.), *Spacecraft Attitude Determination and Control*, 1978, chapters 12 and
16.)  I in kg·m², ω in rad/s and T in N·m along the body's axes; quaternions have their scalar
first.  By classical Runge–Kutta in steps of a half second at most: at 3°/s the momentum drifts by
less than 1e-9 in an hour.  No flexing, no sloshing: panels are folded while a craft tumbles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from sims.craft.nature.planets import Vector, dot

Quaternion = tuple[float, float, float, float]
Torque = Callable[[Vector], Vector]

_STEP_S = 0.5


def free(rate: Vector) -> Vector:
    """No torque at all."""
    return (0.0, 0.0, 0.0)


@dataclass(slots=True)
class RigidBody:
    """Principal moments of inertia, how the body stands, and how it turns."""

    inertia: Vector
    attitude: Quaternion
    rate: Vector

    def advance(self, seconds: float, torque: Torque = free) -> None:
        """Let `seconds` pass under a torque that depends on the rate."""
        steps = max(1, math.ceil(seconds / _STEP_S))
        for _ in range(steps):
            self._step(seconds / steps, torque)

    @property
    def spin(self) -> float:
        """Size of the rate, rad/s."""
        return math.sqrt(dot(self.rate, self.rate))

    @property
    def momentum(self) -> Vector:
        """Angular momentum along inertial axes, N·m·s."""
        (a, b, c), (x, y, z) = self.inertia, self.rate
        return turned(self.attitude, (a * x, b * y, c * z))

    @property
    def energy(self) -> float:
        """Of rotation, J."""
        (a, b, c), (x, y, z) = self.inertia, self.rate
        return 0.5 * (a * x * x + b * y * y + c * z * z)

    def _step(self, h: float, torque: Torque) -> None:
        q, w = self.attitude, self.rate
        turn1, spin1 = self._rates(q, w, torque)
        turn2, spin2 = self._rates(_ahead(q, turn1, h / 2), _sum(w, spin1, h / 2), torque)
        turn3, spin3 = self._rates(_ahead(q, turn2, h / 2), _sum(w, spin2, h / 2), torque)
        turn4, spin4 = self._rates(_ahead(q, turn3, h), _sum(w, spin3, h), torque)
        for k, share in ((turn1, 1.0), (turn2, 2.0), (turn3, 2.0), (turn4, 1.0)):
            q = _ahead(q, k, h * share / 6.0)
        for dw, share in ((spin1, 1.0), (spin2, 2.0), (spin3, 2.0), (spin4, 1.0)):
            w = _sum(w, dw, h * share / 6.0)
        size = math.sqrt(sum(part * part for part in q))
        self.attitude = (q[0] / size, q[1] / size, q[2] / size, q[3] / size)
        self.rate = w

    def _rates(self, q: Quaternion, w: Vector, torque: Torque) -> tuple[Quaternion, Vector]:
        (a, b, c), (x, y, z) = self.inertia, w
        tx, ty, tz = torque(w)
        spin = (
            (tx + (b - c) * y * z) / a,
            (ty + (c - a) * z * x) / b,
            (tz + (a - b) * x * y) / c,
        )
        s, i, j, k = product(q, (0.0, x, y, z))
        return (s / 2, i / 2, j / 2, k / 2), spin


def turned(q: Quaternion, vector: Vector) -> Vector:
    """A vector of the body along inertial axes."""
    w, x, y, z = q
    _, i, j, k = product(product(q, (0.0, *vector)), (w, -x, -y, -z))
    return (i, j, k)


def product(p: Quaternion, q: Quaternion) -> Quaternion:
    """First q, then p."""
    a, b, c, d = p
    w, x, y, z = q
    return (
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y - b * z + c * w + d * x,
        a * z + b * y - c * x + d * w,
    )


def along(x_axis: Vector, near_z: Vector) -> Quaternion:
    """How a body stands whose x is along a unit vector, and whose z is as near another as can be.

    From axes to a quaternion by its largest part (S. W. Shepperd, J. Guidance and Control 1, 1978).
    """
    beside = _cross(near_z, x_axis)
    size = math.sqrt(dot(beside, beside))
    y_axis = (beside[0] / size, beside[1] / size, beside[2] / size)
    z_axis = _cross(x_axis, y_axis)
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = x_axis, y_axis, z_axis
    squares = (1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz)
    largest = max(range(4), key=squares.__getitem__)
    size = 2.0 * math.sqrt(squares[largest])
    wx, wy, wz = (yz - zy) / size, (zx - xz) / size, (xy - yx) / size
    x_y, y_z, z_x = (yx + xy) / size, (zy + yz) / size, (xz + zx) / size
    own = size / 4.0
    return (
        (own, wx, wy, wz),
        (wx, own, x_y, z_x),
        (wy, x_y, own, y_z),
        (wz, z_x, y_z, own),
    )[largest]


def between(start: Quaternion, end: Quaternion, share: float) -> Quaternion:
    """On the way of one turn about one axis, a share of it done."""
    cosine = sum(p * q for p, q in zip(start, end, strict=True))
    sign = 1.0 if cosine >= 0.0 else -1.0
    half = math.acos(min(1.0, abs(cosine)))
    if half < 1e-9:
        return end
    first = math.sin((1.0 - share) * half) / math.sin(half)
    last = sign * math.sin(share * half) / math.sin(half)
    w, x, y, z = (first * p + last * q for p, q in zip(start, end, strict=True))
    return (w, x, y, z)


def turn_angle(start: Quaternion, end: Quaternion) -> float:
    """Of the one turn that leads from one to the other, rad."""
    cosine = sum(p * q for p, q in zip(start, end, strict=True))
    return 2.0 * math.acos(min(1.0, abs(cosine)))


def _ahead(q: Quaternion, rate: Quaternion, seconds: float) -> Quaternion:
    w, x, y, z = (part + seconds * change for part, change in zip(q, rate, strict=True))
    return (w, x, y, z)


def _sum(vector: Vector, rate: Vector, seconds: float) -> Vector:
    x, y, z = (part + seconds * change for part, change in zip(vector, rate, strict=True))
    return (x, y, z)


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
