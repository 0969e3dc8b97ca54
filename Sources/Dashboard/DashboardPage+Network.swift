extension DashboardPage {
    /// Where points are found in time, round numbers for axes, and the network as layers whose
    /// heights follow their widths.
    static let network = #"""
        function lowerBound(values, wanted) {
          let low = 0, high = values.length;
          while (low < high) {
            const middle = (low + high) >> 1;
            if (values[middle] < wanted) low = middle + 1; else high = middle;
          }
          return low;
        }

        function niceTicks(low, high, count) {
          const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
          const step = [1, 2, 2.5, 5, 10].map(part => part * power).find(step => step >= raw);
          const ticks = [];
          for (let index = Math.floor(low / step); index * step < high + step; index++) {
            ticks.push(Number((index * step).toPrecision(12)));
          }
          return ticks;
        }

        // Silence of more than a few intervals is drawn as a gap.
        function gapLimit(data) {
          const count = data.time.length;
          if (count < 3) return Infinity;
          if (data.gapCount !== count) {
            const gaps = [];
            for (let index = Math.max(1, count - 200); index < count; index++) {
              gaps.push(data.time[index] - data.time[index - 1]);
            }
            gaps.sort((a, b) => a - b);
            data.gap = Math.max(5, 5 * gaps[gaps.length >> 1]);
            data.gapCount = count;
          }
          return data.gap;
        }

        class NetworkDrawing {
          constructor(canvas) {
            this.canvas = canvas;
            this.layers = [];
            new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
          }

          // Layers grow and shrink to their new widths; new ones grow out of nothing.
          update(status) {
            const { columns, hidden, outputs } = status.model;
            const wanted = [columns, ...hidden, outputs];
            const key = wanted.join();
            if (key === this.key) return;
            const isFirst = this.key === undefined;
            const now = performance.now();
            const before = this.layers.map(layer => this.units(layer, now));
            const known = before.length;
            this.layers = wanted.map((units, index) => {
              // A layer in the middle came or went: the outputs stay the outputs.
              const old = index === wanted.length - 1 ? before[known - 1]
                : index < known - 1 ? before[index] : 0;
              return { from: isFirst ? units : old ?? 0, to: units, start: now };
            });
            this.key = key;
            this.canvas.setAttribute("aria-label",
              `The network: ${columns} inputs, hidden ${hidden.join(", ") || "none"}, `
              + `${outputs} outputs`);
            this.canvas.dataset.widths = key;
            this.draw();
          }

          units(layer, now) {
            const share = calm.matches ? 1 : Math.min(1, (now - layer.start) / 900);
            const eased = 1 - (1 - share) ** 3;
            return layer.from + (layer.to - layer.from) * eased;
          }

          draw() {
            const canvas = this.canvas, scale = devicePixelRatio || 1;
            const style = getComputedStyle(canvas.parentElement);
            const width = canvas.parentElement.clientWidth - parseFloat(style.paddingLeft)
              - parseFloat(style.paddingRight), height = 250;
            canvas.style.height = height + "px";
            canvas.width = Math.round(width * scale);
            canvas.height = Math.round(height * scale);
            const pen = canvas.getContext("2d");
            pen.setTransform(scale, 0, 0, scale, 0, 0);
            pen.font = "600 13px system-ui, sans-serif";
            pen.textAlign = "center";
            const count = this.layers.length;
            if (!count) return;
            const now = performance.now();
            const units = this.layers.map(layer => this.units(layer, now));
            // The square root lets a layer of 8 be seen beside one of 800.
            const widest = Math.sqrt(Math.max(4, ...this.layers.map(layer =>
              Math.max(layer.from, layer.to))));
            const middle = height / 2 - 6, room = height - 62;
            const thickness = Math.max(10, Math.min(26, width / count / 3));
            const x = index => (index + .5) * width / count;
            const tall = value => value <= 0 ? 0 : Math.max(4, Math.sqrt(value) / widest * room);
            for (let index = 1; index < count; index++) {
              const left = x(index - 1) + thickness / 2, right = x(index) - thickness / 2;
              const from = tall(units[index - 1]) / 2, to = tall(units[index]) / 2;
              const bend = (left + right) / 2;
              pen.fillStyle = color("green");
              pen.globalAlpha = .13;
              pen.beginPath();
              pen.moveTo(left, middle - from);
              pen.bezierCurveTo(bend, middle - from, bend, middle - to, right, middle - to);
              pen.lineTo(right, middle + to);
              pen.bezierCurveTo(bend, middle + to, bend, middle + from, left, middle + from);
              pen.fill();
              pen.globalAlpha = 1;
            }
            let isMoving = false;
            this.layers.forEach((layer, index) => {
              const size = tall(units[index]);
              const isEnd = index === 0 || index === count - 1;
              const isChanging = layer.from !== layer.to && now - layer.start < 900;
              isMoving ||= isChanging && !calm.matches;
              pen.fillStyle = color(isChanging ? "blue" : isEnd ? "quiet" : "green");
              pen.beginPath();
              pen.roundRect(x(index) - thickness / 2, middle - size / 2, thickness, size, 5);
              pen.fill();
              pen.fillStyle = color("ink");
              pen.font = "650 13px system-ui, sans-serif";
              pen.fillText(grouped(units[index]), x(index), middle + size / 2 + 17);
              pen.fillStyle = color("quiet");
              pen.font = "12px system-ui, sans-serif";
              const name = index === 0 ? "inputs" : index === count - 1 ? "outputs"
                : count > 6 ? String(index - 1) : "layer " + (index - 1);
              pen.fillText(name, x(index), height - 6);
            });
            if (isMoving) requestAnimationFrame(() => this.draw());
          }
        }
        """#
}
