"""The operator's tools: backup, restore, retention, a person's own data, and the watchdog."""
