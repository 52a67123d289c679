"""Whether two reports tell of the same incident. Proposes; a person merges."""
