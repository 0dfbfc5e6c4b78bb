"""Every table shows its numbers as a report prints them."""

import numpy as np

from coee_nb.collections import tables, verdict
from coee_nb.collections.units import Unit

UNIT = Unit("million dollars")


def test_the_tables_show_p_values_amounts_and_rules(results, primary):
    assert "cannot tell" in tables.verdict(results["verdict"]).plain()
    assert "anything else" in tables.rules(5.0).plain()
    shown = tables.primary_model(primary, unit=UNIT).plain()
    assert "step at 2016-10" in shown
    assert "month 2" not in shown
    assert "[" not in shown
    assert tables.effect(results["effect"]).plain().count("2018-02") == 4
    assert "scale level" in tables.specification_summary(results["curve"]).plain()
    assert "Ljung-Box" in tables.residual_tests(results["residuals"]).plain()
    rates = verdict.error_rates(np.zeros(2), np.ones(2), negligible=0.5, true_effects={"none": 0.0})
    assert "100.0%" in tables.error_rates(rates, unit=UNIT).plain()
