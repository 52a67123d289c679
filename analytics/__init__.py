"""Reads feedback through its access rules: classifier, figures for leadership, demo city."""
