"""Storage: the plan file, the rows, the case made of them, and how long all of it is kept."""
