"""The HTTP server: metrics, health, the status and its events."""

import shutil
import socket
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from client import Client, receive_of
from conftest import stop_all
from process import DEADLINE, PLAIN, ROOT, Daemon, osier, settings, wait_for
from streams import plane, samples, teach, two_classes
from web import Web

HTTP = "http.address=127.0.0.1:0"


@pytest.fixture(scope="module")
def pair(context, tmp_path_factory):
    """A client and its daemon's HTTP server, shared by the tests of this module."""
    daemon = Daemon(tmp_path_factory.mktemp("http"), *PLAIN, HTTP)
    client = Client(context, daemon)
    teach(client)
    client.push({"x": [1], "y": "UP"})
    client.wait_for_status(lambda status: status["stream"]["rejected"] >= 1, "a refusal")
    client.predict({"x": [1, 2, 3]})
    yield client, Web(daemon)
    client.close()
    stop_all([daemon])


@pytest.fixture
def served(start, connect):
    """A client and the HTTP server of a daemon of its own."""
    def make(*pairs):
        daemon = start(HTTP, *pairs)
        return connect(daemon), Web(daemon)
    return make


def metrics(web):
    """Values by name and labels, as the official parser reads them."""
    text = web.get("/metrics").decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): (sample.value, family.type)
        for family in text_string_to_metric_families(text) for sample in family.samples
    }


def value(found, name, **labels):
    return found[name, tuple(sorted(labels.items()))][0]


class TestServer:
    def test_it_is_off_unless_configured(self, start):
        assert start().endpoints["http"] is None

    def test_a_free_port_is_reported(self, pair):
        host, port = pair[0].daemon.endpoints["http"].rsplit(":", 1)
        assert host == "127.0.0.1" and int(port) > 0

    @pytest.mark.parametrize("address", ["0.0.0.0:0", "*:0", "[::]:0"])
    def test_other_machines_are_let_in_only_in_words(self, address):
        check = ("serve", "--check", *settings(f"http.address={address}"))
        refused = osier(*check)
        assert refused.returncode == 78
        assert "http.address" in refused.stderr
        assert "security.allow_plaintext" in refused.stderr
        assert osier(*check, *settings("security.allow_plaintext=true")).returncode == 0

    def test_a_port_that_is_taken_is_named(self, tmp_path):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = f"127.0.0.1:{other.getsockname()[1]}"
            free = [f"sockets.{name}=tcp://127.0.0.1:0"
                    for name in ("samples", "learn", "predict", "status", "control")]
            result = osier("serve", *settings(*free, f"http.address={address}"))
        assert result.returncode == 1
        assert address in result.stderr and "in use" in result.stderr

    def test_it_stops_with_the_daemon_while_somebody_follows(self, served):
        client, web = served()
        with web.follow() as events:
            events.next()
            client.daemon.stop()
            while events.next() is not None:
                pass

    @pytest.mark.parametrize("method, path, code", [
        ("GET", "/nothing", 404), ("POST", "/metrics", 405), ("DELETE", "/", 405),
        ("GET", "/v2/models/other", 404), ("GET", "/v2/models/osier/infer", 405),
        ("GET", "/api/events?topics=nonsense", 400)])
    def test_a_wrong_request_is_told_what_is_wrong(self, pair, method, path, code):
        found, headers, body = pair[1].ask(method, path)
        assert found == code and b'{"error":"' in body
        assert ("Allow" in headers) == (code == 405)

    def test_head_has_no_body(self, pair):
        code, headers, body = pair[1].ask("HEAD", "/metrics")
        assert code == 200 and int(headers["Content-Length"]) > 0 and body == b""

    @pytest.mark.parametrize("garbage", [
        b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff" * 500 + b"\r\n\r\n",
        b"POST /v2/models/osier/infer HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v2/models/osier/infer HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"])
    def test_garbage_harms_nobody(self, pair, garbage):
        with socket.create_connection((pair[1].host, pair[1].port), DEADLINE) as connection:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
        assert pair[1].get("/healthz") == b"ok\n"


