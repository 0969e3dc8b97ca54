"""The Open Inference Protocol over HTTP: requests and replies as its specification has them."""

import numpy as np
import pytest
import tritonclient.http as triton

from client import Client, buffers
from conftest import stop_all
from process import PLAIN, Daemon, wait_for
from streams import plane, samples, teach
from web import Web

HTTP = "http.address=127.0.0.1:0"
INFER = "/v2/models/osier/infer"


@pytest.fixture
def served(start, connect):
    def make(*pairs):
        daemon = start(HTTP, *pairs)
        return connect(daemon), Web(daemon)
    return make


@pytest.fixture
def taught(served):
    client, web = served()
    x, _ = teach(client)
    return client, web, x


def tensor(name, shape, datatype, data):
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def outputs(reply):
    return {output["name"]: output for output in reply["outputs"]}


class TestHealthAndMetadata:
    def test_server(self, taught):
        _, web, _ = taught
        assert web.json("/v2/health/live") == {"live": True}
        assert web.json("/v2/health/ready")["ready"] is True
        server = web.json("/v2")
        assert server["name"] == "osier" and server["version"] and server["extensions"] == []

    @pytest.mark.parametrize("version", ["", "/versions/1"])
    def test_model(self, taught, version):
        _, web, _ = taught
        ready = web.json(f"/v2/models/osier{version}/ready")
        assert ready == {"name": "osier", "ready": True}
        model = web.json(f"/v2/models/osier{version}")
        assert (model["name"], model["versions"], model["platform"]) == ("osier", ["1"], "osier")
        assert model["inputs"] == [{"name": "x", "datatype": "FP64", "shape": [-1, 3]}]
        assert model["outputs"] == [
            {"name": "predict", "datatype": "BYTES", "shape": [-1]},
            {"name": "probabilities", "datatype": "FP64", "shape": [-1, 2]}]

    def test_without_a_model_it_is_not_ready_and_says_so(self, served):
        _, web = served()
        code, _, _ = web.ask("GET", "/v2/models/osier/ready")
        assert code == 503
        code, reply = web.post(INFER, {"inputs": [tensor("x", [1, 1], "FP32", [1])]})
        assert code == 503 and "no_model" in reply["error"]


