"""`osier evaluate`: the golden stream, the same core as the daemon's, and accuracy by default."""

import csv
import gzip
import json

import pytest

from process import osier, settings

# GOLDEN.md: River's logistic regression, sample by sample, with weights from zero.
GOLDEN = (
    "model.hidden=[]", "optimizer.name=sgd", "optimizer.learning_rate=0.01",
    "optimizer.gradient_clip=0", "features.forgetting=0", "features.clip=0",
    "learning.holdout=0", "learning.committee=1", "learning.replay=0", "learning.batch=1",
    "structure.policy=off",
)
# River 0.26.1 on its own `datasets.Phishing()`.
RIVER = {"accuracy": 0.8928, "log_loss": 0.3301120464, "kappa": 0.7830771701}
KEYS = {
    "samples", "rejected", "seconds", "samples_per_second", "quality", "baselines", "model",
    "controller", "resident_bytes"}


def evaluate(file, *arguments, pairs=(), target="target", **options):
    result = osier(
        "evaluate", file, "--target", target, "--json", *arguments, *settings(*pairs), **options)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


class TestGolden:
    def test_the_stream_of_river_is_reproduced(self, stream):
        result = evaluate(stream("phishing"), pairs=GOLDEN)
        assert result["samples"] == 1_250 and result["rejected"] == 0
        for metric, value in RIVER.items():
            assert result["quality"][metric] == pytest.approx(value, abs=1e-5), metric
        # data/README.md: the last label is right in 51.56 %.
        assert result["baselines"]["no_change"] == pytest.approx(0.5156, abs=1e-3)

    @pytest.mark.parametrize("socket, flags", [
        ("samples", []), ("learn", ["--ack"]), ("samples", ["--batch", "64"]),
        ("learn", ["--ack", "--batch", "7"])])
    def test_the_daemon_fed_over_a_socket_is_identical(
            self, stream, start, connect, socket, flags):
        daemon = start(*GOLDEN, plain=False)
        client = connect(daemon)
        sent = osier(
            "send", stream("phishing"), "--target", "target", "--to", daemon.endpoint(socket),
            *flags)
        assert sent.returncode == 0, sent.stderr
        quality = client.wait_until_learned(1_250)["quality"]
        expected = evaluate(stream("phishing"), pairs=GOLDEN)
        for metric, value in expected["quality"].items():
            assert quality[metric] == value, metric
        assert quality["baselines"] == expected["baselines"]

    def test_an_outside_client_gets_the_identical_result(self, stream, start, connect):
        client = connect(start(*GOLDEN, plain=False))
        with gzip.open(stream("phishing"), "rt") as text:
            for row in csv.DictReader(text):
                label = int(row.pop("target"))
                client.push({"x": {k: float(v) for k, v in row.items()}, "y": label})
        quality = client.wait_until_learned(1_250)["quality"]
        for metric, value in evaluate(stream("phishing"), pairs=GOLDEN)["quality"].items():
            assert quality[metric] == value, metric

    def test_two_runs_are_identical(self, stream):
        pairs = ("learning.committee=1", "learning.replay=0")
        first, second = (evaluate(stream("phishing"), pairs=pairs) for _ in range(2))
        assert first["quality"] == second["quality"]


class TestDefaults:
    """Issue 2: one configuration for all, a single network, no replay."""

    PAIRS = ("learning.committee=1", "learning.replay=0")

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("name, rows, least", [
        ("elec2", 45_312, 0.915), ("weather", 18_159, 0.795), ("insects_gradual", 24_150, 0.79)])
    def test_accuracy(self, stream, name, rows, least):
        result = evaluate(stream(name), pairs=self.PAIRS, timeout=580)
        assert result["samples"] == rows
        assert result["quality"]["accuracy"] >= least

    @pytest.mark.slow
    @pytest.mark.timeout(600)
    def test_error_in_regression(self, stream):
        result = evaluate(
            stream("bike_sharing"), "--task", "regression", pairs=self.PAIRS, timeout=580)
        assert result["samples"] == 17_379
        assert result["quality"]["mae"] < 64.9
        # data/README.md: repeating the last hour.
        assert result["baselines"]["no_change"] == pytest.approx(64.9, abs=0.1)


ROWS = [(n % 7 / 7, -n % 5 / 5, "UP" if n % 7 / 7 - n % 5 / 5 > 0 else "DOWN") for n in range(400)]


def separated(mark):
    return "\n".join([mark.join(["a", "b", "target"])] + [
        mark.join(map(str, row)) for row in ROWS]) + "\n"


