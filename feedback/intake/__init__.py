"""A citizen's report in steps: what happened, where, evidence, contact, check, done."""
