"""Intake, workflow, accounts: everything a citizen or an officer does. Knows nothing of analytics."""
