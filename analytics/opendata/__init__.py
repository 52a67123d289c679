"""Figures for everybody: whole months, frozen, without a number that points to a person (docs/OPEN_DATA.md, docs/adr/0012-open-data.md)."""
