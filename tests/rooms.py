"""Print the house: which room uses which, and how often. `make rooms`."""

from __future__ import annotations

from collections import Counter

import grimp

FLOORS = ("bot", "handlers", "storage")


def room_of(module: str) -> str:
    """The room that a module stands in: "handlers.meetings", "bot.platforms.slack", "storage.rows".

    Args:
        module: its dotted name.
    """
    parts = module.split(".")
    deep = parts[:2] in (["bot", "platforms"], ["handlers", "core"]) and len(parts) > 3
    return ".".join(parts[: 3 if deep else 2])


def rooms() -> tuple[Counter[str], dict[str, Counter[str]]]:
    """How many modules each room has, and how many imports go from it to each other one."""
    graph = grimp.build_graph(*FLOORS)
    modules = {module for module in graph.modules if module.count(".") > 1 or not graph.find_children(module)}
    size = Counter(room_of(module) for module in modules)
    uses: dict[str, Counter[str]] = {room: Counter() for room in size}
    for module in modules:
        for used in graph.find_modules_directly_imported_by(module):
            if used in modules and room_of(used) != room_of(module):
                uses[room_of(module)][room_of(used)] += 1
    return size, uses


def main() -> None:
    """Print them, floor by floor, those that use most first."""
    size, uses = rooms()
    for floor in FLOORS:
        print(f"\n{floor}/")
        mine = [room for room in size if room.split(".")[0] == floor]
        for room in sorted(mine, key=lambda room: (-sum(uses[room].values()), room)):
            used = ", ".join(f"{other} {count}" for other, count in uses[room].most_common())
            print(f"  {room.removeprefix(f'{floor}.'):28} {size[room]:3} modules → {used or 'nothing'}")


if __name__ == "__main__":
    main()
