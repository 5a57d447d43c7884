"""Three hops on anysd, as its page on PyPI builds them; its settings are in a file beside the environment."""

from anysd import FormFlow, NavigationController, NavigationMenu
from flask import Flask, request

questions = {
    "1": {"name": "KILOS", "menu": "Combien de kilos ?"},
    "2": {"name": "DONE", "menu": "END Note: {KILOS} kg"},
}


def check(current_step: int, last_input: str, **_: object) -> tuple[bool, None]:
    """Take any number of kilos."""
    return current_step != 1 or last_input.isnumeric(), None


home = NavigationMenu(name="Home", title="Jappoo", show_title=True)
declare = NavigationMenu(
    name="declare", title="Declarer", parent=home, next_form=FormFlow(form_questions=questions, step_validator=check)
)
app = Flask(__name__)


@app.post("/ussd")
def ussd() -> str:
    """Answer a hop of Africa's Talking."""
    hop = request.form
    said: str = NavigationController(home, hop["phoneNumber"], hop["sessionId"], hop["text"]).navigate()
    return said
