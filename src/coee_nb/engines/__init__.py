"""Methods that know nothing of audits: arrays and tables in, arrays and tables out."""
