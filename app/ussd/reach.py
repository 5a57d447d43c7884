"""Which screens an entry leads to: how far each is from the first, and which can be seen without passing a guard."""

from collections import deque
from collections.abc import Iterator

from app.ussd.menu import WANTED, Menu, Screen


def distances(menu: Menu) -> dict[str, int]:
    """Return the fewest counted entries to each screen; a guarded screen counts as reached by the choice that wants it."""
    found, queue = {menu.start: 0, menu.trouble: 0}, deque([menu.start, menu.trouble])
    guarded = {screen.name for screen in menu.screens.values() if screen.guard}
    while queue:
        screen = menu.screens[queue.popleft()]
        ways = [way for way in _steps(menu, screen) if WANTED not in screen.targets().values() or way[0] not in guarded]
        if screen.guard:
            ways += [(name, 0) for name in menu.guards[screen.guard].values()]
        for name, cost in ways:
            if found[screen.name] + cost < found.get(name, 99):
                found[name] = found[screen.name] + cost
                queue.append(name)
    return found


def without_guard(menu: Menu) -> set[str]:
    """Return the screens that can be reached without passing a guarded one."""
    seen, queue = {menu.start, menu.trouble}, [menu.start, menu.trouble]
    while queue:
        screen = menu.screens[queue.pop()]
        if screen.guard:
            ways = set(menu.guards[screen.guard].values())
        else:
            ways = {target for target in screen.targets().values() if target != WANTED}
        for name in ways - seen:
            seen.add(name)
            queue.append(name)
    return {name for name in seen if not menu.screens[name].guard}


def _steps(menu: Menu, screen: Screen) -> Iterator[tuple[str, int]]:
    """Give the screens one entry further, with what the entry counts: guards and free screens ask for nothing that counts."""
    wanted = [other.name for other in menu.screens.values() if other.guard]
    for target in screen.targets().values():
        for name in wanted if target == WANTED else [target]:
            yield name, 0 if screen.free or target == WANTED else 1
    yield from ((name, 1) for name in screen.leads.values())
