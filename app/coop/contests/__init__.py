"""Contests: what a member says is wrong, with a number, a clock and an answer."""
