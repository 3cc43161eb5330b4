"""Every row that krisebot remembers, a module for each of the rooms in `handlers/`. Times are UTC."""
