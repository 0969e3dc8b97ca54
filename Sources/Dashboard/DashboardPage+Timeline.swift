extension DashboardPage {
    /// Adaptations and drift, the newest first, and alerts among them.
    static let timeline = #"""
        const timeline = {
          entries: [],
          limit: 500,
          // Runs that somebody unfolded, by the time of their first.
          unfolded: new Set(),

          // What comes in rows: trials that failed, and what learning spends under changing load.
          kind({ topic, data }) {
            if (topic !== "adaptation") return null;
            if (data.event === "reverted") return "reverted";
            return data.event === "kept"
              && ["train_share", "replay", "committee"].includes(data.action?.op) ? "spent" : null;
          },

          clear() { this.entries = []; },

          add(topic, data) {
            if (!["adaptation", "drift", "alert", "checkpoint"].includes(topic)) return;
            if (this.entries.some(entry => entry.topic === topic && entry.data.time === data.time
                && entry.data.sequence === data.sequence)) return;
            if (topic === "adaptation" && ["kept", "reverted"].includes(data.event)) {
              // The outcome takes the place of its proposal, and remembers what was tried.
              const action = JSON.stringify(data.action);
              const index = this.entries.findLastIndex(({ topic, data }) => topic === "adaptation"
                && data.event === "proposed" && JSON.stringify(data.action) === action);
              if (index >= 0) {
                const [{ data: proposal }] = this.entries.splice(index, 1);
                data = { ...data, tried: proposal.hidden };
              }
            }
            this.entries.push({ topic, data });
            this.entries.sort((a, b) => a.data.time - b.data.time);
            if (this.entries.length > this.limit) this.entries.shift();
          },

          // What is drawn into the curves.
          marks() {
            return this.entries.flatMap(entry => {
              const { topic, data } = entry, kind = this.kind(entry);
              if (topic === "drift") return [{ kind: "drift", time: data.time, color: "amber" }];
              if (topic !== "adaptation") return [];
              // The network is as it was: a dot for a trial, and no line through the curves.
              if (kind === "reverted") return [{ kind, time: data.time, color: "quiet" }];
              if (kind === "spent" || data.event === "proposed") return [];
              const color = data.event === "kept" ? "green" : "blue";
              return [{ kind: "adaptation", time: data.time, color }];
            });
          },

          // Drift in a row is one line, and so are the rows of a kind, but for the last: what changed
          // the network stays in sight.
          grouped() {
            const shown = [];
            for (const entry of this.entries) {
              if (entry.topic === "checkpoint") continue;
              const last = shown.at(-1), kind = this.kind(entry);
              if (entry.topic === "drift" && last?.topic === "drift") {
                shown[shown.length - 1] = { ...entry, times: (last.times ?? 1) + 1 };
              } else if (kind && last && this.kind(last) === kind) {
                const { before, ...older } = last;
                shown[shown.length - 1] = { ...entry, before: [...before ?? [], older] };
              } else {
                shown.push(entry);
              }
            }
            return shown.slice(-100).reverse();
          },

          show(now) {
            const shown = this.grouped();
            $("timeline-empty").hidden = shown.length > 0;
            $("timeline").replaceChildren(...shown.flatMap(entry =>
              [this.row(entry, now), ...this.earlier(entry.before ?? [], now)]));
          },

          // What came before the last of a run: folded, unless somebody unfolded it.
          earlier(entries, now) {
            if (!entries.length) return [];
            const first = entries[0].data.time, isOpen = this.unfolded.has(first);
            const item = element("li"), button = element("button");
            const trials = entries.length === 1 ? "trial" : "trials";
            button.textContent = isOpen ? `Fold ${entries.length}`
              : this.kind(entries[0]) === "spent" ? `${entries.length} more before it`
                : `${entries.length} more ${trials} reverted before it`;
            button.setAttribute("aria-expanded", String(isOpen));
            button.addEventListener("click", () => {
              if (isOpen) this.unfolded.delete(first); else this.unfolded.add(first);
              requestDraw();
            });
            item.className = "earlier";
            item.append(button);
            const rows = entries.slice(-50).reverse().map(entry => this.row(entry, now));
            return [item, ...isOpen ? rows : []];
          },

          row({ topic, data, times }, now) {
            const item = element("li"), what = element("span", undefined, "what");
            const { sign, style, lead } = this.kind({ topic, data }) === "spent"
              ? { sign: "⇅", style: "quiet", lead: "Adjusted" } : this.look(topic, data);
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
              proposed: { sign: "…", style: "blue-text",
                lead: String(data.hidden?.before) === String(data.hidden?.after) ? "Proposed"
                  : "On trial" },
              forced: { sign: "✎", style: "blue-text", lead: "Operator" },
            }[data.event] || { sign: "·", style: "", lead: data.event };
          },

          // `grow layer 0 units 16: [64, 64] → [80, 64], +1,040 parameters`
          change(data) {
            const words = Object.entries(data.action || {}).map(([key, value]) =>
              key === "op" ? String(value).replaceAll("_", " ")
                : `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
            let text = words.join(" ");
            const { before, after } = data.tried ?? data.hidden ?? {};
            if (before && String(before) !== String(after)) {
              text += `: [${before.join(", ")}] → [${after.join(", ")}]`;
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
