"""Members, as others must know them."""

from app.coop.members import missing_keys
from app.coop.members.models import CardAlias, Consent, FileLook, Member, NameKey, Number
from app.coop.subject import BY_HAND, Rows, Subject, Sweep

AGREED = "it is the proof of what was agreed to"
LOOKED = "who looked at whose file is written for good"

subject = Subject(
    name="members",
    checks=(missing_keys.check,),
    sweeps=(Sweep("names' keys", 86_400, missing_keys.mend),),
    rows=(
        Rows(Member, "the other one departs", "a person without a name is left"),
        Rows(Number, BY_HAND, "the person's are released before"),
        Rows(CardAlias, BY_HAND, "a card is a number"),
        Rows(Consent, AGREED, AGREED),
        Rows(NameKey, "it is of a person's name", "they are of the name that is left"),
        Rows(FileLook, LOOKED, LOOKED),
    ),
)
