"""Co-operatives as they begin, as others must know them."""

from app.coop.foundation import console
from app.coop.subject import Subject

subject = Subject(name="foundation", requests=console.KINDS)
