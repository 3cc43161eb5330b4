"""Read and write Danish: verbs, answers, times, lengths of time, colours, needs and places. Knows nothing of crises."""
