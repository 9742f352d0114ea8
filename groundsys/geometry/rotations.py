"""Rotation matrices of many instants at once, shape (3, 3, n), applied to vectors (3, n)."""

from __future__ import annotations

import numpy as np

from groundsys.geometry.time_scales import FloatArray


def euler_313(first: FloatArray, second: FloatArray, third: FloatArray) -> FloatArray:
    """R3(third) · R1(second) · R3(first): turns coordinate axes, angles in radians."""
    s1, c1 = np.sin(first), np.cos(first)
    s2, c2 = np.sin(second), np.cos(second)
    s3, c3 = np.sin(third), np.cos(third)
    return np.array(
        [
            [c3 * c1 - s3 * c2 * s1, c3 * s1 + s3 * c2 * c1, s3 * s2],
            [-s3 * c1 - c3 * c2 * s1, -s3 * s1 + c3 * c2 * c1, c3 * s2],
            [s2 * s1, -s2 * c1, c2],
        ]
    )


def rotate(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """matrix · vector, instant by instant; a constant vector (3,) serves all instants."""
    if vector.ndim == 1:
        return np.asarray(np.einsum("ijn,j->in", matrix, vector))
    return np.asarray(np.einsum("ijn,jn->in", matrix, vector))


def rotate_back(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Transpose of matrix · vector, instant by instant."""
    if vector.ndim == 1:
        return np.asarray(np.einsum("jin,j->in", matrix, vector))
    return np.asarray(np.einsum("jin,jn->in", matrix, vector))


def dot(left: FloatArray, right: FloatArray) -> FloatArray:
    """Scalar product of vectors (3, n), instant by instant."""
    return np.asarray(np.einsum("in,in->n", left, right))


def length(vector: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(dot(vector, vector)))
