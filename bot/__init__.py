"""The bot: what takes inputs in and sends messages out, on every platform, and what an operator runs it with."""
