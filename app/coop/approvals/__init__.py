"""Approval by several: it waits here for other officers, each gives their word by PIN, and with the last one it happens."""

from app.coop.approvals.deciding import (
    AlreadyAsked,
    Decided,
    Gone,
    Impossible,
    Waiting,
    ask,
    decide,
    drop,
    open_count,
    waiting_count,
    waiting_for,
)
from app.coop.approvals.models import Approval, ApprovalRule, ApprovalVote

__all__ = [
    "AlreadyAsked",
    "Approval",
    "ApprovalRule",
    "ApprovalVote",
    "Decided",
    "Gone",
    "Impossible",
    "Waiting",
    "ask",
    "decide",
    "drop",
    "open_count",
    "waiting_count",
    "waiting_for",
]
