"""Figures kept up beside the cases: what each case counts for now, and sums by day of it. See docs/adr/0008-rollup.md."""
