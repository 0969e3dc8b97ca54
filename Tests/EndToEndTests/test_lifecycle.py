"""How the daemon starts, refuses to start, and ends."""

import json
import os
import signal
import socket
import stat

import numpy as np
import pytest
import zmq

from client import buffers, receive_topic
from process import DEADLINE, SOCKETS, osier, settings, wait_for
from streams import teach, two_classes


class TestStart:
    def test_one_line_says_that_it_is_ready(self, start):
        daemon = start()
        lines = daemon.stdout().splitlines()
        assert len(lines) == 1 and lines[0].strip()

    def test_the_port_file_lists_every_endpoint(self, start):
        daemon = start()
        for name in SOCKETS:
            assert len(daemon.endpoints[name]) == 1
            host, port = daemon.endpoint(name).rsplit(":", 1)
            assert host == "tcp://127.0.0.1" and 0 < int(port) < 65_536
        assert len({daemon.endpoint(name) for name in SOCKETS}) == len(SOCKETS)

    def test_a_star_takes_a_free_port(self, start, connect):
        client = connect(start("sockets.control=tcp://127.0.0.1:*"))
        assert client.control("ping")["ok"] is True

    def test_an_endpoint_may_be_a_list(self, start, connect, tmp_path):
        ipc = f"ipc://{tmp_path}/learn"
        daemon = start(f"sockets.learn=tcp://127.0.0.1:0,{ipc}")
        client = connect(daemon)
        assert len(daemon.endpoints["learn"]) == 2 and ipc in daemon.endpoints["learn"]
        for endpoint in daemon.endpoints["learn"]:
            dealer = client.context.socket(zmq.DEALER)
            dealer.linger = 0
            dealer.connect(endpoint)
            dealer.send(b'{"x":[1],"y":"A"}')
            assert dealer.poll(DEADLINE * 1000) and json.loads(dealer.recv())["ok"] is True
            dealer.close()
        assert client.status()["stream"]["learned"] == 2

    def test_an_ipc_socket_is_for_its_owner_and_goes_away(self, start, tmp_path):
        path = tmp_path / "control"
        daemon = start(f"sockets.control=ipc://{path}")
        assert stat.S_ISSOCK(path.stat().st_mode)
        daemon.stop()
        assert not path.exists()

    def test_a_socket_may_be_switched_off(self, start, connect):
        daemon = start("sockets.samples=[]")
        assert not daemon.endpoints.get("samples")
        client = connect(daemon)
        teach(client, 10)
        assert client.predict({"x": [1, 2, 3]})["y"] in ("UP", "DOWN")

    def test_ipv6_works(self, start, connect):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on this machine")
        daemon = start("sockets.control=tcp://[::1]:0")
        assert "[::1]" in daemon.endpoint("control")
        assert connect(daemon).control("ping")["ok"] is True


