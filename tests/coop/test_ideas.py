"""Ideas: what words are let in, one member one voice, who may score, and what a round keeps."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.coop import foundation
from app.coop.ideas import queries, rounds, services, voices
from app.coop.ideas.models import Idea, IdeaVoice
from app.coop.products.models import CooperativeProduct, Product
from app.coop.rights import Office
from app.public_words import BadWords, read_public
from app.sms.models import Message
from tests import sample_boutiques, sample_declarations
from tests.acts import by, own
from tests.sample_boutiques import COLLEAGUE, FEDERATION

SECRETARY = sample_declarations.CLERK
NEIGHBOUR = Office(302, "president", 2)


@pytest.fixture
def staffed(database, clock):
    sample_declarations.staffed(database)
    sample_declarations.women(database, 4)
    sample_boutiques.federation(database, clock())
    sample_boutiques.neighbours(database)
    return database


@pytest.fixture
def published(staffed, clock):
    """Give two ideas that can be supported, by members 201 and 202."""
    with staffed.transaction() as session:
        for number, (member, words) in enumerate(((201, "Elever des huitres"), (202, "Secher les mangues")), 1):
            services.propose(session, own(member, f"idea:{number}", clock()), words)
            services.publish(session, by(SECRETARY, f"publish:{number}", clock()), number)
    return staffed


def support(database, member, idea, now, *, by_pin=True):
    with database.transaction() as session:
        return voices.support(session, own(member, f"voice:{member}", now), idea, by_pin=by_pin)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  élever   des huîtres ! ", "élever des huitres"),
        ("Farine de mil à 2 F", "Farine de mil à 2 F"),
        ("😀", None),
        ("?!", None),
        ("", None),
        ("Appelez le 77 123 45 67", None),
        ("a" * 49, None),
    ],
)
def test_words_are_kept_as_every_phone_shows_them_or_refused_with_the_reason(typed, kept):
    if kept is None:
        with pytest.raises(BadWords, match=r"\w"):
            read_public(typed)
    else:
        assert read_public(typed) == kept


def test_the_same_words_within_half_an_hour_are_the_first_idea(staffed, clock):
    with staffed.transaction() as session:
        first, new = services.propose(session, own(201, "a", clock()), "Elever des huitres")
        again, known = services.propose(session, own(201, "b", clock.forward(minutes=29)), "élever des huîtres")
        assert (new, known, again.id) == (True, False, first.id)
        assert services.propose(session, own(202, "c", clock()), "Elever des huitres")[1]


def test_three_ideas_of_a_member_may_wait(staffed, clock):
    with staffed.transaction() as session:
        for number in range(3):
            services.propose(session, own(201, f"{number}", clock()), f"Idee numero {number}")
        with pytest.raises(services.TooManyIdeas):
            services.propose(session, own(201, "4", clock()), "Encore une")


def test_nobody_reads_their_own_idea_nor_anothers_co_operatives(staffed, clock):
    with staffed.transaction() as session:
        services.propose(session, own(101, "hers", clock()), "Elever des huitres")
        for office in (SECRETARY, NEIGHBOUR):
            with pytest.raises(services.IdeaNotOpen):
                services.publish(session, by(office, f"{office.person_id}", clock()), 1)
        assert services.publish(session, by(Office(102, "president", 1), "other", clock()), 1).state == "open"


def test_an_idea_is_merged_only_with_one_that_stands_and_keeps_its_words(published, clock):
    with published.transaction() as session:
        row, _ = services.propose(session, own(203, "third", clock()), "Des huitres ici")
        with pytest.raises(services.IdeaNotOpen):
            services.merge(session, by(SECRETARY, "self", clock()), row.id, row.id)
        merged = services.merge(session, by(SECRETARY, "merge", clock()), row.id, 1)
        assert (merged.state, merged.into_id, merged.words) == ("merged", 1, "Des huitres ici")


def test_a_member_has_one_voice_that_moves_until_the_end(published, clock):
    assert support(published, 203, 1, clock()) == voices.Voices(1, 0)
    assert support(published, 203, 1, clock()) == voices.Voices(1, 0)
    assert support(published, 203, 2, clock()) == voices.Voices(1, 0, moved_from=1)
    with published.transaction() as session:
        assert voices.withdraw(session, own(203, "back", clock())) == 2
        with pytest.raises(services.IdeaNotOpen):
            voices.withdraw(session, own(203, "twice", clock()))
    with pytest.raises(services.IdeaNotOpen):
        support(published, 203, 1, clock.forward(days=30))


def test_a_voice_by_sms_is_apart_until_the_pin_has_seen_it_and_moves_no_voice_of_the_pin(published, clock):
    assert support(published, 203, 1, clock(), by_pin=False) == voices.Voices(0, 1)
    assert support(published, 203, 2, clock(), by_pin=False) == voices.Voices(0, 1, moved_from=1)
    assert support(published, 203, 2, clock()) == voices.Voices(1, 0)
    assert support(published, 203, 2, clock(), by_pin=False) == voices.Voices(1, 0)
    with pytest.raises(voices.VoiceByPin):
        support(published, 203, 1, clock(), by_pin=False)


@pytest.mark.parametrize("member", [4, 5, 6])
def test_who_is_not_active_neither_proposes_nor_supports(published, clock, member):
    with pytest.raises(services.NoMembersIdea):
        support(published, member, 1, clock())


def test_who_has_an_interest_does_not_score(published, clock):
    support(published, 302, 2, clock())
    with published.transaction() as session:
        for office, idea in ((Office(102, "president", 1), 1), (NEIGHBOUR, 2)):
            with pytest.raises(voices.Interested):
                voices.score(session, by(office, "score", clock()), idea, "55555")
        assert voices.score(session, by(NEIGHBOUR, "score", clock()), 1, "54321") == 15
        assert voices.score(session, by(NEIGHBOUR, "again", clock()), 1, "54320") == 14
        with pytest.raises(voices.IdeaScored):
            voices.support(session, own(302, "after", clock()), 1, by_pin=True)
        for bad in ("5555", "555556", "55556", "abcde", "-1234", ""):
            with pytest.raises(voices.BadPoints):
                voices.score(session, by(FEDERATION, "bad", clock()), 1, bad)
    with published.read() as reader:
        assert queries.scores_of(reader, 1) == [queries.GivenScore("president", "CPS2", (5, 4, 3, 2, 0))]


def test_a_round_keeps_the_best_that_two_have_scored_and_tells_all_who_spoke_once(published, clock):
    support(published, 203, 1, clock())
    support(published, 204, 2, clock(), by_pin=False)
    with published.transaction() as session:
        for office in (FEDERATION, COLLEAGUE):
            voices.score(session, by(office, f"score:{office.person_id}", clock()), 1, "44444")
        voices.score(session, by(FEDERATION, "one", clock()), 2, "55555")
    clock.forward(days=45)
    for now in (clock(), clock.forward(hours=1)):
        with published.transaction() as session:
            rounds.close_rounds(session, now)
            rounds.tell_supporters(session, now)
    with published.read() as reader:
        assert {one.id: one.state for one in queries.shown(reader)} == {1: "shortlisted", 2: "not_kept"}
        told = reader.execute(select(Message.to_number, Message.text).where(Message.purpose == "notice")).all()
    assert sorted((row.to_number[-3:], "est retenue" in row.text) for row in told) == [
        ("201", True), ("202", False), ("203", True), ("204", False),
    ]  # fmt: skip


def test_nobody_is_told_at_night(published, clock):
    support(published, 203, 1, clock())
    night = (clock() + timedelta(days=46)).replace(hour=23)
    with published.transaction() as session:
        rounds.close_rounds(session, night)
        rounds.tell_supporters(session, night)
        assert session.scalar(select(func.count()).where(IdeaVoice.told_at.is_not(None))) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_kept_idea_becomes_a_product_of_its_co_operative_once(published, clock):
    with published.transaction() as session:
        for office in (FEDERATION, COLLEAGUE):
            voices.score(session, by(office, f"score:{office.person_id}", clock()), 1, "44444")
        rounds.close_rounds(session, clock.forward(days=45))
        for act in (by(SECRETARY, "no", clock()), by(FEDERATION, "yes", clock()), by(FEDERATION, "twice", clock())):
            try:
                with session.begin_nested():
                    foundation.realise_idea(session, act, 1, "Huitre", "kg")
            except services.IdeaNotOpen:
                assert act.operation != "yes"
        idea = session.get_one(Idea, 1)
        product = session.get_one(Product, idea.product_id)
        assert (idea.state, idea.words, product.name, product.divisible) == ("accepted", "Elever des huitres", "Huitre", True)
        assert session.scalar(select(CooperativeProduct.slot).where(CooperativeProduct.product_id == product.id)) == 4


def test_a_round_has_its_dates_in_order_and_is_the_only_one(staffed, clock):
    now = clock()
    with staffed.transaction() as session:
        with pytest.raises(rounds.RoundOpen):
            sample_boutiques.begin(session, now)
        rounds.close_rounds(session, clock.forward(days=45))
        for support_until, score_until in ((now, clock()), (clock() + timedelta(2), clock() + timedelta(1))):
            with pytest.raises(rounds.RoundOpen):
                rounds.begin_round(session, support_until=support_until, score_until=score_until, now=clock())
        assert sample_boutiques.begin(session, clock()).id == 2


def test_of_two_rounds_that_are_opened_at_once_one_is(postgres_database, clock):
    database = sample_declarations.staffed(postgres_database)

    def begin():
        with database.transaction() as session:
            sample_boutiques.begin(session, clock())

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            sample_boutiques.begin(session, clock())
            second = pool.submit(begin)
            assert wait([second], 0.5).not_done, "it waits for the first one's end"
        with pytest.raises(rounds.RoundOpen):
            second.result(30)
