"""The floors: what no service on this server, this Redis and this database could do less than."""

import redis
from flask import Flask, request
from sqlalchemy import create_engine, select

from app.coop.ledger.models import Account
from config.settings import Settings

ANSWER = "CON " + "m" * 156


def build(settings: Settings) -> Flask:
    """Return a bare application: `/floor` does one GET and one SET by redis-py, `/floor-select` one SELECT besides."""
    app = Flask("floor")
    client = redis.Redis.from_url(settings.sessions_url)
    engine = create_engine(settings.database_url, pool_size=settings.web_threads)

    @app.post("/floor")
    def floor() -> str:
        key = f"floor:{request.form['sessionId']}"
        client.get(key)
        client.set(key, ANSWER)
        return ANSWER

    @app.post("/floor-select")
    def floor_select() -> str:
        key, member = f"floor:{request.form['sessionId']}", int(request.form["phoneNumber"][-7:])
        client.get(key)
        with engine.connect() as connection:
            connection.execute(select(Account.kind, Account.balance).where(Account.member_id == member)).all()
        client.set(key, ANSWER)
        return ANSWER

    return app
