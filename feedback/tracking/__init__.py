"""The sender follows his case with the code alone."""
