"""Where there is no page, a person reads a sentence in French with a way home; a gateway reads one line."""

import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nulle-part", 404, "Cette page n'existe pas"),
        ("GET", "/sign-in/nulle-part", 404, "Cette page n'existe pas"),
        ("GET", "/trainings/nulle/part", 404, "Cette page n'existe pas"),
        ("GET", "/sign-out", 405, "ne s'ouvre pas ainsi"),
        ("DELETE", "/sign-in", 405, "ne s'ouvre pas ainsi"),
    ],
)
def test_a_page_that_is_not_there_is_said_with_a_way_home(client, method, path, status, says):
    answer = client.open(path, method=method, headers=BROWSER)
    page = answer.get_data(as_text=True).replace("&#39;", "'")
    assert (answer.status_code, says in page, 'href="/"' in page) == (status, True, True)
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/t/", 404), ("POST", "/t/L123", 405)])
def test_a_buyer_is_led_to_no_console(client, method, path, status):
    answer = client.open(path, method=method, headers=BROWSER)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "tiquette" in page, "/sign-in" in page or 'href="/"' in page) == (status, True, False)


def test_a_gateway_reads_one_line(client):
    answer = client.post("/at/wrong/ussd", data={"text": ""}, headers=BROWSER)
    assert (answer.status_code, answer.get_data(as_text=True)) == (404, "Not Found\n")
    answer = client.get("/nulle-part")
    assert answer.get_data(as_text=True) == "Not Found\n"
