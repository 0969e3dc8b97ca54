"""The documentation against the program: what is listed is there, and what is there is listed."""

import re
import shutil
import subprocess

import pytest

from client import receive_of
from process import OSIER, ROOT, environment, osier, settings

SOURCES = ROOT / "Sources"


def table(path, heading=None):
    """The rows of the first table of a page, or of a section: cells as text."""
    text = (SOURCES / path).read_text()
    if heading is not None:
        text = text.split(f"### {heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", text, re.M).group(0).splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def names(path, heading=None):
    return [row[0].strip("|` ") for row in table(path, heading)]


class TestConfiguration:
    PAGE = "Settings/Settings.docc/Configuration.md"

    def test_keys_and_defaults_are_those_of_the_command(self):
        listing = osier("serve", "--check").stdout.splitlines()
        expected = [tuple(line.split(": ", 1)) for line in listing]
        documented = [(row[0].strip("|` "), row[1].strip("`")) for row in table(self.PAGE)]
        assert documented == expected

    def test_rules_are_those_that_a_refusal_names(self):
        rows = table(self.PAGE)
        bad = settings(*(f"{row[0].strip('|` ')}=@\n@" for row in rows))
        refusal = osier("serve", "--check", *bad).stderr
        rules = dict(re.findall(r"^  (\S+) = .*?: must be (.*); [^;]* works$", refusal, re.M))
        assert len(rules) >= len(rows) - 5, "lists of texts alone take anything"
        for row in rows:
            key = row[0].strip("|` ")
            assert row[2] == rules.get(key, row[2]), key

    def test_every_key_says_what_it_does(self):
        for row in table(self.PAGE):
            assert len(row[3].strip("| ").split()) >= 2, row


class TestProtocol:
    PAGE = "WireFormat/WireFormat.docc/Protocol.md"

    def test_every_command_that_is_listed_is_known(self, shared):
        listed = names(self.PAGE, "Commands")
        assert len(listed) == len(set(listed)) >= 20
        for name in listed:
            if name == "shutdown":
                continue
            # An argument of the wrong type keeps a command from taking effect.
            reply = shared.connection("control").ask({"op": name, "layer": "x", "hidden": "x",
                                                      "criterion": 1, "method": 1, "policy": 1,
                                                      "format": 1, "name": 1, "cpu_fraction": "x"})
            assert reply.get("error", {}).get("code") != "unknown_op", name

    def test_every_command_that_is_known_is_listed(self, shared):
        source = (SOURCES / "WireFormat/Messages/ControlRequest+Decoding.swift").read_text()
        cases = re.findall(r'^\s+case ("[a-z_", ]+"):', source, re.M)
        known = {name for case in cases for name in re.findall(r'"([a-z_]+)"', case)}
        assert known and known <= set(names(self.PAGE, "Commands"))
        # The command's help names them as well.
        assert known <= set(re.findall(r"\w+", osier("control", "--help").stdout))

    def test_a_change_of_structure_has_the_keys_that_are_listed(self, start, connect):
        client = connect(start())
        client.learn([{"x": [n % 2, 1], "y": "AB"[n % 2]} for n in range(100)])
        told = client.listen("adaptation")
        client.control("grow", layer=0, units=4)
        body = receive_of(told, "adaptation")
        assert set(names(self.PAGE, "Adaptations")) == body.keys() - {"time", "sequence"}
        topic = next(row for row in table(self.PAGE, "Topics") if "adaptation" in row[0])
        assert set(re.findall(r"`(\w+)`", topic[2])) == body.keys() - {"time", "sequence"}

    def test_operations_of_an_adaptation_are_listed(self):
        """Those that are no commands are told by the learner's own words."""
        source = (SOURCES / "Learner/Learner+Control.swift").read_text()
        told = set(re.findall(r'\.init\("([a-z_]+)", \[', source)) | {
            name for name in re.findall(r'return \.init\("([a-z_]+)"', source)}
        page = (SOURCES / self.PAGE).read_text()
        section = page.split("### Adaptations\n", 1)[1].split("### ", 1)[0]
        listed = set(re.findall(r"^\| `(\w+)` \|", section, re.M)) | set(
            names(self.PAGE, "Commands"))
        assert {"grow", "train_share"} <= told <= listed

    def test_what_a_policy_sees_is_listed(self):
        source = (SOURCES / "StructureControl/Observation.swift").read_text()
        block = re.search(r"static let names = \[(.*?)\]", source, re.S).group(1)
        assert names(self.PAGE, "Observations") == re.findall(r'"(\w+)"', block)

    def test_what_a_policy_may_choose_is_listed(self):
        source = (SOURCES / "StructureControl/Action.swift").read_text()
        cases = source.split("/// Place in", 1)[0]
        assert names(self.PAGE, "Actions") == [
            raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "(\w+)")?$', cases, re.M)]

    def test_every_key_of_the_status_is_listed_and_every_listed_key_is_there(
        self, start, connect
    ):
        found = set()
        for labels in (("UP", "DOWN"), (1.5, 2.5)):
            client = connect(start("status.interval_seconds=0.05"))
            client.learn([{"x": [index % 2, 1], "y": labels[index % 2]} for index in range(300)])
            client.predict({"x": [1, 2]})
            sequence = client.status()["sequence"]
            status = client.wait_for_status(
                lambda now, before=sequence: now["sequence"] > before + 2, "a later status")
            found |= set(paths(status))
        listed = names(self.PAGE, "Status")
        assert len(listed) == len(set(listed))
        missing = found - set(listed)
        assert not missing, f"add rows to {self.PAGE}: {sorted(missing)}"
        assert not set(listed) - found, "listed, but not in the status"


