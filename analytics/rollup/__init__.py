"""Figures kept up beside the cases: what each case counts for now, and those facts as columns in memory. See docs/adr/0008-rollup.md."""
