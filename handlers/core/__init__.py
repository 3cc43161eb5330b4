"""The machinery that the plan's rooms stand on: turns, cards, rights, clearance, the router. No duty of the plan is here."""