class TestInfer:
    @pytest.mark.parametrize("datatype", ["FP32", "FP64"])
    @pytest.mark.parametrize("is_nested", [True, False])
    def test_answers_are_those_of_the_predict_socket(self, taught, datatype, is_nested):
        client, web, x = taught
        rows = x[:5].tolist()
        data = rows if is_nested else [value for row in rows for value in row]
        code, reply = web.post(
            INFER, {"id": "42", "inputs": [tensor("x", [5, 3], datatype, data)]})
        assert code == 200, reply
        assert (reply["id"], reply["model_name"], reply["model_version"]) == ("42", "osier", "1")
        expected = client.predict([{"x": row} for row in rows])
        found = outputs(reply)
        assert found["predict"]["shape"] == [5] and found["probabilities"]["shape"] == [5, 2]
        assert found["predict"]["data"] == [answer["y"] for answer in expected]
        classes = found["probabilities"]["parameters"]["classes"]
        wanted = [answer["p"][label] for answer in expected for label in classes]
        assert found["probabilities"]["data"] == pytest.approx(wanted, abs=1e-6)
        assert reply["parameters"]["samples"] == 400

    def test_the_example_of_the_specification(self, served):
        """Two inputs, UINT32 [2, 2] and BOOL, one output by name; ours are features by name."""
        client, web = served()
        rows = [{"x": {"input0": n % 7, "input1": n % 2 == 0}, "y": float(n % 7)}
                for n in range(200)]
        assert client.learn(rows)["accepted"] == 200
        code, reply = web.post(INFER, {
            "id": "42",
            "inputs": [tensor("input0", [3], "UINT32", [1, 2, 3]),
                       tensor("input1", [3], "BOOL", [True, False, True])],
            "outputs": [{"name": "predict"}]})
        assert code == 200, reply
        assert reply["id"] == "42" and list(outputs(reply)) == ["predict"]
        predict = outputs(reply)["predict"]
        assert (predict["shape"], predict["datatype"]) == ([3], "FP64")
        expected = client.predict(
            [{"x": {"input0": n, "input1": n != 2}} for n in (1, 2, 3)])
        assert predict["data"] == pytest.approx([answer["y"] for answer in expected])

    def test_columns_of_a_table_with_categories(self, served):
        """One [n, 1] tensor per column, strings as BYTES: how a data frame is sent."""
        client, web = served()
        rows = [{"x": {"colour": ["red", "blue"][n % 2], "size": n % 3}, "y": ["no", "yes"][n % 2]}
                for n in range(300)]
        assert client.learn(rows)["accepted"] == 300
        code, reply = web.post(INFER, {"inputs": [
            tensor("colour", [2, 1], "BYTES", ["blue", "red"]),
            tensor("size", [2, 1], "INT64", [[1], [1]])]})
        assert code == 200, reply
        assert outputs(reply)["predict"]["data"] == ["yes", "no"]

    def test_regression_has_an_interval(self, served):
        client, web = served()
        x, y = plane(600)
        assert client.learn(samples(x, y.tolist()))["accepted"] == 600
        code, reply = web.post(INFER, {"inputs": [tensor("x", [1, 2], "FP64", [0.5, -0.5])]})
        assert code == 200, reply
        answer = client.predict({"x": [0.5, -0.5]})
        found = outputs(reply)
        assert found["predict"]["data"] == pytest.approx([answer["y"]])
        assert found["interval"]["shape"] == [1, 2]
        assert found["interval"]["data"] == pytest.approx(answer["interval"])

    def test_a_null_is_a_missing_value(self, taught):
        client, web, _ = taught
        code, reply = web.post(INFER, {"inputs": [tensor("x", [1, 3], "FP64", [1, None, 2])]})
        assert code == 200, reply
        answer = client.predict_raw(buffers({"x": np.array([[1, np.nan, 2]])}))
        expected = np.frombuffer(answer[1], np.float32)
        assert outputs(reply)["probabilities"]["data"] == pytest.approx(expected, abs=1e-6)

    def test_integer_labels_keep_their_kind(self, served):
        client, web = served()
        rows = [{"x": [n % 2], "y": n % 2} for n in range(100)]
        assert client.learn(rows)["accepted"] == 100
        _, reply = web.post(INFER, {"inputs": [tensor("x", [2, 1], "UINT8", [0, 1])]})
        predict = outputs(reply)["predict"]
        assert predict["datatype"] == "INT64" and set(predict["data"]) <= {0, 1}

    def test_predictions_are_counted(self, taught):
        client, web, x = taught
        web.post(INFER, {"inputs": [tensor("x", [9, 3], "FP64", x[:9].tolist())]})
        assert client.status()["predict"]["served"] == 9

    def test_answers_follow_what_is_learned(self, taught):
        client, web, _ = taught
        question = {"inputs": [tensor("x", [1, 3], "FP64", [1, 1, 1])]}
        assert web.post(INFER, question)[1]["parameters"]["samples"] == 400
        teach(client, 100, seed=2)
        wait_for(lambda: web.post(INFER, question)[1]["parameters"]["samples"] == 500,
                 "the newer model")


