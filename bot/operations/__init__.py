"""What is done for the service itself by whoever runs it: backup, restore, retention, a person's own data, the watchdog."""
