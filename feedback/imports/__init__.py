"""Bringing data in and out: officers, old cases, agencies, areas, procedures and days off as CSV, checked first, written in batches."""
