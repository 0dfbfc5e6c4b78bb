"""The groups of days and months in which late and old recommendations are counted, unless asked."""

DUE_BUCKETS = (30, 90, 180, 365)  # upper ends, in days past due
AGE_BUCKETS = (6, 12, 24, 48)  # upper ends, in months since issue
