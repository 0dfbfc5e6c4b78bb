"""The solver: right answers to one objective after the other, and not a line on the screen."""

import numpy as np
from scipy.sparse import csr_array

from coee_nb.engines.suppression.solver import linear_programme


def least(solver, *objective):
    solver.changeColsCost(2, np.arange(2, dtype=np.int32), np.array(objective, float))
    solver.run()
    return solver.getInfo().objective_function_value


def test_objectives_are_answered_one_after_the_other_and_in_silence(capfd):
    equal = csr_array(np.array([[1.0, 1.0]]))
    at_most = csr_array(np.array([[1.0, -3.0]]))
    solver = linear_programme(equal, np.array([8.0]), at_most)
    assert [least(solver, 1, 0), least(solver, -1, 0), least(solver, 0, 1)] == [0, -6, 2]
    assert capfd.readouterr() == ("", "")
