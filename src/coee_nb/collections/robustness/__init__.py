"""What the answer hangs on: dates, declared choices, estimators, single months, power."""
