"""Systems of agencies that are told by signed messages what happens to their cases, and may act on them (docs/PARTNERS.md)."""
