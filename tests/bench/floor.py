"""The floors: what no service on this server, this Redis and this database could do less than."""

import redis
from flask import Flask, request
from sqlalchemy import create_engine, select

from app.coop.ledger.models import Account
from app.gateways.ussd import read_form
from app.ussd.redis_store import RedisStore
from config.redis import connect
from config.settings import Settings

ANSWER = "CON " + "m" * 156


def build(settings: Settings) -> Flask:
    """Return a bare application: `/floor` does one GET and one SET by redis-py; others have one SELECT besides, or two."""
    app = Flask("floor")
    client, store = redis.Redis.from_url(settings.sessions_url), RedisStore(connect(settings.sessions_url))
    engine = create_engine(settings.database_url, pool_size=settings.web_threads)

    @app.post("/floor")
    def floor() -> str:
        key = f"floor:{request.form['sessionId']}"
        client.get(key)
        client.set(key, ANSWER)
        return ANSWER

    def with_selects(count: int) -> str:
        key, member = f"floor:{request.form['sessionId']}", int(request.form["phoneNumber"][-7:])
        client.get(key)
        for _ in range(count):
            with engine.connect() as connection:
                connection.execute(select(Account.kind, Account.balance).where(Account.member_id == member)).all()
        client.set(key, ANSWER)
        return ANSWER

    app.post("/floor-select", endpoint="one")(lambda: with_selects(1))
    app.post("/floor-selects", endpoint="two")(lambda: with_selects(2))

    @app.post("/floor-thin")
    def thin() -> str:
        """Do what `/floor` does on the service's own thin client, its form read as the service reads it."""
        form = read_form(request.environ["wsgi.input"].read(int(request.environ["CONTENT_LENGTH"])))
        key = f"floor:{form['sessionId']}"
        store.command("GET", key)
        store.command("SET", key, ANSWER)
        return ANSWER

    return app
