"""The columns and words of the event log: what each file holds and may say."""

RECOMMENDATION_COLUMNS = (
    "recommendation_id",  # stable and readable, e.g. OIG-22-34.1
    "issuer",
    "report",  # the publication's number, blank when the source has none
    "number",  # the recommendation's number within the report, blank when it has none
    "agency",
    "title",  # of the report
    "text",
    "text_sha256",  # of the source's normalised text, so that a re-import is recognised
    "issued_on",
    "auditor_deadline_on",
    "priority",  # yes, no or blank (the source does not say)
    "questioned_costs_usd",
    "funds_for_better_use_usd",
    "recorded_on",
)

EVENT_COLUMNS = (
    "event_id",  # E000001, E000002, ... in the order of the file
    "recommendation_id",
    "effective_from",
    "effective_to",
    "recorded_on",
    "kind",
    "ecd_from",
    "ecd_to",  # the due date: the end of the interval
    "ecd_precision",
    "ecd_bound",
    "ecd_kind",
    "status",
    "concurrence",
    "source_file",
    "source_sha256",
    "source_span",  # exact quote
    "source_start",  # offset of the quote in the source's text
    "review",
    "supersedes",  # event_id this one replaces
    "note",
    "by",  # who says so, or reviewed it; blank: a program read it
)
LATER_COLUMNS = ("by",)  # that older logs lack

RECOMMENDATION_DATES = ("issued_on", "auditor_deadline_on", "recorded_on")
EVENT_DATES = ("effective_from", "effective_to", "recorded_on", "ecd_from", "ecd_to")
AMOUNTS = ("questioned_costs_usd", "funds_for_better_use_usd")

SOURCE_COLUMNS = (
    "source_file",
    "source_sha256",
    "format",
    "as_of",  # the day on which the file was current, as given at import
    "dated_by",  # source: it names the day of its statements; import: the analyst did
    "total",  # recommendations the source says there are, blank when it does not say
    "shown",
    "read",
    "unread",  # seen and not read
    "excluded",
)

KINDS = (
    "issued", "concurrence", "status", "ecd", "no_ecd", "withdrawn", "unread", "reworded",
    "vanished", "update", "noted", "merged",
)  # fmt: skip
# What may stand as the last word on the action's date: a date, none, or one taken back.
ECD_FAMILY = ("ecd", "no_ecd", "withdrawn")
# What the log keeps in the source's own words (kind noted): the note says of what they are.
OFFICE, RATING, OFFICIAL = "office", "risk rating", "responsible official"
# What a source says anew of a recommendation's values (kind noted); the first are its own.
REVALUED = {
    "priority": "priority",
    "questioned_costs_usd": "questioned costs",
    "funds_for_better_use_usd": "funds for better use",
}
# How the note of an unread event begins: why it was not read, or what contradicts what.
NOT_READ, CONTRADICTS = "not read", "contradict"
PRECISIONS = ("day", "month", "quarter", "season", "fiscal_year", "calendar_year")
BOUNDS = ("due", "not_before")
ECD_KINDS = ("action", "milestone")
CONCURRENCES = ("concur", "partially concur", "non-concur", "none stated")
REVIEWS = ("automatic", "reviewed")
# The agency's word that it is done; the auditor has not verified it, so it counts as open.
ASSERTED_COMPLETE = "asserted complete"
OPEN_STATUSES = (
    "open",
    "open - partially addressed",
    "resolved and open",
    "unresolved",
    ASSERTED_COMPLETE,
)
CLOSED_STATUSES = ("closed - implemented", "closed - not implemented")
STATUSES = OPEN_STATUSES + CLOSED_STATUSES
