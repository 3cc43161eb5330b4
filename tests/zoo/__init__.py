"""Payloads as real clients send them, by kind, with what is to come of each."""
