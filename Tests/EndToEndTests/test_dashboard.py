"""The dashboard in a real browser, against a real daemon."""

import json
import re
import time

import pytest

from browser import CHROMIUM, Browser
from client import Client, receive_until
from conftest import stop_all
from process import PLAIN, Daemon, wait_for
from streams import GROWING, plane, points, samples, teach, two_classes
from web import Web

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

SERVED = ("http.address=127.0.0.1:0", "status.interval_seconds=0.2")
CHARTS = ("quality", "rate", "latency", "lag", "size")

# Keeps the page's stream of events at hand, so that a test can say what a daemon would.
KEEP_SOURCE = """
    const Real = EventSource;
    window.EventSource = class extends Real {
        constructor(url) { super(url); window.source = this; }
    };
    window.say = (topic, body) => window.source.dispatchEvent(
        new MessageEvent(topic, { data: JSON.stringify(body), lastEventId: run + "-1" }));
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def daemon(context, tmp_path_factory):
    """A client and the pages of a daemon that has learned and answered."""
    made = Daemon(tmp_path_factory.mktemp("dashboard"), *PLAIN, *SERVED, "drift.detector=adwin")
    client = Client(context, made)
    teach(client, 1000)
    client.push({"x": [1], "y": "UP"})
    client.predict([{"x": [1, 2, 3]}] * 20)
    client.wait_for_status(lambda status: status["stream"]["rejected"] == 1, "a refusal")
    yield client, Web(made)
    client.close()
    stop_all([made])


@pytest.fixture
def dashboard(browser, daemon, start):
    """Opens the page; at the end its console must have said nothing.

    It is closed before the daemons of `start` are, so that it has no reason to complain.
    """
    opened = []

    def open_one(web=None, **look):
        web = web or daemon[1]
        page = browser.page(f"http://{web.address}/", **look)
        opened.append(page)
        page.wait("document.body?.dataset.sequence", "the first numbers")
        return page

    yield open_one
    complaints = []
    for page in opened:
        page.run("1")
        # Reading pixels is what these tests do, not the page.
        complaints += [text for text in page.complaints if "willReadFrequently" not in text]
        page.close()
    assert complaints == []


def shown(page):
    """The numbers on the page, and the sequence of the status that they are from."""
    return page.run("""({
        sequence: Number(document.body.dataset.sequence),
        ...Object.fromEntries([...document.querySelectorAll("data")].map(
            data => [data.id, data.value === "" ? null : Number(data.value)])),
        widths: document.getElementById("network").dataset.widths,
        text: document.body.innerText,
    })""")


def pixels(page, chart, color):
    """How many pixels of a chart have (nearly) a colour of the page."""
    return page.run("""((chart, name) => {
        const canvas = document.querySelector(chart);
        const probe = document.createElement("i");
        probe.style.color = color(name);
        document.body.append(probe);
        const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        probe.remove();
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] > 200 && wanted.every((part, index) =>
                Math.abs(part - data[at + index]) < 24)) count++;
        }
        return count;
    })(%s, %s)""" % (json.dumps(chart), json.dumps(color)))


class TestNumbers:
    def test_they_are_those_of_the_status(self, dashboard, daemon):
        page = dashboard()

        def same():
            status, found = daemon[1].json("/api/status"), shown(page)
            return (status, found) if status["sequence"] == found["sequence"] else None

        status, found = wait_for(same, "page and status of one moment")
        assert found["samples-per-second"] == status["stream"]["samples_per_second"]
        assert found["lag"] == status["stream"]["lag_seconds"]
        assert found["predict-p99"] == status["predict"]["latency_microseconds"]["p99"]
        assert found["quality"] == status["quality"]["window"]["accuracy"]
        assert found["parameters"] == status["model"]["parameters"]
        assert found["widths"] == "3,8,2"
        assert "1,000 learned" in found["text"] and "shape_mismatch 1" in found["text"]
        assert "majority" in found["text"] and "no change" in found["text"]

    def test_features_with_their_statistics(self, dashboard, daemon):
        page = dashboard()
        page.wait("document.querySelectorAll('#features tr').length === 4", "three features")
        cells = page.run("[...document.querySelectorAll('#features tr:nth-child(2) td')]"
                         ".map(cell => cell.textContent)")
        feature = daemon[1].json("/api/schema")["features"][0]
        assert cells[0] == feature["name"] and cells[2] == "1,000"
        assert float(cells[4]) == pytest.approx(feature["mean"], rel=1e-3)
        assert float(cells[5]) == pytest.approx(feature["standard_deviation"], rel=1e-3)

    def test_a_regression_is_told_by_its_error(self, dashboard, start, connect):
        made = start(*SERVED)
        client = connect(made)
        x, y = plane(500)
        client.learn(samples(x, y.tolist()))
        page = dashboard(Web(made))
        page.wait("document.body.innerText.includes('Mean absolute error')", "the error")

    def test_what_producers_send_is_text_and_never_markup(self, dashboard, start, connect):
        made = start(*SERVED)
        client = connect(made)
        name = "<img src=x onerror=document.title=1>"
        client.learn([{"x": {name: n % 3}, "y": "<b>a</b>"} for n in range(50)])
        page = dashboard(Web(made))
        page.wait("document.querySelectorAll('#features tr').length === 2", "the feature")
        assert page.run("document.querySelector('#features td').textContent") == name
        assert page.run("document.querySelectorAll('main img, main b b').length") == 0


class TestCharts:
    def test_all_of_them_are_drawn(self, dashboard):
        page = dashboard()
        for name in CHARTS:
            canvas = f"#{name}-chart canvas"
            # Where both are zero, one curve lies over the other.
            wait_for(lambda: pixels(page, canvas, "green") + pixels(page, canvas, "blue") > 30,
                     f"a curve in {name}")
        assert pixels(page, "#network", "green") > 500
        labels = page.run("[...document.querySelectorAll('canvas')].map(canvas => "
                          "canvas.getAttribute('aria-label'))")
        assert all(labels) and "Osier" in labels[0] and "hidden 8" in labels[1]

    def test_drift_is_marked(self, dashboard):
        page = dashboard(script=KEEP_SOURCE)
        before = pixels(page, "#size-chart canvas", "amber")
        page.run("say('drift', { time: data.time.at(-1), sequence: 1, detector: 'adwin', "
                 "statistic: 1, samples: 900 })")
        wait_for(lambda: pixels(page, "#size-chart canvas", "amber") > before, "the mark")
        assert "Drift by adwin at sample 900" in shown(page)["text"]

    def test_ten_thousand_points_stay_fluid(self, dashboard):
        page = dashboard(script="""
            const ask = fetch;
            window.fetch = async (path, options) => {
                const answer = await ask(path, options);
                if (path !== "/api/history") return answer;
                const history = await answer.json(), last = history.series.time.at(-1);
                for (const key in history.series) {
                    history.series[key] = Array.from({ length: 10000 }, (_, index) =>
                        key === "time" ? last + index - 9999
                            : key === "quality" ? .8 + .1 * Math.sin(index / 300)
                            : 1000 + 300 * Math.sin(index / 50) + index % 37);
                }
                return new Response(JSON.stringify(history));
            };""")
        page.wait("data.time.length >= 10000", "the long history")
        page.wait("Number(document.querySelector('#rate-chart canvas').dataset.points) >= 10000",
                  "its drawing")
        page.look(1280, 900)
        milliseconds = page.run("""(() => {
            const taken = [];
            for (let round = 0; round < 9; round++) {
                const start = performance.now();
                draw();
                taken.push(performance.now() - start);
            }
            return taken.sort((a, b) => a - b)[4];
        })()""")
        print(f"10,000 points in five charts: {milliseconds:.1f} ms")
        # A frame in ten at the rate of the status; several times what a slow machine takes.
        assert milliseconds < 200
        # Still following, and no longer than it should be.
        before = page.run("data.time.at(-1)")
        page.wait(f"data.time.at(-1) > {before}", "a newer point")
        assert page.run("data.time.length") <= 10_500

    def test_a_span_can_be_chosen(self, dashboard):
        page = dashboard()
        page.run("document.querySelector('[data-span=\"300\"]').click()")
        page.wait("document.querySelector('[data-span=\"300\"]').ariaPressed === 'true'",
                  "the choice")
        assert page.run("document.querySelectorAll('[aria-pressed=true]').length") == 1


class TestAdaptations:
    ACTION = {"op": "grow", "layer": 0, "units": 8}

    def change(self, event, sequence, **more):
        return {
            "time": time.time(), "sequence": sequence, "structure": 1, "event": event,
            "action": self.ACTION, "hidden": {"before": [8], "after": [16]},
            "parameters": {"before": 50, "after": 98}, "by": "rules", "observation": None,
            "action_values": None, "reward": None, "reason": None} | more

    def test_a_trial_and_its_outcome(self, dashboard):
        page = dashboard(script=KEEP_SOURCE)
        page.run(f"say('adaptation', {json.dumps(self.change('proposed', 1))})")
        page.wait("document.querySelector('#timeline').innerText.includes('On trial')", "a trial")
        kept = self.change("kept", 2, reward=0.25, reason="the loss fell by 3 %")
        page.run(f"say('adaptation', {json.dumps(kept)})")
        page.wait("document.querySelector('#timeline').innerText.includes('Kept')", "its outcome")
        text = page.run("document.querySelector('#timeline').innerText")
        assert "On trial" not in text
        for part in ("grow layer 0 units 8", "[8] → [16]", "+48 parameters",
                     "the loss fell by 3 %", "0.25", "rules"):
            assert part in text, text
        # A mark between two columns of pixels is pale; it moves on with the time axis.
        wait_for(lambda: pixels(page, "#quality-chart canvas", "green") > 30, "its mark")

    def test_trials_that_failed_in_a_row_are_folded(self, dashboard):
        """What changed the network stays in sight, and the rest is one click away."""
        page = dashboard(script=KEEP_SOURCE)
        page.run(f"say('adaptation', {json.dumps(self.change('kept', 1))})")
        for number in range(4):
            action = self.ACTION | {"layer": number}
            for event, hidden in (("proposed", [16]), ("reverted", [8])):
                told = self.change(event, 2 + 2 * number + (event == "reverted"), action=action,
                                   hidden={"before": [8], "after": hidden})
                page.run(f"say('adaptation', {json.dumps(told)})")
        rows = "[...document.querySelectorAll('#timeline li')].map(row => row.innerText)"
        # Three rows stand there from the second trial on.
        page.wait(f"{rows}[1] === '3 more trials reverted before it'", "one run of four")
        shown = page.run(rows)
        assert "Reverted grow layer 3 units 8: [8] → [16]" in shown[0].replace("\n", " ")
        assert len(shown) == 3
        assert "Kept" in shown[2] and "On trial" not in "".join(shown)
        page.run("document.querySelector('#timeline button').click()")
        page.wait(f"{rows}.length === 6", "all of them")
        # A later status leaves them unfolded.
        page.run("draw()")
        assert "grow layer 0" in page.run(rows)[4]
        page.run("document.querySelector('#timeline button').click()")
        page.wait(f"{rows}.length === 3", "the run folded again")

    def test_what_learning_spends_is_one_line_and_no_mark(self, dashboard):
        page = dashboard(script=KEEP_SOURCE)
        marks = page.run("timeline.marks().length")
        for number, members in enumerate((7, 8, 7)):
            told = self.change("kept", 1 + number, action={"op": "committee", "members": members},
                               hidden={"before": [8], "after": [8]},
                               parameters={"before": 50, "after": 50})
            page.run(f"say('adaptation', {json.dumps(told)})")
        rows = "[...document.querySelectorAll('#timeline li')].map(row => row.innerText)"
        page.wait(f"{rows}[1] === '2 more before it'", "one line and what was before it")
        first, second = page.run(rows)
        assert "Adjusted committee members 7" in first.replace("\n", " ") and "→" not in first
        assert second == "2 more before it"
        assert page.run("timeline.marks().length") == marks

    def test_the_layers_grow_to_their_new_width(self, dashboard):
        page = dashboard(script=KEEP_SOURCE)
        grown = page.run("""(() => {
            const next = structuredClone(status);
            next.time = Date.now() / 1000;
            next.model.hidden = [16, 4];
            say("status", next);
            draw();
            return [drawing.canvas.dataset.widths,
                    drawing.units(drawing.layers[1], drawing.layers[1].start + 10),
                    drawing.units(drawing.layers[1], drawing.layers[1].start + 5000)];
        })()""")
        assert grown[0] == "3,16,4,2"
        assert 8 < grown[1] < 16 and grown[2] == 16


class TestLooks:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_text_can_be_read(self, dashboard, dark):
        """Contrast of at least 4.5 : 1, which WCAG 2.1 asks for (success criterion 1.4.3)."""
        page = dashboard(dark=dark)
        ratios = page.run("""(() => {
            const luminance = name => {
                const probe = document.createElement("i");
                probe.style.color = color(name);
                document.body.append(probe);
                const parts = getComputedStyle(probe).color.match(/\\d+/g).slice(0, 3);
                probe.remove();
                const [r, g, b] = parts.map(part => {
                    const share = part / 255;
                    return share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
                });
                return .2126 * r + .7152 * g + .0722 * b;
            };
            const pairs = [["ink", "card"], ["quiet", "card"], ["quiet", "page"],
                ["green", "card"], ["blue", "card"], ["amber", "card"], ["red", "card"],
                ["green", "green-wash"], ["amber", "amber-wash"], ["red", "red-wash"],
                ["quiet", "grid"]];
            return pairs.map(([text, ground]) => {
                const [low, high] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
                return [text + " on " + ground, (high + .05) / (low + .05)];
            });
        })()""")
        assert [pair for pair in ratios if pair[1] < 4.5] == []
        background = page.run("getComputedStyle(document.body).backgroundColor")
        assert (int(background[4:].split(",")[0]) < 60) == dark

    @pytest.mark.parametrize("width", [360, 390, 768, 1920])
    def test_nothing_is_cut_off(self, dashboard, width):
        page = dashboard(width=width, height=800)
        assert page.run("document.documentElement.scrollWidth") <= width
        # No text is smaller than can be read at arm's length.
        assert page.run("""Math.min(...[...document.querySelectorAll("body *")]
            .filter(element => element.innerText)
            .map(element => parseFloat(getComputedStyle(element).fontSize)))""") >= 12

    def test_before_the_first_sample_it_says_so(self, dashboard, start):
        page = dashboard(Web(start(*SERVED)))
        text = shown(page)["text"]
        for part in ("nothing scored yet", "none asked yet", "No feature was met yet.",
                     "No change of structure", "Nothing was refused."):
            assert part in text, part


def test_it_says_when_the_daemon_is_gone_and_comes_back(browser, tmp_path):
    first = Daemon(tmp_path / "first", *PLAIN, *SERVED)
    daemons = [first]
    try:
        address = first.endpoints["http"]
        page = browser.page(f"http://{address}/")
        page.wait("document.body?.dataset.sequence", "the first numbers")
        first.stop()
        page.wait("!document.getElementById('lost').hidden", "the loss to be told")
        # Also when something is drawn after it.
        page.run("draw()")
        assert page.run("document.getElementById('state').textContent") == "disconnected"
        daemons.append(Daemon(tmp_path / "second", *PLAIN, *SERVED[1:], f"http.address={address}"))
        page.wait("document.getElementById('lost').hidden && status.uptime_seconds < 30"
                  " && document.getElementById('state').textContent === 'running'",
                  "the new daemon")
        # Only of the connection does the console speak.
        assert [text for text in page.complaints if "net::ERR" not in text] == []
    finally:
        stop_all(daemons)


def test_a_page_is_open_while_a_stream_is_learned(dashboard, start, connect):
    """What is on the page is at most two seconds behind the daemon."""
    made = start("http.address=127.0.0.1:0")
    client = connect(made)
    page = dashboard(Web(made))
    x, y = two_classes(2000)
    client.learn(samples(x, y))
    began = time.monotonic()
    page.wait("document.body.innerText.includes('2,000 learned')", "the samples")
    assert time.monotonic() - began < 10


def test_it_follows_the_controller_within_two_seconds(dashboard, start, connect):
    """A change that nobody commanded: proposed, tried on the stream, kept, and told with its reason."""
    made = start("http.address=127.0.0.1:0", *GROWING)
    client = connect(made)
    page = dashboard(Web(made))
    told = client.listen("adaptation")
    for part in range(24):
        client.learn(points(500, seed=part))
    kept = receive_until(told, lambda _, body: body.get("event") == "kept")[-1][1]
    heard = time.monotonic()
    page.wait("document.getElementById('timeline').innerText.includes('Kept grow layer 0')"
              " && document.getElementById('timeline').innerText.includes('decided by rules')",
              "the entry")
    after = kept["hidden"]["after"][0]
    page.wait(f"Number(document.getElementById('network').dataset.widths.split(',')[1]) >= {after}",
              "the new width")
    assert time.monotonic() - heard < 2.5
    assert "nats a sample" in page.run("document.getElementById('timeline').innerText")
    assert re.search(r'action="grow",outcome="kept"} [1-9]', Web(made).get("/metrics").decode())


def test_it_follows_a_change_of_structure_within_two_seconds(dashboard, start, connect):
    made = start("http.address=127.0.0.1:0")
    client = connect(made)
    teach(client)
    page = dashboard(Web(made))
    page.wait("document.getElementById('network').dataset.widths === '3,8,2'", "the network")
    reply = client.control("grow", layer=0, units=8)
    assert reply["hidden"]["after"] == [16], reply
    began = time.monotonic()
    page.wait("document.getElementById('network').dataset.widths === '3,16,2'", "the new width")
    page.wait("document.getElementById('timeline').innerText.includes('[8] → [16]')", "the entry")
    assert time.monotonic() - began < 2.5
    assert 'action="grow",outcome="forced"} 1' in Web(made).get("/metrics").decode()
