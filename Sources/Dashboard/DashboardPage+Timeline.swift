extension DashboardPage {
    /// Adaptations and drift, the newest first, and alerts among them.
    static let timeline = #"""
        const timeline = {
          entries: [],
          limit: 500,

          clear() { this.entries = []; },

          add(topic, data) {
            if (!["adaptation", "drift", "alert", "checkpoint"].includes(topic)) return;
            if (this.entries.some(entry => entry.topic === topic && entry.data.time === data.time
                && entry.data.sequence === data.sequence)) return;
            if (topic === "adaptation" && ["kept", "reverted"].includes(data.event)) {
              // The outcome takes the place of its proposal.
              const action = JSON.stringify(data.action);
              const index = this.entries.findLastIndex(({ topic, data }) => topic === "adaptation"
                && data.event === "proposed" && JSON.stringify(data.action) === action);
              if (index >= 0) this.entries.splice(index, 1);
            }
            this.entries.push({ topic, data });
            this.entries.sort((a, b) => a.data.time - b.data.time);
            if (this.entries.length > this.limit) this.entries.shift();
          },

          // What is drawn into the curves.
          marks() {
            return this.entries.flatMap(({ topic, data }) => {
              if (topic === "drift") return [{ kind: "drift", time: data.time, color: "amber" }];
              if (topic !== "adaptation") return [];
              const color = { kept: "green", reverted: "quiet" }[data.event] || "blue";
              return [{ kind: "adaptation", time: data.time, color }];
            });
          },

          show(now) {
            const shown = [];
            for (const entry of this.entries) {
              if (entry.topic === "checkpoint") continue;
              // Drift in a row is one line, so that the adaptations stay in sight.
              const last = shown.at(-1);
              if (entry.topic === "drift" && last?.topic === "drift") {
                shown[shown.length - 1] = { ...entry, times: (last.times ?? 1) + 1 };
              } else {
                shown.push(entry);
              }
            }
            shown.splice(0, shown.length - 100);
            $("timeline-empty").hidden = shown.length > 0;
            $("timeline").replaceChildren(...shown.reverse().map(entry => this.row(entry, now)));
          },

          row({ topic, data, times }, now) {
            const item = element("li"), what = element("span", undefined, "what");
            const { sign, style, lead } = this.look(topic, data);
            item.dataset.topic = topic;
            item.append(element("span", sign, "sign " + style), what);
            what.append(element("b", lead, style));
            if (topic === "adaptation") what.append(" " + this.change(data));
            if (topic === "drift") {
              const often = times ? ` ${times} times` : "", last = times ? ", last" : "";
              what.append(`${often} by ${data.detector}${last}`,
                ` at sample ${grouped(data.samples)}`);
            }
            if (topic === "alert") what.append(" " + data.code);
            const time = element("time", age(now - data.time) + " ago");
            time.title = new Date(1000 * data.time).toLocaleString();
            item.append(time);
            const why = this.reason(topic, data);
            if (why) item.append(element("span", why, "why"));
            return item;
          },

          look(topic, data) {
            if (topic === "drift") return { sign: "~", style: "caution-text", lead: "Drift" };
            if (topic === "alert") {
              const style = data.severity === "error" ? "bad-text" : "caution-text";
              return { sign: "!", style, lead: data.severity };
            }
            return {
              kept: { sign: "✓", style: "good-text", lead: "Kept" },
              reverted: { sign: "↺", style: "quiet", lead: "Reverted" },
              proposed: { sign: "…", style: "blue-text", lead: "On trial" },
              forced: { sign: "✎", style: "blue-text", lead: "Operator" },
            }[data.event] || { sign: "·", style: "", lead: data.event };
          },

          // `grow layer 0 units 16: [64, 64] → [80, 64], +1,040 parameters`
          change(data) {
            const words = Object.entries(data.action || {}).map(([key, value]) =>
              key === "op" ? String(value).replaceAll("_", " ")
                : `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
            let text = words.join(" ");
            if (data.hidden) {
              text += `: [${data.hidden.before.join(", ")}] → [${data.hidden.after.join(", ")}]`;
            }
            if (data.parameters) {
              const change = data.parameters.after - data.parameters.before;
              if (change) {
                text += `, ${change > 0 ? "+" : "−"}${grouped(Math.abs(change))} parameters`;
              }
            }
            return text;
          },

          reason(topic, data) {
            if (topic === "alert") return data.message;
            if (topic === "drift") return "";
            const parts = [];
            if (data.reason) parts.push(data.reason);
            if (isNumber(data.reward)) parts.push("brought a reward of " + short(data.reward));
            if (data.by && data.by !== "operator") parts.push("decided by " + data.by);
            return parts.join(" · ");
          },
        };
        """#
}
