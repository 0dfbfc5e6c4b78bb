"""What is left by a time, where some are watched for less long: product-limit and competing risks.

Each member leaves in one of several ways, or is still there when last seen (censored). R is the
number at risk just before a time and d_k of these leave by way k at it, d in all. Then

    S = product of (1 - d / R),    I_k = sum of S_before d_k / R,

over the times so far, and S and the I_k add up to 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class LifeTable:
    """Of each distinct time (t,), in order: how many are at risk; leave by each way (ways, t)."""

    times: Array
    at_risk: Array
    leaving: Array

    @classmethod
    def of(
        cls,
        times: Array,
        way: NDArray[np.integer],
        *,
        ways: int = 1,
        weights: Array | None = None,
    ) -> "LifeTable":
        """Count ``times`` (n,), each left by ``way`` (n,): 1 to ``ways``, or 0 where censored.

        ``weights`` (n,) counts each so many times.
        """
        distinct, place = np.unique(times, return_inverse=True)
        each = np.ones(len(times)) if weights is None else weights
        leaving = [np.bincount(place, (way == one) * each) for one in range(1, ways + 1)]
        return cls(distinct, np.bincount(place, each)[::-1].cumsum()[::-1], np.array(leaving))

    @property
    def events(self) -> Array:
        """How many leave at each time, whichever way."""
        return self.leaving.sum(axis=0)

    @property
    def left(self) -> Array:
        """The share still there after each time (Kaplan and Meier 1958)."""
        return np.cumprod(1 - self.events / self.at_risk)

    @property
    def left_se(self) -> Array:
        """Its standard error by Greenwood (1926); missing once none are left."""
        return self.left * np.sqrt(np.cumsum(self._greenwood))

    def incidence(self) -> tuple[Array, Array]:
        """Return the share that has left by each way, and its standard error, (ways, t) each.

        Aalen and Johansen 1978; errors by Dinse and Larson 1986, missing once none are left.
        """
        before = np.append(1.0, self.left[:-1]) / self.at_risk
        rate = self.leaving / self.at_risk
        share = np.cumsum(before * self.leaving, axis=1)
        spread, joint = self._greenwood, before * rate
        variance = np.cumsum(before**2 * (1 - rate) * self.leaving, axis=1)
        variance += share**2 * np.cumsum(spread) - 2 * share * np.cumsum(share * spread, axis=1)
        variance += np.cumsum(share**2 * spread, axis=1)
        variance += 2 * (np.cumsum(share * joint, axis=1) - share * np.cumsum(joint, axis=1))
        return share, np.sqrt(np.maximum(variance, 0.0))

    @property
    def _greenwood(self) -> Array:
        """Greenwood's term of each time, d / (R (R - d))."""
        stay = self.at_risk - self.events
        return self.events / (self.at_risk * np.where(stay > 0, stay, np.nan))
