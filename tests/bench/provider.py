"""A provider that does nothing but answer: `python -m tests.bench.provider PORT SECONDS`. GET gives what it has taken, as JSON."""

import asyncio
import json
import sys
import time
from urllib.parse import unquote_plus

HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Provider(asyncio.Protocol):
    """Answers as Africa's Talking does, after a while; codes are noted with the instant at which they came."""

    taken, codes, wait = 0, dict[str, float](), 0.0

    def __init__(self) -> None:
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, given: bytes) -> None:
        self._got += given
        head, end, body = self._got.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        if not end or len(body) < length:
            return
        self._got = body[length:]
        answer = self._taken(body[:length].decode()) if head.startswith(b"POST") else json.dumps([self.taken, self.codes])
        whole = HEAD % (len(answer), answer.encode())
        if self.wait and length:
            asyncio.get_running_loop().call_later(self.wait, self._transport.write, whole)  # type: ignore[attr-defined]
        else:
            self._transport.write(whole)  # type: ignore[attr-defined]

    def _taken(self, form: str) -> str:
        fields = dict(pair.split("=", 1) for pair in form.split("&"))
        numbers, text = unquote_plus(fields["to"]).split(","), fields["message"]
        if text.startswith("code"):
            Provider.codes[text] = time.time()
        first = Provider.taken
        Provider.taken += len(numbers)
        rows = ",".join(
            f'{{"cost":"XOF 20.0000","messageId":"ATXid_{first + i:032x}","number":"{n}","status":"Success","statusCode":101}}'
            for i, n in enumerate(numbers)
        )
        return f'{{"SMSMessageData":{{"Message":"Sent to {len(numbers)}/{len(numbers)}","Recipients":[{rows}]}}}}'


async def serve(port: int, wait: float) -> None:
    Provider.wait = wait
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
