"""What operators install from `deploy/`: each file by the tool that reads it."""

import gzip
import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

from client import Client
from process import OSIER, ROOT, Daemon, environment

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd/osier@.service"


def run(*command, **options):
    """Output of a program that must succeed."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def tool(name):
    """A program of the system; a test that misses it is skipped and says so."""
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


class TestUnit:
    def test_its_exposure_is_below_two(self):
        run(tool("systemd-analyze"), "security", "--offline=true", "--threshold=20", UNIT)

    def test_what_libzmq_cannot_do_without_is_allowed(self):
        """It asks for interfaces by netlink, and sets the scheduling of its threads: it aborts when
        it may not. Found under a running systemd, which tests do not have."""
        text = UNIT.read_text()
        families = re.search(r"^RestrictAddressFamilies=(.*)$", text, re.M).group(1).split()
        assert {"AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX"} == set(families)
        calls = re.findall(r"^SystemCallFilter=(.*)$", text, re.M)
        assert calls[-1].split() == ["setpriority", "sched_setscheduler", "sched_setparam"]

    def test_systemd_finds_nothing_to_complain_about(self, tmp_path):
        unit = tmp_path / UNIT.name
        unit.write_text(UNIT.read_text().replace("/usr/bin/osier", OSIER))
        done = subprocess.run(
            [tool("systemd-analyze"), "verify", "--man=no", str(unit)], capture_output=True,
            text=True, check=False)
        assert unit.name not in done.stderr, done.stderr

    def test_what_it_runs_is_a_command_of_ours(self):
        line = re.search(r"^ExecStart=/usr/bin/osier (.*)$", UNIT.read_text(), re.M).group(1)
        words = line.replace("%i", "meters").split()
        words[words.index("--config") + 1] = str(DEPLOY / "osier.yaml")
        position = words.index("--port-file")
        del words[position:position + 2]
        run(OSIER, *words, "--check", env=environment())

    def test_exit_codes_that_prevent_a_restart_are_those_of_the_command(self):
        codes = re.search(r"^RestartPreventExitStatus=(.*)$", UNIT.read_text(), re.M).group(1)
        for arguments, code in ((["--nonsense"], 64), (["--set", "model.seed=x"], 78)):
            done = subprocess.run(
                [OSIER, "serve", *arguments], capture_output=True, check=False, env=environment())
            assert done.returncode == code and str(code) in codes.split()


class TestPrometheus:
    def test_the_configuration_and_its_rules_are_valid(self):
        run(tool("promtool"), "check", "config", DEPLOY / "prometheus/prometheus.yaml")

    def test_alerts_fire_when_they_should(self):
        run(tool("promtool"), "test", "rules", Path(__file__).with_name("alerts.test.yaml"))

    def test_metrics_that_are_named_are_those_of_the_daemon(self, start, connect):
        """Alerts and dashboard over a metric that does not exist would be silent for ever."""
        daemon = start("http.address=127.0.0.1:0")
        if not daemon.endpoints.get("http"):
            pytest.skip("this daemon has no HTTP server")
        pages = []
        for options in ([], ["model.task=regression"]):
            one = start("http.address=127.0.0.1:0", "status.interval_seconds=0.05",
                        "budget.memory_bytes=4000000000", *options)
            other = connect(one)
            other.learn({"x": [1.0], "y": 1.5 if options else "UP"})
            other.wait_until_learned(1)
            sequence = other.status()["sequence"]
            other.wait_for_status(lambda s, n=sequence: s["sequence"] > n + 1, "a later status")
            with urllib.request.urlopen(f"http://{one.endpoints['http']}/metrics") as page:
                pages.append(page.read().decode())
        known = set(re.findall(r"^# TYPE (\w+)", "\n".join(pages), re.M))
        known |= {f"{name}_bucket" for name in known}
        used = set()
        for file in ("prometheus/alerts.yaml", "grafana/osier.json"):
            used |= set(re.findall(r"\b(?:osier|process)_\w+", (DEPLOY / file).read_text()))
        assert used - known == set()


class TestGrafana:
    def test_the_dashboard_is_whole(self):
        dashboard = json.loads((DEPLOY / "grafana/osier.json").read_text())
        panels = dashboard["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels) >= 10
        taken = set()
        for panel in panels:
            assert panel["title"] and panel["targets"]
            for target in panel["targets"]:
                assert target["expr"].count("(") == target["expr"].count(")")
                assert "$instance" in target["expr"]
            place = panel["gridPos"]
            cells = {
                (x, y) for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])}
            assert not cells & taken and max(x for x, _ in cells) < 24
            taken |= cells


class TestContainer:
    FILE = DEPLOY / "container/Containerfile"

    def test_it_is_built_in_stages_and_runs_without_root(self):
        text = re.sub(r"\\\n", " ", self.FILE.read_text())
        steps = [line.split(None, 1) for line in text.splitlines() if line[:1].isalpha()]
        assert [word for word, _ in steps].count("FROM") == 2
        final = dict(steps[max(i for i, (word, _) in enumerate(steps) if word == "FROM"):])
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"])
        assert "osier" in final["HEALTHCHECK"] and final["VOLUME"] == "/var/lib/osier"
        command = json.loads(final["CMD"])
        assert command[:2] == ["serve", "--config"]

    def test_what_it_copies_exists(self):
        for line in re.findall(r"^COPY (?!--from)(.*)$", self.FILE.read_text(), re.M):
            for source in line.split()[:-1]:
                assert (ROOT / source).exists(), source

    def test_its_configuration_is_valid_and_its_ports_are_published(self):
        listing = run(OSIER, "serve", "--check", "--config", DEPLOY / "container/osier.yaml",
                      env=environment())
        ports = set(re.findall(r"0\.0\.0\.0:(\d+)", listing))
        exposed = re.search(r"^EXPOSE (.*)$", self.FILE.read_text(), re.M).group(1)
        assert ports == set(exposed.split())


@pytest.fixture(scope="module")
def objects():
    """What the manifests declare, by kind."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    text = (DEPLOY / "kubernetes/osier.yaml").read_text()
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


