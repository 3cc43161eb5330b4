"""§3 "Planens godkendelse, ajourføring og afprøvning": exercises, evaluation, lessons and the upkeep of the plan."""
