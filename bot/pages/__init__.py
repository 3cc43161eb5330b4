"""The pages and files that are served over HTTP, and what an operator asks for."""
