"""SMS, mail and calls, for when the chat does not answer or it is urgent."""
