"""What is wrong with seats: more given than there are is no fault (seats may be lowered), an offer without its end is."""

from sqlalchemy import Connection, select

from app.coop.subject import MOST_NAMED
from app.coop.training.models import Certificate, TrainingApplication


def unsupported(reader: Connection) -> list[str]:
    """Name who is certified without a certificate, and certificates of who isn't."""
    given = select(Certificate.application_id)
    alone = select(TrainingApplication.id).where(TrainingApplication.state == "certified", TrainingApplication.id.not_in(given))
    certified = select(TrainingApplication.id).where(TrainingApplication.state == "certified")
    loose = select(Certificate.number).where(Certificate.application_id.not_in(certified))
    return [
        *(
            f"training application {number} is certified without a certificate"
            for number in reader.scalars(alone.limit(MOST_NAMED))
        ),
        *(f"certificate {number} is of nobody who is certified" for number in reader.scalars(loose.limit(MOST_NAMED))),
    ]
