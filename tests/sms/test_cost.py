"""Both prices of a text, and why; the price of the day; what a provider said it took."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.sms import sms
from app.gateways.sms import Answer, Taken
from app.gsm7 import fits
from app.sms import prices, reports
from app.sms.cost import centimes, named, quote
from app.sms.policy import prepare
from tests.sms.conftest import AWA, FATOU

MARIE = "+221770000003"
LONG = "Réunion à l’école de Joal vendredi. Apportez la fenêtre. " * 3


@pytest.mark.parametrize(
    ("text", "recipients", "words"),
    [
        ("Bonjour", 1, "1 SMS, 20 F"),
        ("Bonjour", 1200, "1 SMS chacun, 24 000 F"),
        ("Être là", 10, "1 SMS chacun, 200 F, accents gardés"),
        (LONG, 100, "2 SMS chacun, 4 000 F. Tel que tapé: 3 SMS, 6 000 F, à cause de: apostrophe courbe, e circonflexe"),
        ("[" * 81, 1, "2 SMS, 40 F. Comptent double: ["),
        ("a" * 158 + "€", 1, "1 SMS, 20 F"),
        ("", 5, "0 SMS chacun, 0 F"),
    ],
)
def test_an_officer_reads_both_prices_and_why(text, recipients, words):
    found = quote(text, recipients, 20)
    assert found.words() == words
    assert fits(words)


def test_a_quote_has_the_figures_of_both_ways():
    found = quote("ê" * 71, 100, 20)
    assert (found.typed.size.parts, found.typed.francs, found.folded.size.parts, found.folded.francs) == (2, 4000, 1, 2000)
    assert (found.leaves, found.parts, found.francs, found.dear) == (found.folded, 100, 2000, ("ê",))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aé€ê’œŋ😀\u202f\u0301[\n", max_size=200), st.integers(0, 1000))
def test_a_quote_is_what_leaves_and_can_itself_be_sent_in_gsm7(text, recipients):
    found, leaving = quote(text, recipients, 20), prepare(text)
    francs = 20 * leaving.parts * recipients
    assert (found.leaves.text, found.leaves.size.parts, found.francs) == (leaving.text, leaving.parts, francs)
    assert found.folded.size.alphabet == "GSM-7"
    assert fits(found.words())


@pytest.mark.parametrize(
    ("characters", "names"),
    [
        ("ê", "e circonflexe"),
        ("êëçÀó", "e circonflexe, e tréma, c cédille et d'autres"),
        ("’‘«»", "apostrophe courbe, guillemets"),
        ("\u00a0\u202f", "espace spéciale"),
        ("\u200b\u0301", "signe invisible"),
        ("😀™", "émoji"),
        ("ŋɓ", "n à queue, b à crochet"),
        ("ع", "signe U+0639"),
    ],
)
def test_characters_have_names_that_are_not_dear_themselves(characters, names):
    assert named(characters) == names
    assert fits(names)


@pytest.mark.parametrize(
    ("cost", "found"),
    [
        ("XOF 12.5", 1250),
        ("XOF 12.5000", 1250),
        ("XOF 20", 2000),
        ("20 XOF", 2000),
        ("0", 0),
        ("0.0", 0),
        ("20", None),
        ("USD 0.0079", None),
        ("XOF", None),
        ("", None),
        ("None", None),
        ("XOF -5", None),
        ("XOF 1e9", None),
    ],
)
def test_only_xof_and_nothing_are_known_costs(cost, found):
    assert centimes(cost) == found


def test_a_message_has_the_price_of_its_day(post, clock):
    post.put("before")
    with post.database.transaction() as session:
        prices.add(session, 25, clock() + timedelta(hours=1), now=clock())
    post.put("still before")
    post.wait(hours=1)
    post.put("after", text="a" * 161)
    assert [message.price for message in post.all()] == [20, 20, 50]
    with post.database.read() as reader:
        assert [prices.part_price(reader, clock() + timedelta(hours=hours), 20) for hours in (-1, 0, 9)] == [20, 25, 25]


def test_a_price_is_never_edited_and_never_begins_in_the_past(sqlite_database, clock):
    def add(amount, from_at):
        with sqlite_database.transaction() as session:
            prices.add(session, amount, from_at, now=clock())

    add(25, clock())
    for amount, from_at in ((30, clock()), (30, clock() - timedelta(days=2)), (-1, clock() + timedelta(days=1))):
        with pytest.raises(prices.NotAPrice):
            add(amount, from_at)
    with sqlite_database.read() as reader:
        assert prices.table(reader) == [(clock(), 25)]


def test_an_operator_reads_and_adds_prices(sqlite_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(sqlite_database.engine.url))
    monkeypatch.setenv("JAPPOO_ENV", "test")
    ran = CliRunner().invoke
    assert ran(sms, ["price"]).stdout == "SMS_PART_PRICE       20 F a part\n"
    assert ran(sms, ["price", "22", "--from", "2099-12-01"]).stdout.endswith("2099-12-01T00:00     22 F a part\n")
    again = ran(sms, ["price", "23", "--from", "2099-12-01"])
    assert (again.exit_code, "none is ever changed" in again.stderr) == (1, True)
    assert ran(sms, ["price", "23", "--from", "demain"]).exit_code == 2
    assert "2099-12-02T05:00     23 F" in ran(sms, ["price", "23", "--from", "2099-12-02T07:00+02:00"]).stdout
    with sqlite_database.read() as reader:
        assert prices.table(reader)[:1] == [(datetime(2099, 12, 1, tzinfo=UTC), 22)]


def costs(post):
    return [(message.cost, message.actual_parts, message.actual_centimes) for message in post.all()]


def test_an_answer_corrects_the_estimate_where_it_says_what_it_cost(post):
    for to in (AWA, FATOU, MARIE):
        post.put("a", to=to)
    post.gateway.answers = [
        Answer({AWA: Taken("1", 101, "XOF 12.5", 2), FATOU: Taken("2", 101, "USD 0.0079"), MARIE: Taken("3", 101, "0")})
    ]
    post.send()
    assert costs(post) == [("XOF 12.5", 2, 1250), ("USD 0.0079", None, None), ("0", None, 0)]
    assert [message.price for message in post.all()] == [20] * 3


def test_a_report_corrects_it_too_and_only_where_it_says_more(post):
    post.put("a")
    post.send()
    told = [{"cost": "XOF 25.0000", "parts": 2}, {}, {"cost": "KES 1"}]
    for more, expected in zip(told, [("XOF 25.0000", 2, 2500)] * 2 + [("KES 1", 2, None)], strict=True):
        with post.database.transaction() as session:
            reports.keep(session, "fake", post.all()[0].provider_id, "Success", AWA, None, now=post.clock(), **more)
            reports.apply_new(session, now=post.clock())
        assert costs(post) == [expected]


def test_of_two_reports_applied_together_the_one_that_says_what_it_cost_counts(post):
    post.put("a")
    post.send()
    theirs = post.all()[0].provider_id
    with post.database.transaction() as session:
        for status, cost in (("Sent", "XOF 25"), ("Success", None)):
            reports.keep(session, "fake", theirs, status, AWA, None, now=post.clock(), cost=cost)
        reports.apply_new(session, now=post.clock())
    assert costs(post) == [("XOF 25", None, 2500)]
