"""The municipality's plan file: its model, its faults, and what it is frozen into a crisis as."""
