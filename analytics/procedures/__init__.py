"""Which administrative procedure a report is about, by the words of its name. Proposes; an officer decides."""
