"""The JSON API at /api/v1: what everybody may read, sending and following a report, and an officer's own work by an access token."""
