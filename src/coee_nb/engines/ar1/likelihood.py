"""Where the likelihood of an AR(1) coefficient is highest, and how sharply."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coee_nb.engines.ar1.process import Array, CrossProducts, Solution, solve, weights

# Fisher's z makes the profile smooth at both ends: rho from -0.99 to 0.9999.
GRID = np.linspace(np.arctanh(-0.99), np.arctanh(0.9999), 115)
STEP = GRID[1] - GRID[0]
WINDOW = 16  # the polynomial through so many points of the grid peaks within about 1e-9 of the top
POWERS = np.arange(WINDOW)
CENTRE = (WINDOW - 1) / 2
POLYNOMIAL = np.linalg.inv(np.vander(POWERS / CENTRE - 1, increasing=True)).T
TOLERANCE = 1e-8  # a Newton step in z shorter than this is not taken
MAXIMUM_STEPS = 60


def profile(moments: CrossProducts, rho: Array, *, restricted: bool = True) -> Array:
    """Return the profile log-likelihood without its constant, (s, g), at each ``rho`` (g,)."""
    w = weights(rho, moments.gaps, moments.pairs)
    forms = moments.at(w.moments[0, :, None])
    root = np.log(np.diagonal(np.linalg.cholesky(forms), axis1=-2, axis2=-1))
    freedom = moments.observations - moments.terms * restricted
    heights = -freedom * root[..., -1] - w.log_determinant[0][:, None] / 2
    if restricted:
        heights = heights - root[..., :-1].sum(axis=-1)
    return heights.T


@dataclass(frozen=True)
class Maximum:
    """Where each profile is highest inside its range.

    ``solution`` at that rho; ``boundary`` (s,) True where the likelihood is higher still at an
    end of the range than at any interior maximum; ``interior`` (s,) False where there is no
    interior maximum at all, and rho is the end of the range; ``converged`` (s,); ``heights``
    (s, g) the objective at each rho of ``tanh(GRID)``; ``curvature`` (s,) minus its second
    derivative by rho at an interior maximum: the information on rho, infinite where there is none
    inside and rho is taken as known.
    """

    solution: Solution
    boundary: NDArray[np.bool_]
    interior: NDArray[np.bool_]
    converged: NDArray[np.bool_]
    heights: Array
    curvature: Array


def maximise(
    moments: CrossProducts, heights: Array | None = None, *, restricted: bool = True
) -> Maximum:
    """Maximise the (restricted) likelihood over rho: a grid, then Newton inside its bracket.

    ``heights`` (s, g), where already known, spares the profile over the grid.
    """
    if heights is None:
        heights = profile(moments, np.tanh(GRID), restricted=restricted)
    best, interior = highest(heights)
    solution, converged = _climb(moments, heights, best, interior, restricted)
    top = np.where(interior, solution.objective[0], -np.inf)
    boundary = np.maximum(heights[:, 0], heights[:, -1]) > top
    curvature = np.where(interior, -solution.objective[2], np.inf)
    return Maximum(solution, boundary, interior, converged, heights, curvature)


def highest(heights: Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the grid place (s,) of the highest interior peak and whether there is one.

    Where there is none, the place is the higher end of the grid.
    """
    inner = heights[:, 1:-1]
    peaks = (inner >= heights[:, :-2]) & (inner > heights[:, 2:])
    interior = peaks.any(axis=1)
    peak = np.where(peaks, inner, -np.inf).argmax(axis=1) + 1
    end = np.where(heights[:, -1] >= heights[:, 0], len(GRID) - 1, 0)
    return np.where(interior, peak, end), np.asarray(interior)


def _climb(
    moments: CrossProducts,
    heights: Array,
    best: NDArray[np.int64],
    interior: NDArray[np.bool_],
    restricted: bool,
) -> tuple[Solution, NDArray[np.bool_]]:
    """Newton's method in z = atanh(rho), halving the bracket wherever a step would leave it."""
    last = len(GRID) - 1
    low, high = GRID[np.maximum(best - 1, 0)], GRID[np.minimum(best + 1, last)]
    z = np.where(interior, GRID[0] + STEP * _summit(heights, best), GRID[best])
    solution = solve(moments, np.tanh(z), restricted=restricted)
    for _ in range(MAXIMUM_STEPS):
        score, curvature = _by_z(solution)
        low, high = np.where(score > 0, z, low), np.where(score > 0, high, z)
        concave = curvature < 0
        trial = z - score / np.where(concave, curvature, -1.0)
        sound = concave & (trial >= low) & (trial <= high)
        trial = np.where(sound, trial, (low + high) / 2)
        moving = interior & (np.abs(trial - z) > TOLERANCE)
        if not moving.any():
            break
        z = np.where(moving, trial, z)
        places = np.flatnonzero(moving)  # most stand at the top from the start
        moved = solve(moments.at_places(places), np.tanh(z[places]), restricted=restricted)
        solution.put(places, moved)
    return solution, ~moving


def _by_z(solution: Solution) -> tuple[Array, Array]:
    """First and second derivative of the objective by z = atanh(rho)."""
    rho, (_, first, second) = solution.rho, solution.objective
    slope = 1 - rho**2
    return first * slope, second * slope**2 - 2 * rho * slope * first


def _summit(heights: Array, best: NDArray[np.int64]) -> Array:
    """Return where (s,), in steps of the grid, the curve through ``heights`` (s, g) peaks.

    The peak of the polynomial through the sixteen points about ``best``, by Newton's method from
    the highest of them, kept within a step of it.
    """
    start = np.clip(best - WINDOW // 2 + 1, 0, len(GRID) - WINDOW)
    stack = np.arange(len(best))
    values = heights[stack[:, None], start[:, None] + POWERS] - heights[stack, best][:, None]
    slope = (values @ POLYNOMIAL)[:, 1:] * POWERS[1:]
    bend = slope[:, 1:] * POWERS[1:-1]
    at = (best - start) / CENTRE - 1
    for _ in range(4):
        powers = np.vander(at, WINDOW - 1, increasing=True)
        fall = (powers[:, :-1] * bend).sum(axis=1)
        rise = (powers * slope).sum(axis=1)
        at = at - np.where(fall < 0, np.clip(rise / np.where(fall < 0, fall, 1), -1, 1), 0)
    return np.clip((at + 1) * CENTRE + start, best - 1, best + 1)
