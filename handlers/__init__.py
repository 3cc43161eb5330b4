"""What krisebot does, in rooms that mirror the plan's parts: each room's first sentence says which of them it is.

Rooms use each other in one direction: crisis; reporting, communication and coordination; picture; meetings; staff and
preparedness; measures and alert; log; core. import-linter holds them to it (`pyproject.toml`).
"""