class TestMetrics:
    def test_promtool_has_nothing_to_say(self, pair):
        if shutil.which("promtool") is None:
            pytest.skip("promtool is not installed")
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=pair[1].get("/metrics"),
            capture_output=True, check=False)
        assert checked.returncode == 0 and not checked.stderr, checked.stderr

    def test_the_type_of_the_content(self, pair):
        _, headers, _ = pair[1].ask("GET", "/metrics")
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"

    def test_the_counters_are_those_of_the_status(self, served):
        client, web = served("learning.holdout=0.1")
        teach(client, 500)
        client.push({"x": [1], "y": "UP"})
        client.learn({"x": [1, 2, 3]})
        client.predict([{"x": [1, 2, 3]}] * 7)
        client.wait_for_status(lambda status: status["stream"]["rejected"] == 1, "a refusal")
        wait_for(lambda: web.json("/api/status")["stream"]["received"] == 502, "the new status")
        status, found = web.json("/api/status"), metrics(web)
        stream = status["stream"]
        for name in ("received", "learned", "held_out", "shed", "unlabelled"):
            assert value(found, f"osier_samples_{name}_total") == stream[name], name
        assert stream["held_out"] > 0
        rejected = {name: count for (metric, labels), (count, _) in found.items()
                    if metric == "osier_samples_rejected_total" for _, name in labels if count}
        assert rejected == stream["rejected_by_code"] == {"shape_mismatch": 1}
        assert value(found, "osier_predictions_served_total") == status["predict"]["served"] == 7
        assert value(found, "osier_model_parameters") == status["model"]["parameters"]
        assert value(found, "osier_model_hidden_units", layer="0") == 8
        accuracy = value(found, "osier_quality_accuracy_ratio", over="window")
        assert accuracy == status["quality"]["window"]["accuracy"]
        for name in ("decisions", "kept", "reverted"):
            assert value(found, f"osier_controller_{name}_total") == status["controller"][name]
        assert value(found, "osier_journal_events_total") == status["journal"]["offset"]

    def test_histograms_count_every_request_and_every_sample(self, served):
        client, web = served()
        teach(client, 300)
        for _ in range(5):
            client.predict({"x": [1, 2, 3]})
        found = metrics(web)
        for name, count in (("predict", 5), ("learn", 300)):
            metric = f"osier_{name}_latency_seconds"
            assert value(found, f"{metric}_count") == count
            assert value(found, f"{metric}_bucket", le="+Inf") == count
            assert 0 < value(found, f"{metric}_sum") < count * 10
            buckets = [(float(dict(labels)["le"]), found[key][0]) for key in found
                       for labels in [key[1]] if key[0] == f"{metric}_bucket"]
            counts = [number for _, number in sorted(buckets)]
            assert counts == sorted(counts) and len(counts) > 10

    def test_each_is_documented_with_its_kind(self, pair, served):
        text = (ROOT / "deploy/docs/metrics.md").read_text()
        rows = [row.split("|") for row in text.splitlines() if row.startswith("| `")]
        documented = {row[1].strip(" `"): row[2].strip() for row in rows}
        client, web = served("budget.memory_bytes=1000000000", "structure.policy=off",
                             "budget.predict_p99_microseconds=1000")
        x, y = plane(300)
        client.learn(samples(x, y.tolist()))
        wait_for(lambda: web.json("/api/status")["model"]["task"] == "regression", "the task")
        told = {}
        for source in (pair[1], web):
            for family in text_string_to_metric_families(source.get("/metrics").decode()):
                suffix = "_total" if family.type == "counter" else ""
                told[family.name + suffix] = family.type
        assert told.items() <= documented.items()
        # The others come with what has not happened here.
        assert documented.keys() - told.keys() <= {
            "osier_drift_last_sample", "osier_controller_reward", "osier_service_time_seconds",
            "osier_controller_epsilon_ratio", "osier_late_label_delay_seconds"}

    def test_every_name_has_its_prefix_and_unit(self, pair):
        found = metrics(pair[1])
        assert [number for (name, _), (number, _) in found.items()
                if name == "osier_build_info"] == [1]
        for name in ("cpu_seconds_total", "resident_memory_bytes", "virtual_memory_bytes",
                     "virtual_memory_max_bytes", "start_time_seconds", "open_fds", "max_fds"):
            assert (f"process_{name}", ()) in found, name
        for (name, _), (_, kind) in found.items():
            assert name.startswith(("osier_", "process_")), name
            assert "micro" not in name and "milli" not in name
            if kind == "counter":
                assert name.endswith("_total"), name

    def test_counters_never_go_down(self, served):
        client, web = served("status.interval_seconds=0.02")
        x, y = two_classes(4000)
        rows, last = samples(x, y), {}
        for start in range(0, len(rows), 100):
            client.push(rows[start:start + 100])
            found = metrics(web)
            for key, (number, kind) in found.items():
                if kind in ("counter", "histogram") and not key[0].endswith("_sum"):
                    assert number >= last.get(key, 0), key
            last |= {key: number for key, (number, _) in found.items()}
        client.wait_until_learned(4000)


