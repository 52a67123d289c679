"""An agency's pages: its cases by time left, and everything about one case on one screen."""
