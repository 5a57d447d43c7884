"""What must not leave is a row with its reason: consent, the loop guard, the frequency cap, the gateway's list."""

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from app.cli.sms import sms
from app.gateways.sms import Answer, MaybeSent, Refused
from app.sms import consents, doubts, refusals, reports
from app.sms.models import StateChange
from app.sms.purposes import PURPOSES
from tests.sms.conftest import AWA, FATOU
from tests.sms.test_reports import report

STOPPABLE = {"notice": "notices", "report": "notices", "broadcast": "broadcasts", "urgent": "urgent"}


def agree(post, purposes, given, phone=AWA):
    with post.database.transaction() as session:
        rows = [
            {"phone": phone, "purpose": one, "given": given, "at": post.clock(), "channel": "sms", "notice": ""} for one in purposes
        ]
        session.execute(insert(consents.CONSENTS), rows)


def said(post):
    return [(message.state, message.reason) for message in post.all()]


def wanted(post, phone=AWA):
    with post.database.read() as reader:
        return [purpose for purpose in dict.fromkeys(STOPPABLE.values()) if reader.scalar(select(consents.wants(phone, purpose)))]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_stop_holds_back_what_needs_consent_and_nothing_else(post, purpose):
    agree(post, STOPPABLE.values(), False)
    post.put("a", purpose=purpose)
    post.put("a", purpose=purpose, to=FATOU)
    mine, other = said(post)
    assert mine == (("refused", "stopped") if purpose in STOPPABLE else ("queued", None))
    assert other == ("queued", None)


@pytest.mark.parametrize(("purpose", "consent"), STOPPABLE.items())
def test_consent_is_by_purpose_and_its_newest_row_counts(post, purpose, consent):
    agree(post, set(STOPPABLE.values()) - {consent}, False)
    post.put("other purposes stopped", purpose=purpose)
    agree(post, [consent], False)
    post.put("stopped", purpose=purpose)
    agree(post, [consent], True)
    post.put("given back", purpose=purpose)
    assert [state for state, _ in said(post)] == ["queued", "refused", "queued"]


def test_what_is_refused_never_leaves_and_says_when_and_why(post):
    agree(post, ["notices"], False)
    message = post.put("a", purpose="notice")
    assert (post.send("notice"), post.gateway.requests) == (0, [])
    assert post.put("a", purpose="notice") is None
    with post.database.read() as reader:
        changes = reader.execute(
            select(StateChange.state, StateChange.reason, StateChange.at).where(StateChange.message_id == message)
        )
        assert [tuple(row) for row in changes] == [("refused", "stopped", post.clock())]


def test_what_is_tried_again_after_a_stop_does_not_leave(post):
    post.put("a", purpose="notice")
    post.gateway.during = lambda: agree(post, ["notices"], False)
    post.gateway.answers = [Answer(refused={AWA: Refused(500, "")})]
    post.send("notice")
    assert said(post) == [("refused", "stopped")]


def test_what_is_ordered_again_after_a_stop_leaves_only_to_the_others(post):
    post.put("a", purpose="notice"), post.put("a", to=FATOU, purpose="notice")
    post.gateway.answers = [MaybeSent("cut")]
    post.send("notice")
    agree(post, ["notices"], False)
    with post.database.transaction() as session:
        found = doubts.doubted(session)
        assert doubts.order_again(session, [1, 2], doubts.code_of(found, b"key"), b"key", now=post.clock()) == 1
    post.send("notice")
    assert post.gateway.requests[1:] == [("Jappoo: bonjour", [FATOU])]
    assert said(post) == [("maybe", "no answer"), ("accepted", None)]


@pytest.mark.parametrize("number", ["21512", "JAPPOO", "AFRICASTKNG", "+12345", "Orange 221", ""])
@pytest.mark.parametrize("purpose", ["code", "answer"])
def test_short_numbers_and_names_are_machines(post, number, purpose):
    post.put("a", to=number, purpose=purpose)
    assert said(post) == [("refused", "not a person's number")]