class TestKubernetes:
    def test_its_configuration_is_valid(self, objects, tmp_path):
        file = tmp_path / "osier.yaml"
        file.write_text(objects["ConfigMap"]["data"]["osier.yaml"])
        listing = run(OSIER, "serve", "--check", "--config", file, env=environment())
        container = objects["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]
        ports = {str(port["containerPort"]) for port in container["ports"]}
        assert set(re.findall(r"0\.0\.0\.0:(\d+)", listing)) == ports
        mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
        directory = re.search(r'^storage.directory: "?([^"\n]*)', listing, re.M).group(1)
        assert directory in mounts

    def test_names_that_refer_to_each_other_agree(self, objects):
        template = objects["StatefulSet"]["spec"]["template"]
        labels = template["metadata"]["labels"]
        spec = template["spec"]
        container = spec["containers"][0]
        names = {port["name"] for port in container["ports"]}
        assert objects["StatefulSet"]["spec"]["selector"]["matchLabels"] == labels
        assert objects["Service"]["spec"]["selector"] == labels
        assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
        assert objects["StatefulSet"]["spec"]["serviceName"] == objects["Service"]["metadata"]["name"]
        assert {port["targetPort"] for port in objects["Service"]["spec"]["ports"]} == names
        for rule in objects["NetworkPolicy"]["spec"]["ingress"]:
            assert {port["port"] for port in rule["ports"]} <= names
        for probe, path in (
            ("startupProbe", "/readyz"), ("readinessProbe", "/readyz"),
            ("livenessProbe", "/healthz"),
        ):
            assert container[probe]["httpGet"] == {"path": path, "port": "http"}
        volumes = {volume["name"] for volume in spec["volumes"]} | {
            claim["metadata"]["name"]
            for claim in objects["StatefulSet"]["spec"]["volumeClaimTemplates"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        maps = [volume["configMap"]["name"] for volume in spec["volumes"]]
        assert maps == [objects["ConfigMap"]["metadata"]["name"]]

    def test_it_runs_as_the_user_of_the_image_and_may_do_little(self, objects):
        spec = objects["StatefulSet"]["spec"]["template"]["spec"]
        user = re.search(r"--uid (\d+)", (DEPLOY / "container/Containerfile").read_text()).group(1)
        assert spec["securityContext"]["runAsUser"] == int(user)
        assert spec["securityContext"]["runAsNonRoot"] is True
        own = spec["containers"][0]["securityContext"]
        assert own["readOnlyRootFilesystem"] is True and own["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= spec["containers"][0]["resources"].keys()


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The Debian package of the program under test."""
    tool("dpkg-deb")
    output = tmp_path_factory.mktemp("package")
    made = run(DEPLOY / "debian/build-package.sh", "--binary", OSIER, "--output", output)
    return Path(made.strip())


class TestDebian:
    @pytest.fixture
    def installed(self, package, tmp_path):
        """Installs into a throw-away root, and gives a function that calls dpkg there."""
        if os.geteuid() != 0:
            pytest.skip("only root may install packages")
        root = tmp_path / "root"
        for directory in ("etc", "var/lib/dpkg/updates", "var/lib/dpkg/info", "tmp"):
            (root / directory).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        for file in ("passwd", "group", "shadow", "gshadow"):
            (root / "etc" / file).touch()

        def dpkg(*arguments):
            return run(
                "dpkg", f"--root={root}", "--force-script-chrootless", "--force-depends",
                *arguments)

        dpkg("--install", package)
        return root, dpkg

    def test_its_fields_are_in_place(self, package):
        fields = run("dpkg-deb", "--field", package)
        version = run(OSIER, "--version").split()[1]
        assert f"Version: {version}\n" in fields and "Package: osier\n" in fields
        depends = re.search(r"^Depends: (.*)$", fields, re.M).group(1).split(", ")
        assert {"libc6", "libzmq5", "libsqlite3-0", "libsodium23", "zlib1g"} <= set(depends)
        # What those need in turn is for their packages to say.
        assert not {"libsasl2-2", "libssh2-1", "libnorm1"} & set(depends)
        assert all(re.fullmatch(r"[a-z0-9.+-]+", name) for name in depends)

    def test_its_scripts_are_sound(self):
        scripts = [DEPLOY / "debian" / name for name in (
            "build-package.sh", "postinst", "prerm", "postrm")]
        run(tool("shellcheck"), *scripts)

    def test_every_file_belongs_to_root_and_nobody_else_may_write(self, package):
        for line in run("dpkg-deb", "--contents", package).splitlines():
            mode, owner, *_ = line.split()
            assert owner == "root/root", line
            assert mode[0] == "l" or mode[5] == mode[8] == "-", line

    @pytest.mark.slow
    def test_lintian_finds_no_error_in_its_form(self, package):
        """Bundled libraries are ours to answer for; the rest of the policy is not."""
        done = subprocess.run(
            [tool("lintian"), "--fail-on", "error", "--suppress-tags",
             "embedded-library,custom-library-search-path,bogus-mail-host,"
             "bogus-mail-host-in-debian-changelog", str(package)],
            capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_the_manual_has_every_subcommand(self, package, tmp_path):
        run("dpkg-deb", "--extract", package, tmp_path)
        page = gzip.decompress((tmp_path / "usr/share/man/man1/osier.1.gz").read_bytes()).decode()
        dump = json.loads(run(OSIER, "--experimental-dump-help"))
        for command in dump["command"]["subcommands"]:
            if command["commandName"] != "help":
                # roff wants a hyphen that is typed escaped.
                title = command["commandName"].replace("-", "\\-")
                assert f".SS osier {title}\n" in page
                for argument in command.get("arguments", []):
                    for name in argument.get("names", []):
                        assert name["name"].replace("-", "\\-") in page or name["name"] in (
                            "help", "h", "version")
        if shutil.which("groff"):
            done = subprocess.run(
                ["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True,
                text=True, check=False)
            assert done.stderr == ""

    @pytest.mark.parametrize("shell, file", [
        ("bash", "bash-completion/completions/osier"), ("zsh", "zsh/vendor-completions/_osier"),
        ("fish", "fish/vendor_completions.d/osier.fish")])
    def test_completions_are_scripts_of_their_shell(self, package, tmp_path, shell, file):
        run("dpkg-deb", "--extract", package, tmp_path)
        script = tmp_path / "usr/share" / file
        assert "serve" in script.read_text()
        run(tool(shell), "-n", script)

    def test_installed_it_learns_survives_a_restart_and_goes_without_a_trace(
        self, installed, package, context, tmp_path
    ):
        root, dpkg = installed
        assert re.search(r"^osier:x:\d+:\d+:.*/usr/sbin/nologin$",
                         (root / "etc/passwd").read_text(), re.M)
        state = root / "var/lib/osier"
        assert state.stat().st_mode & 0o777 == 0o750 and state.stat().st_uid != 0
        assert (root / "lib/systemd/system/osier@.service").exists()

        program = str(root / "usr/bin/osier")
        run(program, "serve", "--check", "--config", root / "etc/osier/default.yaml",
            env=environment())
        durable = False
        for expected in (200, 400):
            daemon = Daemon(
                tmp_path / f"run-{expected}", "http.address=",
                f"storage.directory={state / 'default'}",
                arguments=["--config", str(root / "etc/osier/default.yaml")], program=program)
            client = Client(context, daemon)
            reply = client.learn([{"x": [1.0, 2.0], "y": "UP"}] * 200)
            assert reply["accepted"] == 200
            if reply.get("durable", True):
                durable = True
                assert client.status()["stream"]["learned"] == expected
            client.close()
            daemon.stop()
            # An upgrade in between keeps what is configured and learned.
            (root / "etc/osier/default.yaml").write_text("http:\n  address: \"\"\n")
            dpkg("--install", package)
            assert "5780" not in (root / "etc/osier/default.yaml").read_text()
        assert durable or reply["durable"] is False

        # As `systemctl enable osier@default` leaves it.
        wants = root / "etc/systemd/system/multi-user.target.wants"
        wants.mkdir(parents=True)
        (wants / "osier@default.service").symlink_to("/lib/systemd/system/osier@.service")
        dpkg("--remove", "osier")
        assert not (root / "usr/bin/osier").exists() and state.exists()
        dpkg("--purge", "osier")
        left = [
            path for path in root.rglob("*osier*") if "var/lib/dpkg" not in str(path)]
        assert left == []
        assert "osier" not in (root / "etc/passwd").read_text()
