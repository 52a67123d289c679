"""The first view for leadership: who answers in time and who does not, by district and by agency."""
