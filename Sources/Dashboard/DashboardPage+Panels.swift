extension DashboardPage {
    /// Numbers and tables beside the curves.
    static let panels = #"""
        function headline(status) {
          const quality = status.quality, isRegression = "mae" in quality;
          const key = isRegression ? "mae" : "accuracy";
          const format = isRegression ? short : value => percent(value);
          return {
            isRegression, format, name: isRegression ? "mean absolute error" : "accuracy",
            window: quality.window[key], total: quality[key], samples: quality.samples,
            baselines: isRegression
              ? [["mean", quality.baselines.mean], ["no change", quality.baselines.no_change]]
              : [["majority", quality.baselines.majority],
                 ["no change", quality.baselines.no_change]],
          };
        }

        function showTiles(status) {
          const { stream, predict, model } = status;
          show("samples-per-second", stream.samples_per_second,
            rate(stream.samples_per_second) + " /s");
          note("samples-note", `${grouped(stream.learned)} learned`
            + (stream.shed ? `, ${grouped(stream.shed)} shed` : ""));
          show("lag", stream.lag_seconds, seconds(stream.lag_seconds));
          note("lag-note", `${grouped(stream.queue)} of ${grouped(stream.queue_capacity)} queued`,
            stream.queue > .8 * stream.queue_capacity ? "bad-text" : "");
          const micro = predict.latency_microseconds;
          show("predict-p99", micro.p99, predict.served ? latency(micro.p99) : "–");
          note("predict-note", predict.served
            ? `${rate(predict.per_second)} /s, p50 ${latency(micro.p50)}` : "none asked yet");
          showQuality(status);
          show("parameters", model.parameters, grouped(model.parameters));
          note("parameters-note", `hidden ${model.hidden.join(", ") || "none"}; structure `
            + grouped(model.structure));
        }

        function showQuality(status) {
          const quality = headline(status);
          $("quality-label").textContent = quality.samples
            ? `${quality.isRegression ? "Mean absolute error" : "Accuracy"}, last `
              + grouped(status.quality.window.size) : "Quality";
          if (!quality.samples) {
            show("quality", null, "–");
            note("quality-note", "nothing scored yet");
            return;
          }
          show("quality", quality.window, quality.format(quality.window));
          const best = quality.isRegression
            ? Math.min(...quality.baselines.map(([, value]) => value))
            : Math.max(...quality.baselines.map(([, value]) => value));
          const name = quality.baselines.find(([, value]) => value === best)[0];
          const isBetter = quality.isRegression ? quality.total < best : quality.total > best;
          note("quality-note",
            `${quality.format(quality.total)} in all; ${name} ${quality.format(best)}`,
            isBetter ? "good-text" : "caution-text");
        }

        function meter(name, value, limit, format) {
          const box = element("div", undefined, "meter"), row = element("div", undefined, "row");
          row.append(element("span", name, "quiet"), element("span", limit
            ? `${format(value)} of ${format(limit)}` : format(value)));
          box.append(row);
          if (limit) {
            const bar = element("div", undefined, "bar"), share = value / limit;
            const fill = element("i", undefined, share > 1 ? "over" : share > .8 ? "near" : "");
            fill.style.width = Math.min(100, 100 * share) + "%";
            bar.append(fill);
            box.append(bar);
          }
          return box;
        }

        function showResources(status) {
          const budget = status.controller.budget, { resources, model, predict } = status;
          $("resources").replaceChildren(
            meter("CPU, of one core", resources.cpu_fraction, budget.cpu_fraction,
              value => percent(value, 0)),
            meter("Memory", resources.resident_bytes, budget.memory_bytes, bytes),
            meter("Parameters", model.parameters, budget.max_parameters, grouped),
            meter("Prediction p99", predict.latency_microseconds.p99,
              budget.predict_p99_microseconds, latency),
            meter("Threads, open files", 0, 0,
              () => `${resources.threads}, ${resources.open_files}`));
        }

        function showCommittee(status) {
          const members = [...status.committee].sort((a, b) => b.weight - a.weight);
          if (!members.length) {
            $("committee").replaceChildren(element("p", "No network before the first label.",
              "small quiet"));
            return;
          }
          $("committee").replaceChildren(...members.map(member => {
            const text = `${member.role} [${member.hidden.join(", ")}], ${member.optimizer} `
              + `at ${short(member.learning_rate)}`;
            const box = element("div", undefined, "meter"), row = element("div", undefined, "row");
            row.append(element("span", text, "small"), element("span", member.weight.toFixed(3)));
            const bar = element("div", undefined, "bar"), fill = element("i");
            fill.style.width = 100 * member.weight + "%";
            bar.append(fill);
            box.append(row, bar);
            return box;
          }));
        }

        function showRefused(status) {
          const codes = Object.entries(status.stream.rejected_by_code).filter(([, n]) => n > 0);
          $("refused").className = codes.length ? "small caution-text" : "small quiet";
          $("refused").textContent = codes.length
            ? codes.map(([code, n]) => `${code} ${grouped(n)}`).join(", ") : "Nothing was refused.";
        }

        function showHeader(status) {
          const state = $("state");
          // A drawing that was due, or that a pointer asks for, does not hide the loss.
          if (!lost) {
            state.textContent = status.state;
            state.className = "pill " + (status.state === "running" ? "good" : "caution");
          }
          $("uptime").textContent = "for " + age(status.uptime_seconds);
          $("task").textContent = status.model.task === "auto" ? "" : [status.model.task,
            status.model.activation, status.model.loss.replace("_", " "), status.model.optimizer,
            "at " + short(status.model.learning_rate)].join(" · ");
          $("network-note").textContent = `${status.model.inputs} features`;
          const { policy, mode, decisions, kept, reverted } = status.controller;
          $("controller").textContent = policy === "off" ? "the controller is off"
            : `${policy} (${mode}): ${grouped(decisions)} decisions, ${grouped(kept)} kept, `
              + `${grouped(reverted)} reverted`;
          document.title = `Osier – ${status.state}, ${rate(status.stream.samples_per_second)} /s`;
        }

        function showFeatures(schema) {
          const shown = schema.features.slice(0, 300), table = $("features");
          $("features-empty").hidden = shown.length > 0;
          $("features-note").textContent = shown.length < schema.features.length
            ? `the first ${shown.length} of ${grouped(schema.features.length)}`
            : shown.length ? grouped(shown.length) : "";
          if (!shown.length) return table.replaceChildren();
          const head = element("tr");
          for (const name of ["feature", "type", "count", "missing", "mean", "deviation", "min",
            "max", "clipped"]) head.append(element("th", name));
          table.replaceChildren(head, ...shown.map(feature => {
            const row = element("tr"), all = feature.count + feature.missing;
            const share = count => count && all ? percent(count / all, 2) : String(count);
            const cells = [feature.name, feature.categories
              ? `${feature.categories} categories` : feature.type, grouped(feature.count),
              share(feature.missing), short(feature.mean), short(feature.standard_deviation),
              short(feature.minimum), short(feature.maximum), share(feature.clipped)];
            row.append(...cells.map(text => element("td", text)));
            row.title = feature.name;
            return row;
          }));
        }
        """#
}
