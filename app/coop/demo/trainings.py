"""Trainings and a job that the demo begins with: ids are given, for people name them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.coop.jobs.models import Job
from app.coop.training.models import Training


def seed_trainings(to: Connection, day: datetime) -> None:
    """Open a short training of twenty seats, and one with a single seat; and a job."""
    first = (day + timedelta(days=14)).date()
    later = first + timedelta(days=14)
    common = {"min_age": 16, "max_age": 60, "place": "Joal-Fadiouth"}
    rows: list[dict[str, Any]] = [
        {"id": 1, "title": "Hygiène du poisson", "seats": 20, "starts_on": first, "ends_on": first + timedelta(days=1)} | common,
        {"id": 2, "title": "Moteur hors-bord", "seats": 1, "starts_on": later, "ends_on": later} | common,
    ]
    to.execute(insert(Training), [row | {"apply_until": row["starts_on"] - timedelta(days=1)} for row in rows])
    job = {"id": 1, "company": "Chantier naval", "trade": "Soudeur", "place": "Mbour", "places": 2, "until": later}
    to.execute(insert(Job), [job])
    if to.dialect.name == "postgresql":
        for name, last in (("trainings", len(rows)), ("jobs", 1)):
            to.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))
