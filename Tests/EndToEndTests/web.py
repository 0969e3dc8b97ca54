"""An outside client of the HTTP server: the standard library, and nothing of Osier's own."""

import http.client
import json

from process import DEADLINE


class Web:
    """Requests to one daemon's HTTP server, each on its own connection."""

    def __init__(self, daemon):
        self.address = daemon.endpoints["http"]
        self.host, port = self.address.rsplit(":", 1)
        self.port = int(port)

    def ask(self, method, path, body=None, headers=None):
        """Status code, headers and body of the answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def get(self, path):
        """The body of a page that must be there."""
        code, _, body = self.ask("GET", path)
        assert code == 200, f"{path}: {code} {body[:300]}"
        return body

    def json(self, path):
        return json.loads(self.get(path))

    def post(self, path, value):
        """Status code and JSON of the answer."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        code, headers, answer = self.ask(
            "POST", path, body, {"Content-Type": "application/json"})
        assert headers["Content-Type"] == "application/json"
        return code, json.loads(answer)

    def follow(self, path="/api/events", **headers):
        return Events(self, path, headers)


class Events:
    """A stream of server-sent events."""

    def __init__(self, web, path, headers):
        self.connection = http.client.HTTPConnection(web.host, web.port, timeout=DEADLINE)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.getheader("Content-Type") == "text/event-stream"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.connection.close()

    def next(self):
        """Identifier, topic and object of the next event; None at the end of the stream."""
        fields = {}
        while True:
            line = self.answer.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                return fields["id"], fields["event"], json.loads(fields["data"])
            else:
                fields = {}

    def until(self, condition):
        """Events up to and with the first for which `condition(topic, object)`."""
        seen = []
        while True:
            event = self.next()
            assert event is not None, f"the stream ended after {len(seen)} events"
            seen.append(event)
            if condition(*event[1:]):
                return seen
