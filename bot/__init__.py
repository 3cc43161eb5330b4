"""The bot: what takes inputs in and sends messages out, on every platform, and what an operator runs it with."""

import gc

# What is imported stays for as long as the process: to look through all of it again at each 700th object was a quarter
# of the start.
gc.set_threshold(50_000, 20, 50)
