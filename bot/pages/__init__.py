"""The pages and files that are served over HTTP, for those at work and for an operator."""
