"""Photos and PDF that citizens send: decoded, rewritten, kept under random names."""
