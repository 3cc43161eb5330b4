"""The platforms: Slack, Teams, the rehearsal chat, and SMS, mail and calls as the fallback."""
