"""The rehearsal chat: a chat in the browser for trying the plan, with a door for programs."""
