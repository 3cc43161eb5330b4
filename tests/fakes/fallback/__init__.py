"""The gateways for SMS, mail and calls, as they are at their worst."""
