"""The reading half of a turn: who asks, of which crisis, by which plan. Rights and clearance stand on it."""

from __future__ import annotations

URGENT, ORDINARY, ROUTINE = 0, 1, 2

# The kinds of message that are notices in their own right: they are logged and shown with how they fared.
NOTICES = frozenset({"alert", "summons", "notice", "reminder", "broadcast", "order"})
