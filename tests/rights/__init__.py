"""The rights matrix: who may do what and when, written by hand against the plan, and tried by everybody."""
