extension DashboardPage {
    /// Numbers as people read them, and small helpers for the page.
    static let formats = #"""
        const $ = id => document.getElementById(id);
        const isNumber = value => typeof value === "number" && Number.isFinite(value);
        const calm = matchMedia("(prefers-reduced-motion: reduce)");

        function element(name, text, className) {
          const made = document.createElement(name);
          // Names and messages come from whoever sent them: text, never markup.
          if (text !== undefined) made.textContent = text;
          if (className) made.className = className;
          return made;
        }

        function grouped(value) {
          return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
        }

        function short(value) {
          if (!isNumber(value)) return "–";
          const size = Math.abs(value);
          if (size === 0) return "0";
          if (size >= 1e7 || size < 1e-4) return value.toExponential(2);
          if (size >= 1000) return (value < 0 ? "-" : "") + grouped(size);
          return String(Number(value.toPrecision(4)));
        }

        // 12,345 becomes 12.3 k where room is scarce.
        function compact(value) {
          const size = Math.abs(value);
          for (const [unit, scale] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
            if (size >= scale) return Number((value / scale).toPrecision(3)) + " " + unit;
          }
          return Number(value.toPrecision(3)).toString();
        }

        function rate(value) {
          if (!isNumber(value)) return "–";
          return value >= 99.95 ? grouped(value) : value.toFixed(1);
        }

        function percent(value, places = 1) {
          return isNumber(value) ? (100 * value).toFixed(places) + " %" : "–";
        }

        function bytes(value) {
          let unit = "B";
          for (const next of ["KiB", "MiB", "GiB", "TiB"]) {
            if (value < 1024) break;
            value /= 1024;
            unit = next;
          }
          return value.toFixed(unit === "B" ? 0 : 1) + " " + unit;
        }

        function latency(microseconds) {
          if (!isNumber(microseconds)) return "–";
          if (microseconds < 999.5) return microseconds.toFixed(0) + " µs";
          if (microseconds < 999950) return (microseconds / 1e3).toFixed(1) + " ms";
          return (microseconds / 1e6).toFixed(2) + " s";
        }

        function seconds(value) {
          if (!isNumber(value)) return "–";
          if (value < 1) return Number((1000 * value).toPrecision(3)) + " ms";
          return value < 60 ? value.toFixed(2) + " s" : age(value);
        }

        function age(value) {
          const whole = Math.max(0, Math.floor(value));
          if (whole < 60) return whole + " s";
          if (whole < 3600) return Math.floor(whole / 60) + " min " + whole % 60 + " s";
          if (whole < 86400) {
            return Math.floor(whole / 3600) + " h " + Math.floor(whole % 3600 / 60) + " min";
          }
          return Math.floor(whole / 86400) + " d " + Math.floor(whole % 86400 / 3600) + " h";
        }

        function clock(time, withSeconds = true) {
          const date = new Date(1000 * time);
          const two = value => String(value).padStart(2, "0");
          const minutes = two(date.getHours()) + ":" + two(date.getMinutes());
          return withSeconds ? minutes + ":" + two(date.getSeconds()) : minutes;
        }

        // A number with its unit, kept as it came in `value` for whoever reads the page.
        function show(id, raw, text) {
          const target = $(id);
          target.value = raw ?? "";
          const parts = /^(.*\d)( ?[^\d]+)?$/.exec(text);
          target.replaceChildren(parts ? parts[1] : text);
          if (parts && parts[2]) target.append(element("span", parts[2], "unit"));
        }

        function note(id, text, className = "") {
          $(id).textContent = text;
          $(id).className = "note " + className;
        }

        function color(name) {
          return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
        }
        """#
}