def arff():
    head = "@relation r\n@attribute a numeric\n@attribute b numeric\n"
    head += "@attribute target {UP,DOWN}\n@data\n"
    return head + "".join(f"{a},{b},{y}\n" for a, b, y in ROWS)


FORMATS = {
    "plain.csv": separated(","),
    "semicolon.csv": separated(";"),
    "tab.csv": separated("\t"),
    "crlf.csv": separated(",").replace("\n", "\r\n"),
    "rows.jsonl": "".join(
        json.dumps({"x": {"a": a, "b": b}, "y": y}) + "\n" for a, b, y in ROWS),
    "rows.arff": arff(),
}


class TestFormats:
    @pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
    @pytest.mark.parametrize("name", FORMATS)
    def test_the_same_rows_give_the_same_result(self, tmp_path, name, zipped):
        reference = tmp_path / "reference.csv"
        reference.write_text(separated(","))
        file = tmp_path / (name + ".gz" * zipped)
        text = FORMATS[name].encode()
        file.write_bytes(gzip.compress(text) if zipped else text)
        found, expected = evaluate(file), evaluate(reference)
        assert found["samples"] == len(ROWS) and found["rejected"] == 0
        assert found["quality"] == expected["quality"]

    @pytest.mark.parametrize("name, text", [
        ("rows.libsvm", "".join(
            f"{1 if y == 'UP' else -1} 1:{a} 2:{b}\n" for a, b, y in ROWS)),
        ("rows.vw", "".join(
            f"{1 if y == 'UP' else -1} | a:{a} b:{b}\n" for a, b, y in ROWS))])
    def test_formats_without_a_target_column(self, tmp_path, name, text):
        file = tmp_path / name
        file.write_text(text)
        result = evaluate(file)
        assert result["samples"] == len(ROWS)
        # A line through the origin separates them.
        assert result["quality"]["accuracy"] > 0.6

    def test_standard_input(self, tmp_path):
        result = evaluate("-", "--format", "csv", stdin=separated(","))
        assert result["samples"] == len(ROWS)


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "rows.csv"
        path.write_text(separated(","))
        return path

    def test_json_has_the_keys_of_the_contract(self, file):
        result = evaluate(file)
        assert KEYS <= result.keys()
        assert {"inputs", "hidden", "outputs", "parameters", "structure"} <= result["model"].keys()
        assert {"policy", "decisions", "kept", "reverted"} <= result["controller"].keys()
        assert result["resident_bytes"] > 0 and result["samples_per_second"] > 0

    def test_limit(self, file):
        assert evaluate(file, "--limit", "100")["samples"] == 100

    def test_chunks_score_from_the_second_on(self, file):
        quality = evaluate(file, "--protocol", "chunk:100")["quality"]
        assert 0.5 < quality["accuracy"] <= 1

    def test_a_curve_is_a_table(self, file, tmp_path):
        evaluate(file, "--curve", tmp_path / "curve.csv")
        with open(tmp_path / "curve.csv") as text:
            rows = list(csv.DictReader(text))
        assert rows and "samples" in rows[0]
        assert [int(row["samples"]) for row in rows] == sorted(int(row["samples"]) for row in rows)

    def test_without_json_a_person_reads_it(self, file):
        result = osier("evaluate", file, "--target", "target")
        assert result.returncode == 0 and "accuracy" in result.stdout.lower()
        assert "\x1b" not in result.stdout + result.stderr

    def test_a_row_that_cannot_be_read_is_counted_with_its_line(self, tmp_path):
        file = tmp_path / "rows.csv"
        file.write_text("a,b,target\n1,2,UP\n1,2,3,4,UP\n3,4,DOWN\n")
        result = osier("evaluate", file, "--target", "target", "--json")
        assert result.returncode == 0
        counts = json.loads(result.stdout.splitlines()[-1])
        assert counts["samples"] == 2 and counts["rejected"] == 1
        assert "3" in result.stderr
        assert osier("evaluate", file, "--target", "target", "--strict").returncode == 1

    @pytest.mark.parametrize("arguments, code, text", [
        (["absent.csv", "--target", "y"], 1, "absent.csv"),
        (["{file}", "--target", "price"], 1, "target"),
        (["{file}"], 64, "target"),
        (["{file}", "--target", "target", "--protocol", "chunk:0"], 64, "chunk"),
        (["{file}", "--target", "target", "--set", "model.hidden=[-1]"], 78, "model.hidden"),
    ])
    def test_exit_codes(self, file, arguments, code, text):
        result = osier("evaluate", *(a.format(file=file) for a in arguments))
        assert result.returncode == code, result.stderr
        assert text in result.stderr and result.stdout == ""
