"""What goes out with an answer: prepared texts, changes made on approval, letters of apology, publication."""
