import WireFormat

/// The live view of a daemon: lines for a terminal, made of what is known, and nothing else.
public struct WatchScreen {
    private let history: StatusHistory
    private let endpoint: String
    private let silentSeconds: Double
    private let columns: Int
    private let rows: Int

    /// Columns of the titles on the left.
    private static let titleWidth = 12
    /// A daemon that says nothing for so long is late, or for several times its own interval.
    private static let silenceLimit = 3.0
    private static let minimalEventRows = 3

    /// - Parameters:
    ///   - endpoint: Where the daemon's status comes from.
    ///   - silentSeconds: Since the last message, or since the start when there was none.
    ///   - columns: Of the terminal.
    ///   - rows: Of the terminal.
    public init(
        _ history: StatusHistory, endpoint: String, silentSeconds: Double, columns: Int, rows: Int
    ) {
        self.history = history
        self.endpoint = endpoint
        self.silentSeconds = silentSeconds
        self.columns = columns
        self.rows = rows
    }

    /// At most as many lines as the terminal has rows, each at most as wide as its columns.
    public var lines: [StyledText] {
        var lines = [header]
        if let status = history.latest { lines += body(status, rowsLeft: rows - 1) }
        return lines.prefix(max(0, rows)).map { $0.fitted(to: columns) }
    }

    private var header: StyledText {
        var left = StyledText(" osier ", .strong)
        guard let status = history.latest else {
            left.append("waits for a status from \(endpoint.printable)", .caution)
            left.append(" (\(Figures.age(seconds: silentSeconds)))", .dim)
            return spread(left, StyledText("q quits ", .dim))
        }
        left.append(status.state.printable, status.state == "running" ? .good : .caution)
        left.append(" for \(Figures.age(seconds: status.uptimeSeconds))")
        if silentSeconds > max(Self.silenceLimit, 3 * (history.interval ?? 0)) {
            left.append(
                "  gone? silent for \(Figures.age(seconds: silentSeconds)), waits for it", .bad)
        }
        return spread(left, StyledText("\(endpoint.printable)  q quits ", .dim))
    }

    /// The fixed parts first; layers, members and events share what is left of the height.
    private func body(_ status: StatusReport, rowsLeft: Int) -> [StyledText] {
        let top = stream(status) + predict(status) + quality(status)
        let bottom = controller(status) + resources(status) + trouble(status)
        let network = NetworkPanel(status, width: columns - Self.titleWidth)
        let isRoomy = rowsLeft >= 32
        let gaps = isRoomy ? 4 : 0
        let free = max(0, rowsLeft - top.count - bottom.count - gaps - 1)
        let layers = network.layers(limit: max(0, free - Self.minimalEventRows))
        let members = network.members(
            limit: max(0, free - layers.count - Self.minimalEventRows))
        let gap = isRoomy ? [StyledText()] : []
        var lines = top + gap + titled("network", [network.summary] + layers) + gap
        if !members.isEmpty { lines += titled("committee", members) + gap }
        lines += bottom + gap
        return lines + events(limit: rowsLeft - lines.count, now: status.time)
    }

    private func stream(_ status: StatusReport) -> [StyledText] {
        let stream = status.stream
        let isLate = stream.lagSeconds > 1
        return titled(
            "stream",
            [
                figure(Figures.perSecond(stream.samplesPerSecond), .strong)
                    + curve(\.samplesPerSecond, landmarks: [0])
                    + StyledText(
                        "  learned \(Figures.count(stream.learned)) samples, shed "
                            + Figures.count(stream.shed)),
                figure(
                    "lag \(Figures.duration(seconds: stream.lagSeconds))",
                    isLate ? .bad : .plain)
                    // Less than a tenth of a second is nobody's concern.
                    + curve(\.lagSeconds, landmarks: [0, 0.1])
                    + StyledText(
                        "  \(Figures.count(stream.queue)) of "
                            + "\(Figures.count(stream.queueCapacity)) queued"),
            ])
    }

    private func predict(_ status: StatusReport) -> [StyledText] {
        let latency = status.predict.latencyMicroseconds
        return titled(
            "predict",
            [
                figure(Figures.perSecond(status.predict.perSecond), .strong)
                    + curve(\.predictionsPerSecond, landmarks: [0])
                    + StyledText(
                        "  p50 \(Figures.latency(microseconds: latency.p50)), p99 "
                            + "\(Figures.latency(microseconds: latency.p99)), max "
                            + Figures.latency(microseconds: latency.max))
            ])
    }

