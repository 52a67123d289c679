"""The heart: a case, its life, its clock, who may see it."""
