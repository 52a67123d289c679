"""The city's own tables in the hands of its administrators: agencies, areas, routing, categories, procedures, the ladder (ADR 11)."""
