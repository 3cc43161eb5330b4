"""Keeping: how long everything is kept, copies of all of it, and what it says about one person. Plan §7,
Dokumentation."""
