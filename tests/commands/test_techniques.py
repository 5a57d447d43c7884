"""`FICHE n`: a how-to in a series of SMS, each of one part, at the member's pace."""

import pytest

from app.coop.techniques.services import add_technique
from app.gsm7 import fold, measure
from tests.sample_cooperative import NOBODY

STEPS = "\n".join(f"Etape {number}: laver le poisson et le retourner prêt sur les claies." for number in range(1, 9))


@pytest.fixture
def taught(desk):
    with desk.database.transaction() as session:
        add_technique(session, "Keccax braisé", STEPS, 1)
    return desk


def test_a_series_says_all_and_names_the_next(taught):
    said, page, whole = taught.say("FICHE 1", NOBODY), 1, ""
    while True:
        assert measure(said).parts == 1
        assert f"({page}/" in said
        whole += said.split("): ")[1].split(" Suite")[0] + " "
        if "Suite" not in said:
            break
        page += 1
        assert said.endswith(f"Suite: FICHE 1 {page}")
        said = taught.say(f"fiche 1 {page}", NOBODY if page < 4 else "+221770000012")
    assert fold(" ".join(STEPS.split())) == fold(whole.strip())
    assert page == 5


@pytest.mark.parametrize(("text", "said"), [("FICHE", "envoyez FICHE"), ("FICHE 9", "pas de fiche"), ("FICHE 1 9", "pas de fiche")])
def test_what_there_is_not(taught, text, said):
    assert said in taught.say(text)
