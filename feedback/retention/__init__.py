"""How long what people wrote is kept: periods, warnings, holds, anonymising, and what a sender may know and ask (security D11)."""
