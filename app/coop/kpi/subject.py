"""Figures, as others must know them."""

from app.coop.kpi import months, screens
from app.coop.subject import Subject, Sweep

subject = Subject(name="kpi", sweeps=(Sweep("figures", 30, months.gather), Sweep("old screen counts", 86_400, screens.forget)))
