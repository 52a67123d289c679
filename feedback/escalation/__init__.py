"""Who is told, and when, that a case is about to be late or is late: reminders, the ladder, the morning digest."""
