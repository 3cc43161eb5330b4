"""The background workers and the clock that wakes them: inputs, timers, messages, channels, files, case files."""
