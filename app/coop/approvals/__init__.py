"""Approval by several: it waits here for other officers, each gives their word by PIN, and with the last one it happens."""

from app.coop.approvals.models import Approval, ApprovalRule, ApprovalVote
from app.coop.approvals.services import (
    AlreadyAsked,
    ApprovalClosed,
    ApprovalDecided,
    Impossible,
    WaitingApproval,
    ask,
    decide,
    drop,
    open_count,
    waiting_count,
    waiting_for,
)

__all__ = [
    "AlreadyAsked",
    "Approval",
    "ApprovalClosed",
    "ApprovalDecided",
    "ApprovalRule",
    "ApprovalVote",
    "Impossible",
    "WaitingApproval",
    "ask",
    "decide",
    "drop",
    "open_count",
    "waiting_count",
    "waiting_for",
]
