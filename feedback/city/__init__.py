"""The city as versioned reference data: areas, agencies, procedures, categories, holidays, deadline rules, routing rules."""
