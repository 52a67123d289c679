"""Pages of the conduct track: whom a sealed report accuses, who steps back, who verifies, what was found, what is handed up."""
