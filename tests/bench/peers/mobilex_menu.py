"""Three hops on mobilex."""

import os
from functools import partial
from urllib.parse import parse_qs

from mobilex import App
from mobilex.cache.redis import RedisCache
from mobilex.core import Request
from mobilex.screens import END, Action, Screen

engine = App(session_backend=partial(RedisCache, location=f"redis://127.0.0.1:{os.environ['STORE_PORT']}"))


@engine.entry_screen("home")
class Home(Screen):
    actions = (Action("Declarer", key="1", screen="kilos"),)
    nav_actions = ()

    def render(self) -> None:
        self.print("Jappoo")


@engine.screen("kilos")
class Kilos(Screen):
    nav_actions = ()

    async def __call__(self, request: Request, input: str | None = None) -> str:  # noqa: A002 - the engine's own name
        """Take a number instead of a choice: the engine has no question."""
        if input and input.isnumeric():
            return f"{END} Note: {input} kg"
        said: str = await super().__call__(request, None)
        return said

    def render(self) -> None:
        self.print("Combien de kilos ?")


async def app(scope, receive, send):  # type: ignore[no-untyped-def]
    """Answer a hop of Africa's Talking."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    hop = Request(form["phoneNumber"], session_id=form["sessionId"], service_code=form["serviceCode"], ussd_string=form["text"])
    said = str(await engine(hop)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(said)).encode())]})
    await send({"type": "http.response.body", "body": said})
