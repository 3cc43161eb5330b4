"""Slack: what comes in over HTTP or Socket Mode, what goes out by the Web API, cards as Block Kit."""
