"""Microsoft Teams: activities in and out by the Bot Framework, channels by Graph, cards as Adaptive Cards."""
