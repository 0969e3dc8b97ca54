extension DashboardPage {
    static let style = #"""
        :root {
          --page: #f5f7f3; --card: #ffffff; --ink: #18201b; --quiet: #56635a; --line: #dde3da;
          --grid: #e9ede7; --green: #23744a; --blue: #2563b0; --amber: #8f5a00; --red: #b3261e;
          --green-wash: #e2f1e7; --amber-wash: #fbeed3; --red-wash: #fbe4e1; --blue-wash: #e3edf9;
          --shade: 0 1px 2px rgb(20 40 28 / 6%), 0 4px 16px rgb(20 40 28 / 4%);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f1411; --card: #171d19; --ink: #e8eee9; --line: #2a332d;
            --quiet: #9daba1; --grid: #232b26; --green: #6fcf97; --blue: #86b6f5;
            --amber: #e5b453; --red: #f28b82; --green-wash: #1b3326; --amber-wash: #36290f;
            --red-wash: #3b1f1c; --blue-wash: #1b2a3f; --shade: none;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums;
        }
        h1, h2, p, ul, ol, dl, dd, table, figure { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h2 { font-size: 14px; font-weight: 650; }
        main, header { max-width: 1400px; margin: 0 auto; padding: 0 20px; }
        header {
          display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; padding-top: 18px;
          padding-bottom: 14px;
        }
        header h1 { font-size: 20px; font-weight: 700; letter-spacing: -.01em; margin-right: 2px; }
        header .spring { flex: 1; }
        .quiet { color: var(--quiet); }
        .small { font-size: 13px; }
        .pill {
          display: inline-flex; align-items: center; gap: 6px; padding: 2px 10px; font-size: 13px;
          border-radius: 999px; font-weight: 600; white-space: nowrap; color: var(--quiet);
          background: var(--grid);
        }
        .pill::before {
          content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor;
        }
        .pill.good { color: var(--green); background: var(--green-wash); }
        .pill.caution { color: var(--amber); background: var(--amber-wash); }
        .pill.bad { color: var(--red); background: var(--red-wash); }
        #lost {
          margin-bottom: 14px; padding: 10px 14px; border-radius: 10px; color: var(--red);
          background: var(--red-wash); font-weight: 600;
        }
        [hidden] { display: none !important; }
        body.stale .live { opacity: .55; }
        .live { transition: opacity .3s; }
        .grid { display: grid; gap: 14px; grid-template-columns: repeat(12, minmax(0, 1fr)); }
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: 12px;
          padding: 14px 16px; box-shadow: var(--shade); min-width: 0;
        }
        .card > .head {
          display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 12px;
          margin-bottom: 10px;
        }
        .card > .head .spring { flex: 1; }
        .tiles { grid-column: 1 / -1; display: grid; gap: 14px;
          grid-template-columns: repeat(5, minmax(0, 1fr)); }
        .tile .label { font-size: 13px; color: var(--quiet); }
        .tile data, .tile .number {
          display: block; font-size: 27px; line-height: 1.2; font-weight: 680;
          letter-spacing: -.02em; white-space: nowrap; margin-top: 2px;
        }
        .tile .unit { font-size: 15px; font-weight: 550; color: var(--quiet); letter-spacing: 0; }
        .tile .note { font-size: 13px; color: var(--quiet); min-height: 1.45em; overflow: hidden;
          text-overflow: ellipsis; white-space: nowrap; }
        .good-text { color: var(--green); } .bad-text { color: var(--red); }
        .caution-text { color: var(--amber); } .blue-text { color: var(--blue); }
        .wide { grid-column: span 8; } .narrow { grid-column: span 4; }
        .half { grid-column: span 6; } .full { grid-column: 1 / -1; }
        canvas { display: block; width: 100%; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px;
          color: var(--quiet); }
        .legend span { display: inline-flex; align-items: center; gap: 6px; }
        .legend i { width: 14px; height: 3px; border-radius: 2px; background: var(--key); }
        .legend i.dashed { background: repeating-linear-gradient(90deg, var(--key) 0 4px,
          transparent 4px 7px); }
        .legend i.mark { width: 8px; height: 8px; border-radius: 50%; }
        .choice { display: inline-flex; border: 1px solid var(--line); border-radius: 8px;
          overflow: hidden; }
        .choice button {
          font: inherit; font-size: 13px; border: 0; padding: 3px 11px; background: transparent;
          color: var(--quiet); cursor: pointer;
        }
        .choice button[aria-pressed=true] { background: var(--green-wash); color: var(--green);
          font-weight: 600; }
        .choice button:focus-visible { outline: 2px solid var(--green); outline-offset: -2px; }
        .chart { position: relative; }
        .tip {
          position: absolute; top: 4px; pointer-events: none; background: var(--card);
          border: 1px solid var(--line); border-radius: 8px; padding: 6px 9px; font-size: 12.5px;
          line-height: 1.5; box-shadow: var(--shade); white-space: nowrap; z-index: 2;
        }
        .tip b { font-weight: 650; }
        .empty { color: var(--quiet); padding: 18px 0; text-align: center; font-size: 14px; }
        #timeline { max-height: 420px; overflow-y: auto; }
        #timeline li { display: grid; grid-template-columns: 22px 1fr auto; gap: 2px 8px;
          padding: 9px 0; border-top: 1px solid var(--grid); font-size: 14px; }
        #timeline li:first-child { border-top: 0; padding-top: 0; }
        #timeline .sign { font-weight: 700; text-align: center; }
        #timeline .what b { font-weight: 620; }
        #timeline .why { grid-column: 2 / -1; font-size: 13px; color: var(--quiet);
          overflow-wrap: anywhere; }
        #timeline time { font-size: 13px; color: var(--quiet); white-space: nowrap; }
        #timeline li.earlier { border-top: 0; padding-top: 0; }
        .earlier button { grid-column: 2; justify-self: start; font: inherit; font-size: 13px;
          border: 1px solid var(--line); border-radius: 8px; padding: 1px 10px; cursor: pointer;
          background: transparent; color: var(--quiet); }
        .meter { padding: 6px 0; }
        .meter .row { display: flex; justify-content: space-between; gap: 10px; font-size: 14px; }
        .bar { height: 6px; border-radius: 3px; background: var(--grid); margin-top: 4px;
          overflow: hidden; }
        .bar i { display: block; height: 100%; border-radius: 3px; background: var(--green);
          transition: width .4s; }
        .bar i.over { background: var(--red); }
        .bar i.near { background: var(--amber); }
        table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
        th { text-align: right; font-weight: 550; color: var(--quiet); font-size: 12.5px; }
        th, td { padding: 4px 0 4px 14px; white-space: nowrap; }
        td { text-align: right; border-top: 1px solid var(--grid); }
        th:first-child, td:first-child { text-align: left; padding-left: 0; max-width: 220px;
          overflow: hidden; text-overflow: ellipsis; }
        .scroll { overflow: auto; max-height: 340px; }
        a { color: var(--green); }
        footer { color: var(--quiet); font-size: 13px; padding: 16px 20px 26px; max-width: 1400px;
          margin: 0 auto; }
        @media (max-width: 1000px) {
          .wide, .narrow, .half { grid-column: 1 / -1; }
          .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
        }
        @media (max-width: 560px) {
          main, header { padding-left: 12px; padding-right: 12px; }
          .grid, .tiles { gap: 10px; }
          .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
          .tiles .tile:last-child { grid-column: 1 / -1; }
          .card { padding: 12px; border-radius: 10px; }
          .tile data { font-size: 23px; }
        }
        @media (prefers-reduced-motion: reduce) { .bar i, .live { transition: none; } }
        """#
}
