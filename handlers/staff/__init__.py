"""§5 Krisestaben and Krisestabens støttefunktioner: who is in it, summoned, on shift, in which role, and who stands beside it."""
