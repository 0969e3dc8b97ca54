extension DashboardPage {
    /// Reads the history, follows the events, and draws when there is something new.
    static let stream = #"""
        const limit = 10000;
        let data = emptyData(), status = null, run = null, span = 0, lastNews = 0, isDue = false;
        let lost = null, isRegression = null, source = null, isStarting = false;

        function emptyData() {
          const series = {};
          for (const key of ["time", "samples_per_second", "predictions_per_second",
            "lag_seconds", "predict_p50_microseconds", "predict_p99_microseconds", "quality",
            "baseline", "no_change", "parameters"]) series[key] = [];
          return series;
        }

        const drawing = new NetworkDrawing($("network"));
        const microseconds = value => value === 0 ? "0" : latency(value);
        const charts = {
          quality: new Chart("quality", [], { format: value => percent(value, 0), marks: true,
            height: 236, empty: "Nothing was scored yet: send samples with a label." }),
          rate: new Chart("rate", [
            { key: "samples_per_second", name: "learned /s", color: "green" },
            { key: "predictions_per_second", name: "predicted /s", color: "blue" },
          ], { format: (value, isExact) => isExact ? rate(value) : compact(value), zero: true,
            floor: 1 }),
          latency: new Chart("latency", [
            { key: "predict_p99_microseconds", name: "p99", color: "green" },
            { key: "predict_p50_microseconds", name: "p50", color: "blue", dashed: true },
          ], { format: microseconds, zero: true, floor: 10 }),
          lag: new Chart("lag", [
            { key: "lag_seconds", name: "lag", color: "green" },
          ], { format: value => value === 0 ? "0" : seconds(value), zero: true, floor: .1 }),
          size: new Chart("size", [
            { key: "parameters", name: "parameters", color: "green" },
          ], { format: (value, isExact) => isExact ? grouped(value) : compact(value), zero: true,
            floor: 10, marks: true }),
        };

        function nameQuality(status) {
          const quality = headline(status);
          if (isRegression === quality.isRegression) return;
          isRegression = quality.isRegression;
          $("quality-title").textContent = isRegression
            ? "Mean absolute error over the window" : "Accuracy over the window";
          charts.quality.options.format = isRegression ? short
            : (value, isExact) => percent(value, isExact ? 2 : 0);
          charts.quality.options.zero = isRegression;
          charts.quality.setCurves([
            { key: "quality", name: "Osier", color: "green" },
            { key: "baseline", name: isRegression ? "mean" : "majority", color: "blue",
              dashed: true },
            { key: "no_change", name: "no change", color: "amber", dashed: true },
          ]);
        }

        function append(status) {
          const quality = headline(status), isScored = quality.samples > 0;
          const point = {
            time: status.time,
            samples_per_second: status.stream.samples_per_second,
            predictions_per_second: status.predict.per_second,
            lag_seconds: status.stream.lag_seconds,
            predict_p50_microseconds: status.predict.latency_microseconds.p50,
            predict_p99_microseconds: status.predict.latency_microseconds.p99,
            quality: isScored ? quality.window : null,
            baseline: isScored ? quality.baselines[0][1] : null,
            no_change: isScored ? quality.baselines[1][1] : null,
            parameters: status.model.parameters,
          };
          for (const key in point) {
            data[key].push(point[key]);
            if (data[key].length > limit + 500) data[key].splice(0, 500);
          }
        }

        function requestDraw() {
          if (isDue) return;
          isDue = true;
          requestAnimationFrame(draw);
        }

        function draw() {
          isDue = false;
          const to = data.time.at(-1);
          if (to !== undefined) {
            const all = Math.max(10, to - data.time[0]);
            const from = to - (span ? Math.min(span, Math.max(all, 60)) : all);
            for (const name in charts) charts[name].draw(data, from, to);
          } else {
            const now = Date.now() / 1000;
            for (const name in charts) charts[name].draw(data, now - 60, now);
          }
          if (!status) return;
          showHeader(status);
          nameQuality(status);
          showTiles(status);
          showResources(status);
          showCommittee(status);
          showRefused(status);
          timeline.show(status.time);
          drawing.update(status);
          document.body.dataset.sequence = status.sequence;
        }

        function take(topic, body) {
          lastNews = Date.now();
          if (topic === "status") {
            // The same one may come twice, from the history or after a break.
            if (!(body.time <= data.time.at(-1))) append(body);
            status = body;
            nameQuality(status);
          } else {
            timeline.add(topic, body);
          }
          requestDraw();
        }

        async function get(path) {
          const answer = await fetch(path, { cache: "no-store" });
          if (!answer.ok) throw new Error(path + ": " + answer.status);
          return answer.json();
        }

        async function load() {
          const history = await get("/api/history");
          const latest = await get("/api/status");
          data = emptyData();
          for (const key in data) data[key] = history.series[key];
          timeline.clear();
          for (const event of history.events) timeline.add(event.topic, event.data);
          run = history.last_event_id.split("-")[0];
          take("status", latest);
          return history.last_event_id;
        }

        function follow(after) {
          const topics = "status,adaptation,drift,alert,checkpoint";
          source = new EventSource(`/api/events?topics=${topics}&after=${after}`);
          for (const topic of topics.split(",")) {
            source.addEventListener(topic, event => {
              if (event.lastEventId.split("-")[0] !== run) {
                // Another process answers: its history is another, too.
                source.close();
                return start();
              }
              take(topic, JSON.parse(event.data));
            });
          }
          source.addEventListener("open", () => showLost(null));
          source.addEventListener("error", () => {
            showLost("The connection to the daemon is lost.");
            if (source.readyState === EventSource.CLOSED) setTimeout(start, 1000);
          });
        }

        function showLost(text) {
          if (text && !lost) lost = Date.now();
          if (!text) lost = null;
          $("lost").hidden = !text;
          document.body.classList.toggle("stale", Boolean(text));
          if (!text) return requestDraw();
          $("state").textContent = "disconnected";
          $("state").className = "pill bad";
          $("lost").textContent = `${text} It is tried again all the time; what is shown is from `
            + `${clock(status ? status.time : lost / 1000)}.`;
        }

        async function start() {
          if (isStarting) return;
          isStarting = true;
          source?.close();
          try {
            const last = await load();
            follow(last);
            loadFeatures();
          } catch {
            showLost("The daemon does not answer.");
            setTimeout(start, 1000);
          } finally {
            isStarting = false;
          }
        }

        async function loadFeatures() {
          if (document.hidden || lost) return;
          try {
            showFeatures(await get("/api/schema"));
          } catch { /* The stream of events notices and tells. */ }
        }

        for (const button of document.querySelectorAll("[data-span]")) {
          button.addEventListener("click", () => {
            span = Number(button.dataset.span);
            for (const other of document.querySelectorAll("[data-span]")) {
              other.setAttribute("aria-pressed", String(other === button));
            }
            requestDraw();
          });
        }
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
          requestDraw();
          drawing.draw();
        });
        document.addEventListener("visibilitychange", () => {
          // A browser holds six connections to a server; a page that nobody sees needs none.
          if (document.hidden) source?.close(); else start();
        });
        setInterval(loadFeatures, 5000);
        requestDraw();
        start();
        """#
}
