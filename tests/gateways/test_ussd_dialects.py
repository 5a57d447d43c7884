import contextlib
import json
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.gateways.africastalking_ussd import AfricasTalkingUssd
from app.gateways.hubtel_ussd import HubtelUssd
from app.gateways.ussd import NEVER_TYPED, Dialled, Ended, Unreadable, read_form
from tests.gateways.fixtures import body_of, load, named

CODE = "*384*44135#"
HOPS = [name for name in named("ussd_") if not name.startswith("ussd_event")]
UNREADABLE = {"ussd_16_missing_session_id": "sessionId"}
africastalking, hubtel = AfricasTalkingUssd(CODE), HubtelUssd(CODE)


@pytest.mark.parametrize("name", [name for name in HOPS if name not in UNREADABLE])
def test_every_recorded_hop_is_read(name: str) -> None:
    fixture = load(name)
    form, expected = fixture["form"], fixture["expect"]
    text = form.get("text", "")
    parts = expected.get("segments", text.split("*") if text else [])
    dialled = ("1",) if name == "ussd_13_subcode_in_service_code" else ()
    phone = expected.get("normalised_phone", form["phoneNumber"])
    assert africastalking.read(body_of(fixture)) == Dialled(
        form["sessionId"], phone, tuple(parts), dialled, network=form.get("networkCode", "")
    )


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_hop_without_what_it_needs_names_the_field(name: str) -> None:
    with pytest.raises(Unreadable, match=UNREADABLE[name]):
        africastalking.read(body_of(load(name)))


def test_a_hop_without_a_number_names_the_field() -> None:
    with pytest.raises(Unreadable, match="phoneNumber"):
        africastalking.read(b"sessionId=a&text=1&phoneNumber=")


def test_a_sub_code_means_the_same_wherever_the_gateway_puts_it() -> None:
    in_text, in_code = (africastalking.read(body_of(load(name))) for name in (HOPS[10], HOPS[11]))
    assert "text" in HOPS[10]
    assert "service_code" in HOPS[11]
    assert (in_text.parts, in_text.dialled) == (in_code.dialled, in_code.parts) == (("1",), ())


@pytest.mark.parametrize(
    ("code", "text", "dialled", "parts"),
    [
        ("*384*44135*1*2%23", "2468*9", ("1", "2"), ("2468", "9")),
        ("*384*44135*%23", "", (), ()),
        ("384*44135*3%23", "", ("3",), ()),
        ("*384*44135%23", "*384*44135%23", (), ()),
        ("*384*44135%23", "*384*44135*3%23", ("3",), ()),
        ("*384*44135%23", "*384*44135*3%23*2", ("3",), ("2",)),
        ("*384*44135%23", "384*44135", (), ("384", "44135")),
        ("*999%23", "3", (), ("3",)),
    ],
)
def test_what_was_dialled_is_told_from_what_was_typed(
    code: str, text: str, dialled: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    asked = africastalking.read(f"sessionId=a&phoneNumber=%2B221771234567&serviceCode={code}&text={text}".encode())
    assert (asked.dialled, asked.parts) == (dialled, parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1**2", ("1", "", "2")),
        ("*", ("", "")),
        ("%FF*1", ("\ufffd", "1")),
        ("caf%C3%A9+cr%C3%A8me", ("café crème",)),
        ("a%26b%2Bc", ("a&b+c",)),
        ("%00", ("\ufffd",)),
    ],
)
def test_odd_entries_arrive_as_they_are(text: str, parts: tuple[str, ...]) -> None:
    assert africastalking.read(f"sessionId=a&phoneNumber=221771234567&text={text}".encode()).parts == parts


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"&".join(b"a=%d" % n for n in range(50)), b"{}", b"=&=&;"])
def test_what_is_no_form_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        africastalking.read(body)


def test_the_first_of_two_fields_of_one_name_counts() -> None:
    assert africastalking.read(b"sessionId=a&phoneNumber=221771234567&text=1&text=2").parts == ("1",)


@pytest.mark.parametrize(("more", "body"), [(True, "CON À payer".encode()), (False, "END À payer".encode())])
def test_an_answer_begins_with_its_prefix(more: bool, body: bytes) -> None:
    assert africastalking.write("À payer", more, b"") == (body, "text/plain; charset=utf-8")


