"""What anyone may check: the heads of the days, and receipts."""