def test_the_same_answer_goes_out_twenty_times_in_ten_minutes_and_sixty_a_day(post):
    for number in range(22):
        post.put(f"soon {number}", text="Prix du jour")
    post.put("other words", text="autre")
    post.put("other number", text="Prix du jour", to=FATOU)
    assert [reason for _, reason in said(post)] == [None] * 20 + ["same text again"] * 2 + [None] * 2
    for number in range(42):
        post.wait(minutes=11)
        post.put(f"later {number}", text="Prix du jour")
    assert [reason for _, reason in said(post)][24:] == [None] * 40 + ["same text again"] * 2
    post.wait(hours=24)
    post.put("tomorrow", text="Prix du jour")
    assert said(post)[-1] == ("queued", None)


@pytest.mark.parametrize("purpose", ["code", "security", "receipt", "alarm"])
def test_codes_security_and_receipts_are_never_too_many(post, purpose):
    for number in range(25):
        post.put(str(number), purpose=purpose)
    assert set(said(post)) == {("queued", None)}


def test_ten_notices_a_day_and_no_more(post):
    for number in range(12):
        post.put(f"notice {number}", purpose="notice", text=f"avis {number}")
    post.put("answer", text="une réponse")
    assert [reason for _, reason in said(post)] == [None] * refusals.NOTICES + ["too many notices"] * 2 + [None]
    post.wait(hours=24, seconds=1)
    post.put("next day", purpose="notice", text="avis")
    assert said(post)[-1] == ("queued", None)


def test_the_gateways_refusal_of_a_number_is_its_stop_once(post):
    listed = Answer(refused={AWA: Refused(406, "UserInBlacklist")})
    for number in range(2):
        post.put(str(number), text=f"réponse {number}")
        post.gateway.answers = [listed]
        post.send()
    assert said(post) == [("refused", "opted out at the gateway")] * 2
    assert wanted(post) == ["urgent"]
    with post.database.read() as reader:
        assert [tuple(row) for row in reader.execute(select(consents.CONSENT.phone, consents.CONSENT.channel))] == [
            (AWA, "gateway")
        ] * 2
        assert consents.listed(reader) == consents.listed(reader, AWA) == [(AWA, post.clock())]
        assert consents.listed(reader, FATOU) == []


@pytest.mark.parametrize("reason", ["UserInBlackList", "UserInBlacklist"])
def test_a_report_that_names_the_gateways_list_is_its_stop(post, reason):
    post.put("a")
    post.send()
    with post.database.transaction() as session:
        reports.keep(session, "fake", post.all()[0].provider_id, "Rejected", AWA, reason, now=post.clock())
        reports.apply_new(session, now=post.clock())
    assert said(post) == [("refused", "opted out at the gateway")]
    assert wanted(post) == ["urgent"]


@pytest.mark.parametrize("number", ["", "0", "+2217700000120000000"])
def test_a_report_of_what_is_no_number_holds_up_no_other(post, number):
    post.put("a")
    post.send()
    assert report(post, "Failed", "unknown", number=number, reason="UserInBlacklist") == "parked"
    assert report(post, "Success", f"id-1-{AWA}") == "applied"
    with post.database.read() as reader:
        assert consents.listed(reader) == []


def test_a_start_gives_back_and_a_number_is_listed_until_the_gateway_takes_it_again(post):
    with post.database.transaction() as session:
        consents.opted_out(session, [AWA, FATOU], now=post.clock())
    agree(post, STOPPABLE.values(), True)
    assert len(wanted(post)) == 3
    post.wait(minutes=1)
    post.put("a", purpose="notice")
    with post.database.read() as reader:
        assert [number for number, _ in consents.listed(reader)] == [AWA, FATOU]
    post.send("notice")
    with post.database.read() as reader:
        assert [number for number, _ in consents.listed(reader)] == [FATOU]


def test_an_operator_reads_why_she_got_nothing(post, monkeypatch):
    agree(post, ["notices"], False)
    post.put("a", purpose="notice")
    post.wait(minutes=1)
    post.put("b", text="réponse")
    post.send()
    monkeypatch.setenv("DATABASE_URL", post.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("JAPPOO_ENV", "test")
    lines = CliRunner().invoke(sms, ["history", AWA.removeprefix("+221")]).stdout.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "2 answer 1 part",
        "2026-11-24T10:01:00 queued",
        "2026-11-24T10:01:00 accepted",
        "1 notice 1 part",
        "2026-11-24T10:00:00 refused: stopped",
    ]
    assert CliRunner().invoke(sms, ["history", FATOU, "--json"]).stdout == "[]\n"
