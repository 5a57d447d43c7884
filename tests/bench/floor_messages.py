"""The floors of messages: the same rows and the same requests, by hand, and nothing else."""

import sys
import threading
from queue import Empty, SimpleQueue

import psycopg
import requests

SHARED = "Jappoo: réunion demain à 9h au siège. Venez avec votre carnet."
INSERT = """
WITH made AS (
    INSERT INTO sms_messages (cause, to_number, purpose, lane, language, text, alphabet, parts, price, state, rank, attempts,
                              next_at, expires_at, created_at, changed_at)
    SELECT %(cause)s, '+22177' || lpad(n::text, 7, '0'), 'broadcast', 'bulk', 'fr',
           %(text)s || CASE WHEN %(own)s THEN n::text ELSE '' END,
           'GSM-7', 1, 20, 'queued', 0, 0, now(), now() + interval '1 day', now(), now()
    FROM generate_series(%(first)s::int, %(last)s::int) AS n RETURNING id)
INSERT INTO sms_state_changes (message_id, state, at) SELECT id, 'queued', now() FROM made"""
SETTLE = """
WITH moved AS (
    UPDATE sms_messages AS m SET state = 'accepted', rank = 30, provider = 'africastalking', provider_id = v.theirs, cost = v.cost,
                                 changed_at = now()
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(id, theirs, cost) WHERE m.id = v.id AND m.rank < 30 RETURNING m.id)
INSERT INTO sms_state_changes (message_id, state, at) SELECT id, 'accepted', now() FROM moved"""


def expand(connection: psycopg.Connection, cause: str, count: int, *, own: bool) -> None:
    """Write the rows of a broadcast, five thousand a transaction."""
    for first in range(1, count + 1, 5000):
        given = {"cause": cause, "text": SHARED, "own": own, "first": first, "last": min(count, first + 4999)}
        connection.execute(INSERT, given)


def shared(url: str, port: int, cause: str, count: int) -> None:
    """Expand, send a hundred a request, settle each."""
    with psycopg.connect(url, autocommit=True) as connection, requests.Session() as session:
        expand(connection, cause, count, own=False)
        rows = connection.execute("SELECT id, to_number FROM sms_messages WHERE cause = %s ORDER BY id", [cause]).fetchall()
        for first in range(0, count, 100):
            some = rows[first : first + 100]
            answer = ask(session, port, SHARED, ",".join(number for _, number in some))
            theirs = answer["SMSMessageData"]["Recipients"]
            ids = [message for message, _ in some]
            connection.execute(SETTLE, [ids, [one["messageId"] for one in theirs], [one["cost"] for one in theirs]])


def own(port: int, count: int, threads: int) -> None:
    """Send one number a request with `requests`, from many threads; no rows at all."""
    left = SimpleQueue[int]()
    for number in range(count):
        left.put(number)

    def run() -> None:
        with requests.Session() as session:
            while True:
                try:
                    number = left.get_nowait()
                except Empty:
                    return
                ask(session, port, f"{SHARED}{number}", f"+22177{number:07}")

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def ask(session: requests.Session, port: int, text: str, to: str) -> dict:
    form = {"username": "sandbox", "to": to, "message": text, "bulkSMSMode": "1", "enqueue": "1"}
    headers = {"apiKey": "key", "Accept": "application/json"}
    return session.post(f"http://127.0.0.1:{port}/version1/messaging", data=form, headers=headers, timeout=10).json()


if __name__ == "__main__":
    if sys.argv[1] == "shared":
        shared(sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    else:
        own(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
