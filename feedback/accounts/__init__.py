"""Staff accounts: roles, sign-in, sessions. Citizens need none."""
