"""The stages that scenes are played on: krisebot running for real, people who act, and a clock that is wound."""
