"""Scenarios: the plan rehearsed from a file, step by step, against a running krisebot."""
