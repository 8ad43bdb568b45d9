"""Least squares of long, narrow regressions by an orthogonal factorisation made block by block.

One factorisation of ``[regressors, response]`` gives the residual sums of squares of every model
that uses the first 1, 2, 3, ... regressors: what choosing a lag length needs. Block by block, because
a million rows of a hundred lags would be a gigabyte.

Short regressions are factorised by reflections. Long ones by cross products made twice: the second
pass, over columns that the first made nearly orthogonal, restores the digits that cross products
lose (Yamamoto et al., 2015, doi:10.1553/etna_vol44s306), and multiplying matrices is ten times
faster than reflecting where BLAS runs threads. Where the columns are too nearly dependent for that,
reflections decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack, solve_triangular

from boursa.analytics.series import FloatArray
from boursa.errors import Undefined
from boursa.language import N_

Block = Callable[[int, int], FloatArray]

_BLOCK = 4096
# How far from orthogonal the second pass may find the columns.
_NEARLY = 1e-3
# A regressor whose new part is smaller than this share of it is a copy of those before it.
_COPY = 1e-10


@dataclass(frozen=True)
class Factor:
    """The triangle R of ``[regressors, response]`` and the number of rows that went in."""

    triangle: FloatArray
    rows: int

    @property
    def width(self) -> int:
        """The number of regressors."""
        return int(self.triangle.shape[1]) - 1

    def residual_squares(self) -> FloatArray:
        """Return the sum of squared residuals with the first 0, 1, ..., `width` regressors."""
        tail = self.triangle[:, -1] ** 2
        return np.cumsum(tail[::-1])[::-1]

    def coefficient(self, place: int) -> tuple[float, float]:
        """Return one coefficient of the full model and its standard error.

        Raises
        ------
        Undefined
            If the regressors are linearly dependent or leave no residual.
        """
        k = self.width
        inner, response = self.triangle[:k, :k], self.triangle[:k, -1]
        lengths = np.sqrt((inner**2).sum(axis=0))
        squares = float(self.triangle[k, -1] ** 2)
        if (np.abs(np.diag(inner)) <= _COPY * lengths).any() or squares <= _noise(self.triangle):
            raise Undefined(
                N_("The regression of this test has no solution: the series is too regular or too short.")
            )
        unit = np.zeros(k)
        unit[place] = 1.0
        estimate = float(solve_triangular(inner, response)[place])
        row = solve_triangular(inner, unit, trans="T")
        error = math.sqrt(squares / (self.rows - k) * float(row @ row))
        return estimate, error


def factorise(block: Block, rows: int) -> Factor:
    """Return the factor of a matrix whose rows ``start:stop`` are ``block(start, stop)``."""
    triangle = _by_cross_products(block, rows) if rows > _BLOCK else None
    return Factor(_by_reflections(block, rows) if triangle is None else triangle, rows)


def _by_reflections(block: Block, rows: int) -> FloatArray:
    triangle = _triangle(block(0, min(rows, _BLOCK)))
    for start in range(_BLOCK, rows, _BLOCK):
        triangle = _triangle(np.vstack([triangle, block(start, min(rows, start + _BLOCK))]))
    return triangle


def _by_cross_products(block: Block, rows: int) -> FloatArray | None:
    """Return the triangle, or None where the columns are too nearly dependent for this way."""
    first = _cross_products(block, rows)
    lengths = np.sqrt(np.diag(first))
    if not (lengths > 0).all():
        return None
    try:
        triangle = np.linalg.cholesky(first / np.outer(lengths, lengths)).T * lengths
        second = _cross_products(block, rows, np.linalg.inv(triangle))
        if not np.abs(second - np.eye(second.shape[0])).max() < _NEARLY:
            return None
        return np.asarray(np.linalg.cholesky(second).T @ triangle)
    except np.linalg.LinAlgError:
        return None


def _cross_products(block: Block, rows: int, right: FloatArray | None = None) -> FloatArray:
    def product(start: int) -> FloatArray:
        part = block(start, min(rows, start + _BLOCK))
        part = part if right is None else part @ right
        return np.asarray(part.T @ part)

    return np.asarray(sum(product(start) for start in range(0, rows, _BLOCK)))


def _triangle(matrix: FloatArray) -> FloatArray:
    packed = lapack.dgeqrf(np.asfortranarray(matrix), overwrite_a=True)[0]
    return np.triu(packed[: matrix.shape[1]])


def _noise(triangle: FloatArray) -> float:
    """Return the squared residual that rounding alone leaves."""
    return float((triangle[:, -1] ** 2).sum()) * 1e-24
