extension DashboardPage {
    static let body = #"""
        <body>
        <header>
          <h1>Osier</h1>
          <span id="state" class="pill" role="status">connecting</span>
          <span id="uptime" class="quiet small"></span>
          <span class="spring"></span>
          <span id="task" class="quiet small"></span>
          <span class="choice" role="group" aria-label="Span of the charts">
            <button type="button" data-span="300">5 min</button>
            <button type="button" data-span="1800">30 min</button>
            <button type="button" data-span="0" aria-pressed="true">All</button>
          </span>
        </header>
        <main>
        <p id="lost" role="alert" hidden></p>
        <div class="grid live">
          <section class="tiles" aria-label="Now">
            <div class="card tile">
              <div class="label">Learned per second</div>
              <data id="samples-per-second" value="">–</data>
              <div id="samples-note" class="note"></div>
            </div>
            <div class="card tile">
              <div class="label">Lag behind the stream</div>
              <data id="lag" value="">–</data>
              <div id="lag-note" class="note"></div>
            </div>
            <div class="card tile">
              <div class="label">Prediction latency, p99</div>
              <data id="predict-p99" value="">–</data>
              <div id="predict-note" class="note"></div>
            </div>
            <div class="card tile">
              <div id="quality-label" class="label">Quality</div>
              <data id="quality" value="">–</data>
              <div id="quality-note" class="note"></div>
            </div>
            <div class="card tile">
              <div class="label">Parameters</div>
              <data id="parameters" value="">–</data>
              <div id="parameters-note" class="note"></div>
            </div>
          </section>

          <section class="card wide">
            <div class="head">
              <h2 id="quality-title">Quality over the window</h2><span class="spring"></span>
              <div class="legend" id="quality-legend"></div>
            </div>
            <div class="chart" id="quality-chart"></div>
          </section>
          <section class="card narrow">
            <div class="head">
              <h2>Network</h2><span class="spring"></span>
              <span id="network-note" class="quiet small"></span>
            </div>
            <canvas id="network" height="250" role="img" aria-label="The network"></canvas>
          </section>

          <section class="card half">
            <div class="head">
              <h2>Throughput</h2><span class="spring"></span>
              <div class="legend" id="rate-legend"></div>
            </div>
            <div class="chart" id="rate-chart"></div>
          </section>
          <section class="card half">
            <div class="head">
              <h2>Latency of predictions</h2><span class="spring"></span>
              <div class="legend" id="latency-legend"></div>
            </div>
            <div class="chart" id="latency-chart"></div>
          </section>
          <section class="card half">
            <div class="head">
              <h2>Lag</h2><span class="spring"></span>
              <div class="legend" id="lag-legend"></div>
            </div>
            <div class="chart" id="lag-chart"></div>
          </section>
          <section class="card half">
            <div class="head">
              <h2>Size of the network</h2><span class="spring"></span>
              <div class="legend" id="size-legend"></div>
            </div>
            <div class="chart" id="size-chart"></div>
          </section>

          <section class="card wide">
            <div class="head">
              <h2>Adaptations and drift</h2><span class="spring"></span>
              <span id="controller" class="quiet small"></span>
            </div>
            <ol id="timeline"></ol>
            <p id="timeline-empty" class="empty">No change of structure and no drift so far.</p>
          </section>
          <section class="card narrow">
            <div class="head"><h2>Resources against budgets</h2></div>
            <div id="resources"></div>
            <div class="head" style="margin: 14px 0 4px"><h2>Committee</h2></div>
            <div id="committee"></div>
            <div class="head" style="margin: 14px 0 4px"><h2>Refused</h2></div>
            <div id="refused" class="small"></div>
          </section>

          <section class="card full">
            <div class="head">
              <h2>Features</h2><span class="spring"></span>
              <span id="features-note" class="quiet small"></span>
            </div>
            <div class="scroll"><table id="features"></table></div>
            <p id="features-empty" class="empty">No feature was met yet.</p>
          </section>
        </div>
        </main>
        <footer>
          The same as numbers: <a href="/api/status">/api/status</a>,
          <a href="/api/history">/api/history</a>, <a href="/metrics">/metrics</a>.
          <span id="build"></span>
        </footer>
        </body>
        """#
}
