"""Members, as others must know them."""

from app.coop.members.models import CardAlias, Consent, Member, Number
from app.coop.subject import BY_HAND, Rows, Subject

AGREED = "it is the proof of what was agreed to"

subject = Subject(
    name="members",
    rows=(
        Rows(Member, "the other one departs", "a person without a name is left"),
        Rows(Number, BY_HAND, "the person's are released before"),
        Rows(CardAlias, BY_HAND, "a card is a number"),
        Rows(Consent, AGREED, AGREED),
    ),
)