class TestConfiguration:
    def test_flag_beats_environment_beats_file(self, start, connect, tmp_path):
        file = tmp_path / "osier.yaml"
        file.write_text(
            "model:\n  hidden: [3]\n  activation: tanh\n  seed: 3\n"
            "optimizer:\n  name: sgd\n  learning_rate: 0.5\n")
        env = {"OSIER_MODEL_ACTIVATION": "sigmoid", "OSIER_OPTIMIZER_LEARNING_RATE": "0.25"}
        daemon = start(
            "optimizer.learning_rate=0.125", "model.hidden=[3]",
            arguments=["--config", file], env=env)
        client = connect(daemon)
        teach(client, 10)
        model = client.status()["model"]
        assert model["optimizer"] == "sgd"
        assert model["activation"] == "sigmoid"
        assert model["learning_rate"] == pytest.approx(0.125)

    BAD = ("model.hidden=[-1]", "optimizer.learning_rate=-5", "modle.seed=1", "model.seeed=2")

    @pytest.mark.parametrize("check", [[], ["--check"]])
    def test_every_violation_is_listed_and_the_code_is_78(self, check):
        result = osier("serve", *check, *settings(*self.BAD))
        assert result.returncode == 78
        for text in ("model.hidden", "-1", "optimizer.learning_rate", "-5", "modle", "model.seeed"):
            assert text in result.stderr
        assert result.stdout == ""

    def test_a_bad_file_names_file_and_key(self, tmp_path):
        file = tmp_path / "bad.yaml"
        file.write_text("model:\n  hidden: many\nunheard:\n  of: 1\n")
        result = osier("serve", "--check", "--config", file)
        assert result.returncode == 78
        assert "model.hidden" in result.stderr and "unheard" in result.stderr

    def test_a_file_that_is_not_yaml_is_refused(self, tmp_path):
        file = tmp_path / "bad.yaml"
        file.write_text("model: [1, 2\n  hidden: }\n")
        result = osier("serve", "--check", "--config", file)
        assert result.returncode == 78 and "bad.yaml" in result.stderr

    def test_a_missing_file_is_named(self, tmp_path):
        result = osier("serve", "--check", "--config", tmp_path / "absent.yaml")
        assert result.returncode in (1, 78) and "absent.yaml" in result.stderr

    def test_an_unknown_key_in_the_environment_is_refused(self):
        result = osier("serve", "--check", env={"OSIER_MODEL_SIED": "7"})
        assert result.returncode == 78 and "OSIER_MODEL_SIED" in result.stderr

    def test_other_variables_are_left_alone(self):
        assert osier("serve", "--check", env={"OSIER_ROOT": "x"}).returncode == 0

    def test_check_of_a_good_configuration_opens_nothing(self, tmp_path):
        # Not even a taken port matters, for none is opened.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            result = osier(
                "serve", "--check", "--port-file", tmp_path / "ports",
                *settings(f"sockets.learn=tcp://127.0.0.1:{port}"))
        assert result.returncode == 0, result.stderr
        assert not (tmp_path / "ports").exists()

    @pytest.mark.parametrize("address", ["0.0.0.0", "*", "[::]"])
    def test_plaintext_beyond_loopback_must_be_allowed_in_words(self, address):
        bind = f"sockets.learn=tcp://{address}:0"
        refused = osier("serve", "--check", *settings(bind))
        assert refused.returncode == 78
        assert "security.allow_plaintext" in refused.stderr and address in refused.stderr
        allowed = osier("serve", "--check", *settings(bind, "security.allow_plaintext=true"))
        assert allowed.returncode == 0, allowed.stderr

    def test_plaintext_beyond_loopback_binds_when_allowed(self, start, connect):
        daemon = start("sockets.learn=tcp://0.0.0.0:0", "security.allow_plaintext=true")
        client = connect(daemon)
        port = daemon.endpoint("learn").rsplit(":", 1)[1]
        daemon.endpoints["learn"] = [f"tcp://127.0.0.1:{port}"]
        assert client.learn({"x": [1], "y": "A"})["accepted"] == 1

    @pytest.mark.parametrize("arguments", [["--frobnicate"], ["--set"], ["--config"], ["extra"]])
    def test_wrong_usage_is_64(self, arguments):
        result = osier("serve", *arguments)
        assert result.returncode == 64 and result.stderr and result.stdout == ""

    def test_a_taken_port_is_named_with_its_reason(self, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            endpoint = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
            free = [f"sockets.{name}=tcp://127.0.0.1:0" for name in SOCKETS]
            ports = tmp_path / "ports"
            result = osier(
                "serve", "--port-file", ports, *settings(*free, f"sockets.predict={endpoint}"))
        assert result.returncode == 1
        assert endpoint in result.stderr and "in use" in result.stderr
        assert not ports.exists()

    def test_two_daemons_on_one_endpoint_do_not_mix(self, start, connect):
        first = start()
        other = osier("serve", *settings(
            *(f"sockets.{name}={first.endpoint(name)}" for name in SOCKETS)))
        assert other.returncode == 1
        assert connect(first).control("ping")["ok"] is True


class TestEnd:
    def test_sigterm_learns_what_was_taken_in_and_exits_zero(self, start, connect):
        # Wide enough that a queue builds, quick enough to drain in seconds.
        daemon = start("model.hidden=[256, 256]", "status.interval_seconds=0.05")
        client = connect(daemon)
        reports = client.subscribe("status")
        count = 64 * 100
        x, y = two_classes(count, width=8)
        labels = np.array([0 if label == "UP" else 1 for label in y])
        for part in range(0, count, 64):
            block = slice(part, part + 64)
            client.push(buffers({"x": x[block], "y": labels[block]}, classes=["UP", "DOWN"]))
        client.wait_for_status(lambda s: s["stream"]["received"] == count, "every sample")
        daemon.signal(signal.SIGTERM)
        assert daemon.wait() == 0
        last = None
        while reports.poll(500):
            last = receive_topic(reports)[1]
        assert last["stream"]["learned"] == count, last["stream"]

    def test_sigterm_answers_what_was_asked(self, start, connect):
        daemon = start("model.hidden=[256, 256]")
        client = connect(daemon)
        teach(client, 10)
        dealer = client.fresh("learn")
        x, y = two_classes(64)
        batch = [{"x": row.tolist(), "y": label} for row, label in zip(x, y, strict=True)]
        for number in range(30):
            dealer.send([json.dumps({"id": number}).encode(), json.dumps(batch).encode()])
        replies = [dealer.receive()]
        daemon.signal(signal.SIGTERM)
        assert daemon.wait() == 0
        while dealer.socket.poll(500):
            replies.append(dealer.socket.recv_multipart())
        # Whatever was answered is answered in order, without a hole.
        ids = [json.loads(reply[0])["id"] for reply in replies]
        assert ids == list(range(len(ids)))

    def test_a_second_sigterm_ends_it_at_once(self, start, connect):
        # 4 million weights and 20,000 samples: minutes of draining.
        daemon = start(
            "model.hidden=[2048, 2048]", "budget.max_parameters=10000000",
            "structure.max_units=4096")
        client = connect(daemon)
        x = np.ones((1_000, 8))
        for _ in range(20):
            client.push(buffers({"x": x, "y": np.arange(1_000) % 2}))
        client.wait_for_status(
            lambda s: s["stream"]["received"] == 20_000, "every sample in the queue")
        assert client.status()["stream"]["queue"] > 5_000

        def ended():
            if not daemon.exited():
                daemon.signal(signal.SIGTERM)
            return daemon.exited()

        daemon.signal(signal.SIGTERM)
        wait_for(ended, "the end after a second SIGTERM", deadline=15)

    def test_sigint_is_as_good_as_sigterm(self, start):
        daemon = start()
        daemon.signal(signal.SIGINT)
        assert daemon.wait() in (0, 130)

    def test_sighup_is_harmless(self, start, connect):
        daemon = start()
        client = connect(daemon)
        teach(client, 50)
        before = client.digest()
        for _ in range(3):
            daemon.signal(signal.SIGHUP)
        assert client.control("ping")["ok"] is True and not daemon.exited()
        assert client.digest() == before

    def test_a_closed_standard_output_is_harmless(self, start, connect):
        # Broken pipes must not end a daemon whose log reader went away.
        daemon = start()
        os.kill(daemon.process.pid, signal.SIGPIPE)
        assert connect(daemon).control("ping")["ok"] is True

    def test_the_ports_are_free_again_afterwards(self, start):
        first = start()
        taken = {name: first.endpoint(name) for name in SOCKETS}
        first.stop()
        second = start(*(f"sockets.{name}={endpoint}" for name, endpoint in taken.items()))
        assert {name: second.endpoint(name) for name in SOCKETS} == taken
