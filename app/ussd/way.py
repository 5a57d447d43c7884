"""The way: the screens that led to the one shown, with what was kept on each; `0` goes back along it."""

from typing import Any

from app.ussd.carried import DONE
from app.ussd.session import Step


def keep(steps: list[Step], values: dict[str, Any]) -> None:
    """Keep values on the last screen; they take the place of what led on from it under the same names."""
    last = steps[-1]
    last.kept |= values
    last.led = {name: value for name, value in last.led.items() if name not in values}


def go_on(steps: list[Step], target: str, page: int = 0) -> list[Step]:
    """Return the way with a screen more, or back to it where it was on the way: what was kept since goes along.

    `page` is the one that was shown of the screen left.
    """
    at = _place(steps, target)
    if at is None:
        if steps:
            steps[-1].page = page
        return [*steps, Step(target)]
    before = steps[:at]
    if before:
        before[-1].led |= _values(steps[at:])
    return [*before, Step(target)]


def go_back(steps: list[Step]) -> list[Step]:
    """Return the way without its last screen; what was kept on the one before is gone, and what an act gave has been seen."""
    *before, last = steps[:-1]
    seen = not before or DONE in last.led
    return [*before, Step(last.screen, {}, {} if seen else last.led, last.page)]


def after_act(steps: list[Step], target: str, start: str) -> list[Step]:
    """Return the way behind the screen that an act leads to: what came before it, where the way came by it.

    Else `0` leads to where the act began, the first screen that kept something or led on with it; what was kept goes along,
    for the next screen may read it.
    """
    at = _place(steps, target)
    if at:
        return steps[:at]
    began = next((place for place, step in enumerate(steps) if (step.kept | step.led).keys() - {DONE}), None)
    base = Step(start) if began is None else Step(steps[began].screen, page=steps[began].page)
    base.led = _values(steps)
    return [*steps[: began or 0], base]


def without(step: Step, secrets: set[str]) -> Step:
    """Return a screen of the way as the next call may have it."""
    kept, led = ({name: value for name, value in of.items() if name not in secrets} for of in (step.kept, step.led))
    return Step(step.screen, kept, led, step.page)


def _place(steps: list[Step], target: str) -> int | None:
    return next((place for place, step in enumerate(steps) if step.screen == target), None)


def _values(steps: list[Step]) -> dict[str, Any]:
    return {name: value for step in steps for name, value in (step.kept | step.led).items()}
