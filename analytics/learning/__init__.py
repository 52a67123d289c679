"""How well the machine reads in practice, what it learns from the office, and which model is in use."""
