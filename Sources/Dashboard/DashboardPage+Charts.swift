extension DashboardPage {
    /// Curves over time on a canvas. However many points there are, each column of pixels is drawn
    /// once, from the least to the greatest value in it, so that no peak is lost.
    static let charts = #"""
        class Chart {
          // `curves`: {key, name, color, dashed, fill}; `options`: {format, zero, floor, marks}.
          constructor(id, curves, options) {
            this.box = $(id + "-chart");
            this.legend = $(id + "-legend");
            this.options = { height: 200, ...options };
            this.canvas = element("canvas");
            this.canvas.setAttribute("role", "img");
            this.tip = element("div", undefined, "tip");
            this.tip.hidden = true;
            this.box.append(this.canvas, this.tip);
            this.setCurves(curves);
            this.canvas.addEventListener("pointermove", event => this.point(event.offsetX));
            this.canvas.addEventListener("pointerdown", event => this.point(event.offsetX));
            this.canvas.addEventListener("pointerleave", () => this.point(null));
            new ResizeObserver(() => requestDraw()).observe(this.box);
          }

          setCurves(curves) {
            this.curves = curves;
            this.legend.replaceChildren(...curves.map(curve => {
              const item = element("span");
              const key = element("i", undefined, curve.dashed ? "dashed" : "");
              key.style.setProperty("--key", `var(--${curve.color})`);
              item.append(key, curve.name);
              return item;
            }), ...(this.options.marks ? [["kept", "green"], ["reverted", "quiet"],
              ["operator", "blue"], ["drift", "amber"]] : []).map(([name, color]) => {
              const item = element("span");
              const key = element("i", undefined, "mark");
              key.style.setProperty("--key", `var(--${color})`);
              item.append(key, name);
              return item;
            }));
          }

          draw(data, from, to) {
            const width = this.box.clientWidth, height = this.options.height;
            const scale = devicePixelRatio || 1;
            this.canvas.style.height = height + "px";
            this.canvas.width = Math.round(width * scale);
            this.canvas.height = Math.round(height * scale);
            const pen = this.canvas.getContext("2d");
            pen.setTransform(scale, 0, 0, scale, 0, 0);
            pen.font = "12px system-ui, sans-serif";
            const first = lowerBound(data.time, from);
            this.view = { data, first, from, to };
            const range = this.range(data, first);
            this.canvas.dataset.points = data.time.length - first;
            if (!range) return this.drawEmpty(pen, width, height);
            const ticks = niceTicks(range.low, range.high, 4);
            const labels = ticks.map(tick => this.options.format(tick));
            const left = 8 + Math.max(...labels.map(label => pen.measureText(label).width));
            const plot = { left, right: width - 8, top: 10, bottom: height - 22 };
            const low = Math.min(range.low, ticks[0]), high = Math.max(range.high, ticks.at(-1));
            plot.x = time => plot.left + (time - from) / (to - from) * (plot.right - plot.left);
            plot.y = value => plot.bottom - (value - low) / (high - low)
              * (plot.bottom - plot.top);
            this.view.plot = plot;
            this.drawGrid(pen, plot, ticks, labels);
            this.drawTimes(pen, plot, from, to);
            if (this.options.marks) this.drawMarks(pen, plot, from, to);
            for (const curve of this.curves) this.drawCurve(pen, plot, curve, data, first);
            if (this.hover !== undefined && this.hover !== null) this.drawHover(pen, plot);
            this.describe(data);
          }

          range(data, first) {
            let low = Infinity, high = -Infinity;
            for (const curve of this.curves) {
              const values = data[curve.key];
              for (let index = first; index < values.length; index++) {
                const value = values[index];
                if (value === null) continue;
                if (value < low) low = value;
                if (value > high) high = value;
              }
            }
            if (low > high) return null;
            if (this.options.zero) low = Math.min(0, low);
            if (this.options.floor) high = Math.max(high, this.options.floor);
            if (low === high) {
              low -= Math.abs(low) * .1 || .5;
              high += Math.abs(high) * .1 || .5;
            }
            return { low, high };
          }

          drawEmpty(pen, width, height) {
            pen.fillStyle = color("quiet");
            pen.textAlign = "center";
            pen.font = "14px system-ui, sans-serif";
            pen.fillText(this.options.empty || "Nothing to draw yet.", width / 2, height / 2);
            this.canvas.setAttribute("aria-label", this.options.empty || "Nothing to draw yet.");
          }

          drawGrid(pen, plot, ticks, labels) {
            pen.lineWidth = 1;
            pen.textAlign = "right";
            pen.textBaseline = "middle";
            ticks.forEach((tick, index) => {
              const y = Math.round(plot.y(tick)) + .5;
              pen.strokeStyle = color("grid");
              pen.beginPath();
              pen.moveTo(plot.left, y);
              pen.lineTo(plot.right, y);
              pen.stroke();
              pen.fillStyle = color("quiet");
              pen.fillText(labels[index], plot.left - 6, y);
            });
          }

          drawTimes(pen, plot, from, to) {
            const room = Math.max(2, Math.floor((plot.right - plot.left) / 90));
            const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400,
              21600, 43200, 86400, 172800, 604800];
            const step = steps.find(step => (to - from) / step <= room) || steps.at(-1);
            // Whole steps of the local clock.
            const shift = 60 * new Date(1000 * to).getTimezoneOffset();
            pen.fillStyle = color("quiet");
            pen.textBaseline = "alphabetic";
            for (let time = Math.ceil((from - shift) / step) * step + shift; time <= to;
                 time += step) {
              const label = clock(time, step < 60), half = pen.measureText(label).width / 2;
              const x = Math.min(Math.max(plot.x(time), plot.left + half), plot.right - half);
              pen.textAlign = "center";
              pen.fillText(label, x, plot.bottom + 16);
            }
          }

          drawMarks(pen, plot, from, to) {
            // What changed the network is drawn over what was tried.
            const marks = timeline.marks();
            marks.sort((a, b) => (b.kind === "reverted") - (a.kind === "reverted"));
            for (const mark of marks) {
              if (mark.time < from || mark.time > to) continue;
              const x = Math.round(plot.x(mark.time)) + .5;
              pen.strokeStyle = pen.fillStyle = color(mark.color);
              const isReverted = mark.kind === "reverted";
              pen.globalAlpha = isReverted ? 0 : .4;
              pen.setLineDash(mark.kind === "drift" ? [3, 3] : []);
              pen.beginPath();
              pen.moveTo(x, plot.top);
              pen.lineTo(x, plot.bottom);
              pen.stroke();
              pen.setLineDash([]);
              pen.globalAlpha = isReverted ? .6 : 1;
              pen.beginPath();
              pen.arc(x, plot.top, isReverted ? 2 : 3.5, 0, 7);
              pen.fill();
              pen.globalAlpha = 1;
            }
          }

          drawCurve(pen, plot, curve, data, first) {
            const values = data[curve.key], times = data.time;
            const column = { x: NaN, low: 0, high: 0, last: 0 };
            let isOpen = false, startX = 0;
            pen.beginPath();
            const flush = () => {
              if (Number.isNaN(column.x)) return;
              if (!isOpen) { pen.moveTo(column.x, column.first); startX = column.x; }
              pen.lineTo(column.x, column.first);
              if (column.high !== column.low) {
                pen.lineTo(column.x, column.low);
                pen.lineTo(column.x, column.high);
              }
              pen.lineTo(column.x, column.last);
              isOpen = true;
              column.x = NaN;
            };
            for (let index = first; index < values.length; index++) {
              const value = values[index];
              const isGap = index > first && times[index] - times[index - 1] > gapLimit(data);
              if (value === null || isGap) { flush(); isOpen = false; }
              if (value === null) continue;
              const x = Math.round(plot.x(times[index]) * 2) / 2, y = plot.y(value);
              if (x !== column.x) {
                flush();
                Object.assign(column, { x, first: y, low: y, high: y });
              }
              column.low = Math.min(column.low, y);
              column.high = Math.max(column.high, y);
              column.last = y;
            }
            flush();
            pen.strokeStyle = color(curve.color);
            pen.lineWidth = curve.dashed ? 1.4 : 1.8;
            pen.lineJoin = "round";
            pen.setLineDash(curve.dashed ? [5, 4] : []);
            pen.stroke();
            pen.setLineDash([]);
          }

          point(x) {
            this.hover = x;
            requestDraw();
            if (x === null) this.tip.hidden = true;
          }

          drawHover(pen, plot) {
            const { data, first, from, to } = this.view;
            const time = from + (this.hover - plot.left) / (plot.right - plot.left) * (to - from);
            let index = lowerBound(data.time, time);
            if (index > first && (index >= data.time.length
                || time - data.time[index - 1] < data.time[index] - time)) index--;
            if (index < first || index >= data.time.length) return;
            const x = Math.round(plot.x(data.time[index])) + .5;
            pen.strokeStyle = color("quiet");
            pen.lineWidth = 1;
            pen.beginPath();
            pen.moveTo(x, plot.top);
            pen.lineTo(x, plot.bottom);
            pen.stroke();
            this.tip.replaceChildren(element("div", clock(data.time[index]), "quiet"));
            for (const curve of this.curves) {
              const value = data[curve.key][index];
              if (value === null) continue;
              const row = element("div", curve.name + " ");
              row.append(element("b", this.options.format(value, true)));
              this.tip.append(row);
            }
            this.tip.hidden = false;
            const isRight = x > (plot.left + plot.right) / 2;
            this.tip.style.left = isRight ? "auto" : x + 10 + "px";
            this.tip.style.right = isRight ? this.box.clientWidth - x + 10 + "px" : "auto";
          }

          describe(data) {
            const parts = this.curves.map(curve => {
              const value = data[curve.key].at(-1);
              return isNumber(value) ? `${curve.name} ${this.options.format(value, true)}` : null;
            });
            this.canvas.setAttribute("aria-label", parts.filter(part => part).join(", "));
          }
        }
        """#
}
