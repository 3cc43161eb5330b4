"""How long what is remembered is kept, copies of all of it, and what it is about one person. Plan §7, Dokumentation."""
