"""Alerts for leadership: a rise in reports, an agency that answers later, a pair of agencies that sends cases back (docs/adr/0013)."""
