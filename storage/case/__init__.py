"""The case: the log with its chain, what a crisis is exported as, and the pages made of it. Plan §7, Dokumentation."""