def paths(value, prefix="", depth=0):
    """Keys down to the second level: what lies below is described with its parent."""
    for key, below in value.items():
        path = prefix + key
        if isinstance(below, list) and below and isinstance(below[0], dict):
            yield from paths(below[0], f"{path}[].", 1)
        elif isinstance(below, dict) and depth == 0:
            yield from paths(below, f"{path}.", 1)
        else:
            yield path


class TestCatalogues:
    LIBRARIES = sorted(
        path.name for path in SOURCES.iterdir()
        if path.is_dir() and any(path.rglob("*.swift"))
        and path.name not in ("osier", "Benchmarks"))

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_every_library_has_an_overview(self, library):
        page = SOURCES / library / f"{library}.docc" / f"{library}.md"
        assert page.exists(), f"write {page.relative_to(ROOT)}: what it is for, where to add what"
        text = page.read_text()
        assert text.startswith(f"# ``{library}``\n") and "## Overview" in text
        assert len(text.split()) > 80

    @pytest.mark.parametrize("library", LIBRARIES)
    def test_what_an_overview_names_exists(self, library):
        """Code voice that looks like a type or a file of ours must be one."""
        page = SOURCES / library / f"{library}.docc" / f"{library}.md"
        code = "\n".join(
            file.read_text() for file in SOURCES.rglob("*") if file.suffix in (".swift", ".c", ".h"))
        text = page.read_text() if page.exists() else ""
        for name in set(re.findall(r"`([A-Z][a-z]\w+)`", text)):
            assert re.search(
                rf"\b(?:struct|enum|class|protocol|typealias|extension|actor) (?:\w+\.)*{name}\b",
                code) or (SOURCES / name).is_dir(), f"{name} is gone"
        for path in set(re.findall(r"`((?:Sources|Tests|deploy|samples)/[\w/.+@-]+)`", text)):
            assert (ROOT / path).exists(), f"{path} is gone"

    def test_docc_reads_them(self, tmp_path):
        if shutil.which("docc") is None:
            pytest.skip("docc is not installed")
        for library in self.LIBRARIES:
            catalogue = SOURCES / library / f"{library}.docc"
            done = subprocess.run(
                ["docc", "convert", str(catalogue), "--fallback-display-name", library,
                 "--fallback-bundle-identifier", f"osier.{library}", "--output-path",
                 str(tmp_path / library)],
                capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


class TestReadme:
    def test_what_it_runs_and_names_exists(self):
        text = (ROOT / "README.md").read_text()
        for path in set(re.findall(r"(?:^|[\s`(])((?:deploy|samples|Sources|Tests)/[\w/.+@-]+\w)\b", text, re.M)):
            assert (ROOT / path).exists(), path

    def test_settings_in_it_are_valid(self):
        text = (ROOT / "README.md").read_text()
        pairs = re.findall(r"--set '?([a-z_]+\.[a-z0-9_]+=[^\s'`]+)'?", text)
        done = subprocess.run(
            [OSIER, "serve", "--check", *settings(*pairs)], capture_output=True, text=True,
            check=False, env=environment())
        assert done.returncode == 0, done.stderr

    def test_files_in_it_are_valid(self, tmp_path):
        blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
        assert len(blocks) >= 2
        for block in blocks:
            file = tmp_path / "osier.yaml"
            file.write_text(block)
            done = osier("serve", "--check", "--config", file)
            assert done.returncode == 0, block + done.stderr