def _hop(**fields: object) -> bytes:
    usual = {
        "Type": "Response",
        "Mobile": "221771234567",
        "SessionId": "3c796dac",
        "ServiceCode": CODE,
        "Message": "1",
        "Operator": "orange",
        "Sequence": 2,
        "ClientState": "",
    }
    return json.dumps(usual | fields).encode()


@pytest.mark.parametrize(
    ("fields", "turn", "dialled", "parts"),
    [
        ({"Type": "Initiation", "Message": CODE, "Sequence": 1}, 0, (), ()),
        ({"Type": "Initiation", "Message": "*384*44135*#", "Sequence": 1}, 0, (), ()),
        ({"Type": "Initiation", "Message": "*384*44135*1*2#", "Sequence": 1}, 0, ("1", "2"), ()),
        ({"Type": " INITIATION", "Message": CODE, "Sequence": 6}, 0, (), ()),
        ({"Type": "Initiation", "Message": "*384*44135*3#", "Sequence": None}, 0, ("3",), ()),
        ({"Type": "Initiation", "Message": CODE, "Sequence": 0}, 0, (), ()),
        ({}, 1, (), ("1",)),
        ({"Message": "12*5", "Sequence": 4}, 3, (), ("12*5",)),
        ({"Sequence": " 4 "}, 3, (), ("1",)),
        ({"Sequence": 4.0}, 3, (), ("1",)),
        ({"Message": "12*5", "Sequence": "4"}, 3, (), ("12*5",)),
        ({"Message": ""}, 1, (), ("",)),
        ({"Message": None}, 1, (), ("",)),
        ({"Message": 0}, 1, (), ("0",)),
    ],
)
def test_a_hop_of_the_other_dialect_is_its_last_entry_and_its_number(
    fields: dict[str, object], turn: int, dialled: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert hubtel.read(_hop(**fields)) == Dialled("3c796dac", "+221771234567", parts, dialled, turn=turn, network="orange")


@pytest.mark.parametrize("kind", ["Release", "Timeout", "TIMEOUT", "Abort", "Cancelled", "HijackSession", "release ", ""])
def test_the_end_of_a_session_is_no_hop(kind: str) -> None:
    assert hubtel.read(_hop(Type=kind)) == Ended("3c796dac", kind)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (_hop(SessionId=""), "SessionId"),
        (_hop(Mobile=None), "Mobile"),
        (_hop(Sequence=0), "Sequence"),
        (_hop(Sequence="two"), "Sequence"),
        (b"sessionId=a", "JSON"),
        (b"[1]", "JSON"),
        (b'{"SessionId": "\xff"}', "JSON"),
    ],
)
def test_what_the_other_dialect_needs_is_named(body: bytes, field: str) -> None:
    with pytest.raises(Unreadable, match=field):
        hubtel.read(body)


def test_an_answer_of_the_other_dialect_says_whether_more_is_wanted() -> None:
    asked = (json.loads(hubtel.write("Merci", more, b"")[0])["Type"] for more in (True, False))
    assert list(asked) == ["Response", "Release"]


@given(st.one_of(st.text("ab=&%+2é7;*# ", max_size=30).map(str.encode), st.binary(max_size=30)))
def test_a_form_is_read_as_the_standard_library_reads_it(body: bytes) -> None:
    fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    assert read_form(body) == {name: value.translate(NEVER_TYPED) for name, value in reversed(fields)}


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"sessionId=a&phoneNumber=7&text={quote(text)}".encode()))
def test_any_bytes_are_a_hop_or_unreadable(body: bytes) -> None:
    for gateway in (africastalking, hubtel):
        with contextlib.suppress(Unreadable):
            gateway.read(body)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="*"), max_size=12), min_size=1, max_size=6)
)
def test_entries_come_out_as_they_went_in(entries: list[str]) -> None:
    assume(entries != [""])
    body = urlencode({"sessionId": "a", "phoneNumber": "+221771234567", "text": "*".join(entries)})
    assert africastalking.read(body.encode()).parts == tuple(entries)
