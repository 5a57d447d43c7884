import pytest

from app import phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("77 123 45 67", "+221771234567"),
        ("771234567", "+221771234567"),
        ("+221771234567", "+221771234567"),
        ("00221 77-123.45.67", "+221771234567"),
        ("+33612345678", "+33612345678"),
        ("0000012", None),
        ("00000012", None),
        ("C0000012", None),
        ("77123456", None),
        ("7712345678", None),
        ("٧٧١٢٣٤٥٦٧", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, kept):
    assert phones.read(typed) == kept


@pytest.mark.parametrize(("phone", "shown"), [("+221771234567", "771234567"), ("+33612345678", "+33612345678")])
def test_a_number_is_written_as_it_is_dialled_here_and_read_back(phone, shown):
    assert phones.write(phone) == shown
    assert phones.read(shown) == phone