    private func quality(_ status: StatusReport) -> [StyledText] {
        let quality = QualityFigures(status.quality)
        let headline = quality.headline
        guard quality.samples > 0 else {
            return titled("quality", [StyledText("nothing scored yet", .dim)])
        }
        let style: TextStyle = quality.beatsBaselines ? .good : .caution
        let others = quality.others.map {
            "\($0.name) \($0.text($0.window)) (\($0.text($0.total)))"
        }.joined(separator: ", ")
        return titled(
            "quality",
            [
                figure(headline.text(headline.window), .strong)
                    + curve(\.quality)
                    + StyledText("  \(headline.name), last \(Figures.count(quality.windowSize))"),
                StyledText("in all \(headline.text(headline.total))", style)
                    + StyledText("  against \(quality.baselineText)"),
                StyledText(others, .dim),
            ])
    }

    private func controller(_ status: StatusReport) -> [StyledText] {
        let controller = status.controller
        var text = StyledText(controller.policy.printable, .strong)
        text.append(
            " (\(controller.mode.printable)): \(Figures.count(controller.decisions)) decisions, "
                + "\(Figures.count(controller.kept)) kept, "
                + "\(Figures.count(controller.reverted)) reverted")
        if controller.epsilon > 0 {
            text.append(", ε \(Figures.short(controller.epsilon))", .dim)
        }
        var lines = [text]
        if let action = controller.lastAction {
            var last = StyledText("last: ", .dim) + StyledText(ActionText.words(action))
            if let reward = controller.lastReward {
                last.append(", reward \(Figures.short(reward))", reward < 0 ? .bad : .good)
            }
            lines.append(last)
        }
        return titled("controller", lines)
    }

    private func resources(_ status: StatusReport) -> [StyledText] {
        let budget = status.controller.budget
        let resources = status.resources
        var text = use("CPU", resources.cpuFraction, budget.cpuFraction) {
            Figures.percent($0, places: 0)
        }
        text.append("  ")
        text += use(
            "memory", Double(resources.residentBytes),
            budget.memoryBytes.flatMap { $0 > 0 ? Double($0) : nil }
        ) { Figures.bytes(Int($0)) }
        text.append("  ")
        text += use(
            "parameters", Double(status.model.parameters), budget.maxParameters.map(Double.init)
        ) { Figures.count(Int($0)) }
        return titled("resources", [text])
    }

    /// What went wrong; calm when nothing did.
    private func trouble(_ status: StatusReport) -> [StyledText] {
        let drift = status.drift
        var text = StyledText("\(drift.detector.printable) \(Figures.count(drift.detections))")
        if let last = drift.lastAtSample { text.append(", last at \(Figures.count(last))") }
        text.append("   rejected ", .dim)
        if let codes = StatusSummary.rejectedCodes(status.stream) {
            text.append(codes, .caution)
        } else {
            text.append("0")
        }
        return titled("drift", [text])
    }

    private func events(limit: Int, now: Double) -> [StyledText] {
        guard limit > 0 else { return [] }
        guard !history.events.isEmpty else {
            return titled("events", [StyledText("none yet", .dim)])
        }
        let lines = history.events.suffix(limit).reversed().map { event in
            StyledText("\(Figures.age(seconds: now - event.time)) ago ", .dim)
                .padded(to: 16) + event.text
        }
        return titled("events", lines)
    }

    /// A use with its limit, red when it is over.
    private func use(
        _ name: String, _ value: Double, _ limit: Double?, _ text: (Double) -> String
    ) -> StyledText {
        let isOver = limit.map { value > $0 } ?? false
        return StyledText("\(name) ", .dim) + StyledText(text(value), isOver ? .bad : .plain)
            + StyledText(limit.map { " of \(text($0))" } ?? "", .dim)
    }

    private func figure(_ text: String, _ style: TextStyle) -> StyledText {
        StyledText(text, style).padded(to: 14)
    }

    private func curve(
        _ value: (StatusHistory.Point) -> Double?, landmarks: [Double] = []
    ) -> StyledText {
        let width = max(8, min(60, columns - Self.titleWidth - 14 - 40))
        let picture = Chart.sparkline(
            history.points.map(value), firstIndex: history.forgottenPoints,
            landmarks: landmarks, width: width)
        return StyledText(picture, .accent).padded(to: width)
    }

    private func titled(_ title: String, _ lines: [StyledText]) -> [StyledText] {
        lines.enumerated().map { index, line in
            StyledText(index == 0 ? " \(title)" : "", .dim).padded(to: Self.titleWidth) + line
        }
    }

    private func spread(_ left: StyledText, _ right: StyledText) -> StyledText {
        guard left.width + right.width < columns else { return left }
        return left.padded(to: columns - right.width) + right
    }
}