class TestForeignClient:
    """A client of others for this protocol, which knows nothing of us."""

    def test_it_asks_for_health_metadata_and_predictions(self, taught):
        client, web, x = taught
        with triton.InferenceServerClient(web.address) as other:
            assert other.is_server_live() and other.is_server_ready()
            assert other.is_model_ready("osier")
            assert other.get_server_metadata()["name"] == "osier"
            (described,) = other.get_model_metadata("osier")["inputs"]
            rows = triton.InferInput(described["name"], [5, 3], described["datatype"])
            rows.set_data_from_numpy(x[:5], binary_data=False)
            reply = other.infer("osier", [rows], request_id="7", outputs=[
                triton.InferRequestedOutput(name, binary_data=False)
                for name in ("predict", "probabilities")])
        answers = client.predict([{"x": row.tolist()} for row in x[:5]])
        assert reply.get_response()["id"] == "7"
        assert reply.as_numpy("predict").tolist() == [answer["y"] for answer in answers]
        shares = [[answer["p"]["UP"], answer["p"]["DOWN"]] for answer in answers]
        assert reply.as_numpy("probabilities") == pytest.approx(np.array(shares), abs=1e-6)

    def test_what_is_wrong_reaches_it_in_words(self, taught):
        _, web, _ = taught
        wrong = triton.InferInput("x", [1, 2], "FP64")
        wrong.set_data_from_numpy(np.zeros((1, 2)), binary_data=False)
        with triton.InferenceServerClient(web.address) as other:
            with pytest.raises(triton.InferenceServerException, match="features"):
                other.infer("osier", [wrong])


class TestErrors:
    @pytest.mark.parametrize("body, words", [
        (b"{", "bad_json"),
        (b"[]", "array"),
        ({}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [1]}, "object"),
        ({"inputs": [{"shape": [1, 3], "datatype": "FP32", "data": [1, 2, 3]}]}, "name"),
        ({"inputs": [tensor("x", [1, 3], "FP99", [1, 2, 3])]}, "FP99"),
        ({"inputs": [tensor("x", [2, 3], "FP32", [1, 2, 3])]}, "elements"),
        ({"inputs": [tensor("x", [1, 1, 3], "FP32", [1, 2, 3])]}, "dimensions"),
        ({"inputs": [tensor("x", [-1, 3], "FP32", [])]}, "dimension"),
        ({"inputs": [tensor("x", [1 << 31, 1 << 31], "FP32", [1])]}, "elements"),
        ({"inputs": [tensor("x", [0, 3], "FP32", [])]}, "bad_value"),
        ({"inputs": [tensor("x", [1, 2], "FP32", [1, 2])]}, "features"),
        ({"inputs": [tensor("x", [1, 3], "FP32", [1, 2, "a"])]}, "sample 0"),
        ({"inputs": [tensor("a", [1], "FP32", [1]), tensor("b", [2], "FP32", [1, 2])]}, "each"),
        ({"inputs": [tensor("a", [1], "FP32", [1])] * 2}, "twice"),
        ({"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP32",
                      "parameters": {"binary_data_size": 12}}]}, "data"),
        ({"inputs": [tensor("x", [1, 3], "FP32", [1, 2, 3])], "outputs": [{"name": "z"}]}, "z"),
        ({"id": 7, "inputs": [tensor("x", [1, 3], "FP32", [1, 2, 3])]}, "id"),
    ])
    def test_one_line_that_says_what_is_wrong(self, shared_web, body, words):
        code, reply = shared_web.post(INFER, body)
        assert code == 400 and set(reply) == {"error"}, reply
        assert words in reply["error"] and "\n" not in reply["error"]

    def test_a_body_beyond_the_limit(self, served):
        client, web = served("sockets.max_message_bytes=100000")
        teach(client, 10)
        code, reply = web.post(INFER, b" " * 100_001)
        assert code == 413 and "sockets.max_message_bytes" in reply["error"]
        assert web.get("/healthz") == b"ok\n"


@pytest.fixture(scope="module")
def shared_web(context, tmp_path_factory):
    daemon = Daemon(tmp_path_factory.mktemp("inference"), *PLAIN, HTTP)
    client = Client(context, daemon)
    teach(client)
    yield Web(daemon)
    client.close()
    stop_all([daemon])
