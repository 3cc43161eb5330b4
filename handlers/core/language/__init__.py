"""The language: reads and writes Danish verbs, answers, times, lengths of time, colours, needs and places. Knows
nothing of crises."""