class TestHealth:
    def test_a_daemon_that_runs_is_alive_and_ready(self, pair):
        assert pair[1].get("/healthz") == b"ok\n"
        wait_for(lambda: pair[1].ask("GET", "/readyz")[0] == 200, "readiness")

    def test_paused_learning_is_still_ready(self, served):
        client, web = served()
        client.control("pause")
        wait_for(lambda: web.json("/api/status")["state"] == "paused", "the pause")
        assert web.ask("GET", "/readyz")[0] == 200


class TestStatus:
    def test_it_is_the_object_of_the_status_socket(self, served):
        client, web = served("status.interval_seconds=30")
        on_socket = receive_of(client.subscribe("status"), "status")
        assert web.json("/api/status") == on_socket

    def test_the_features_are_those_of_the_control_socket(self, pair):
        schema = pair[0].control("schema")
        assert pair[1].json("/api/schema") == {
            key: schema[key] for key in ("task", "features", "classes")}

    def test_features_come_at_once_also_where_the_status_is_rare(self, served):
        client, web = served("status.interval_seconds=3600")
        teach(client, 10)
        assert [feature["count"] for feature in web.json("/api/schema")["features"]] == [10] * 3


class TestEvents:
    def test_the_latest_status_comes_at_once_and_then_each(self, served):
        client, web = served("status.interval_seconds=0.1")
        with web.follow() as events:
            seen = [events.next() for _ in range(4)]
        assert [topic for _, topic, _ in seen] == ["status"] * 4
        sequences = [body["sequence"] for _, _, body in seen]
        assert sequences == list(range(sequences[0], sequences[0] + 4))

    def test_who_was_away_gets_what_it_missed(self, served):
        client, web = served("status.interval_seconds=0.1")
        with web.follow() as events:
            last, _, _ = events.next()
        heard = client.listen("rejected")
        client.push(b"{")
        receive_of(heard, "rejected")
        client.push({"y": 1})
        receive_of(heard, "rejected")
        with web.follow("/api/events?topics=rejected", **{"Last-Event-ID": last}) as events:
            seen = [events.next(), events.next()]
        assert [body["code"] for _, _, body in seen] == ["bad_json", "missing_field"]
        numbers = [int(identifier.split("-")[1]) for identifier, _, _ in seen]
        assert int(last.split("-")[1]) < numbers[0] < numbers[1]

    def test_an_unknown_identifier_begins_with_the_latest(self, pair):
        with pair[1].follow(**{"Last-Event-ID": "1-99"}) as events:
            assert events.next()[1] == "status"

    def test_drift_is_told(self, served):
        client, web = served("drift.detector=ddm")
        x, y = two_classes(3000)
        flipped = ["UP" if label == "DOWN" else "DOWN" for label in y]
        with web.follow("/api/events?topics=drift") as events:
            client.learn(samples(x, y))
            client.learn(samples(x, flipped))
            _, _, drift = events.until(lambda topic, _: topic == "drift")[-1]
        assert drift["detector"] == "ddm" and drift["samples"] > 3000

    def test_too_many_followers_are_refused_and_leave_no_trace(self, served):
        client, web = served("status.interval_seconds=0.05")
        open_streams = [web.follow() for _ in range(64)]
        assert web.ask("GET", "/api/events")[0] == 503
        for stream in open_streams:
            stream.close()
        wait_for(lambda: self.is_welcome(web), "places to be free again")

    @staticmethod
    def is_welcome(web):
        try:
            web.follow().close()
        except AssertionError:
            return False
        return True


class TestHistory:
    def test_it_has_a_point_for_each_status(self, served):
        client, web = served("status.interval_seconds=0.05")
        teach(client)
        wait_for(lambda: len(web.json("/api/history")["series"]["time"]) >= 10, "ten points")
        history = web.json("/api/history")
        series = history["series"]
        assert {len(values) for values in series.values()} == {len(series["time"])}
        assert series["time"] == sorted(series["time"])
        assert series["learned"][-1] == 400 and series["quality"][-1] > 0.5
        assert history["capacity"] == 10_000
        assert history["widths"][-1][1] == [8]

    def test_events_go_on_where_it_ends(self, served):
        client, web = served("status.interval_seconds=0.1")
        history = web.json("/api/history")
        with web.follow(f"/api/events?after={history['last_event_id']}") as events:
            identifier, _, body = events.next()
        before = int(history["last_event_id"].split("-")[1])
        assert int(identifier.split("-")[1]) == before + 1
        assert body["time"] > history["series"]["time"][-1]


def test_the_ready_line_names_the_page(pair):
    assert f"http://{pair[1].address}/" in pair[0].daemon.stdout()
