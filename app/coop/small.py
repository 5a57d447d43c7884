"""From how many persons on a figure is told: one number, everywhere."""

SMALL = 5
"""A figure of fewer persons than this, but for none at all, would name somebody to who knows the place."""
