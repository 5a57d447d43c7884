"""What broadcasts are bound to, from the settings: the same for those who estimate and those who send."""

from app.sms.broadcasts.terms import Terms
from config.settings import Settings, quiet_hours


def terms_of(settings: Settings) -> Terms:
    """Return the terms of all broadcasts."""
    return Terms(
        rate=settings.sms_rate,
        daily_budget=settings.sms_daily_budget,
        quiet=quiet_hours(settings.quiet_hours),
        zone=settings.zone,
        a_day=settings.sms_broadcasts_a_day,
    )
