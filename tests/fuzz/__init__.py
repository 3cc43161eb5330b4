"""Attacks made by the code that they attack."""
