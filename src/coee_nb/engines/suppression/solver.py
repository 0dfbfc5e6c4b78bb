"""Linear programmes that are solved many times with another objective, by HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from highspy import Highs, HighsLp, HighsVarType, MatrixFormat, kHighsInf

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class _Silent(Highs):
    """A solver that prints nothing: a line of its own in a notebook would be an unmarked output."""

    def enableCallbacks(self) -> None:  # noqa: N802  (the first call of the constructor)
        self.silent()
        super().enableCallbacks()


def linear_programme(equal: csr_array, equal_to: np.ndarray, at_most: csr_array) -> Highs:
    """Return the programme ``equal @ x == equal_to``, ``at_most @ x <= 0``, ``x >= 0``.

    Its objective is zero until one is given. Source: Q. Huangfu and J. A. J. Hall, "Parallelizing
    the dual revised simplex method", Mathematical Programming Computation 10(1), 2018 (HiGHS).
    """
    from scipy.sparse import csr_array, vstack

    rules = csr_array(vstack([equal, at_most]))
    free = np.full(at_most.shape[0], -kHighsInf)
    programme = HighsLp()
    programme.num_row_, programme.num_col_ = rules.shape
    programme.col_cost_ = np.zeros(rules.shape[1])
    programme.col_lower_ = np.zeros(rules.shape[1])
    programme.col_upper_ = np.full(rules.shape[1], kHighsInf)
    programme.row_lower_ = np.r_[equal_to, free]
    programme.row_upper_ = np.r_[equal_to, np.zeros(len(free))]
    programme.a_matrix_.format_ = MatrixFormat.kRowwise
    programme.a_matrix_.start_ = rules.indptr
    programme.a_matrix_.index_ = rules.indices
    programme.a_matrix_.value_ = rules.data
    solver = _Silent()
    # unreduced programmes end on more varied tables, so fewer of them are needed
    solver.setOptionValue("presolve", "off")
    solver.passModel(programme)
    return solver


def in_whole_numbers(programme: Highs, whole: np.ndarray) -> Highs:
    """Return a programme where the unknowns that are ``whole`` must be whole numbers."""
    kinds = np.where(whole, HighsVarType.kInteger.value, HighsVarType.kContinuous.value)
    columns = np.arange(len(whole), dtype=np.int32)
    programme.changeColsIntegrality(len(whole), columns, kinds.astype(np.uint8))
    # tried before anything else, it finds no table that the others would not, and takes a third
    programme.setOptionValue("mip_heuristic_run_feasibility_jump", False)
    return programme
