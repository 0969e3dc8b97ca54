import WireFormat

/// What a daemon has said of itself lately: enough for a live view, and never more.
public struct StatusHistory: Equatable, Sendable {
    /// What curves are drawn of.
    public struct Point: Equatable, Sendable {
        public let samplesPerSecond: Double
        public let predictionsPerSecond: Double
        public let lagSeconds: Double
        /// The headline figure over the window; nil before anything was scored.
        public let quality: Double?
    }

    public struct Event: Equatable, Sendable {
        /// Seconds since the epoch, by the daemon's clock.
        public let time: Double
        public let text: StyledText
        /// A change whose outcome is still to come.
        fileprivate var proposal: AdaptationMessage?
        /// What this is the last of.
        fileprivate var run: Run?
    }

    /// Changes that come in rows and leave the network as it is.
    fileprivate struct Run: Equatable, Sendable {
        /// `reverted`: trials that failed; `adjusted`: what learning spends under changing load.
        var name: String
        var count = 1

        init?(_ body: AdaptationMessage) {
            if body.event == .reverted {
                name = "reverted"
            } else if body.event == .kept, case .string(let operation)? = body.action?["op"],
                ["train_share", "replay", "committee"].contains(operation)
            {
                name = "adjusted"
            } else {
                return nil
            }
        }

        var noun: String { name == "reverted" ? "trials" : "times" }
    }

    /// Points that are kept: five minutes at the default interval.
    public static let pointLimit = 300
    public static let eventLimit = 50

    public private(set) var latest: StatusReport?
    /// Seconds between the last two statuses; nil before there were two of one process.
    public private(set) var interval: Double?
    public private(set) var points: [Point] = []
    /// Points before the first that is kept.
    public private(set) var forgottenPoints = 0
    /// In the order of their times.
    public private(set) var events: [Event] = []
    /// The last message of each topic, to tell one that is sent again.
    private var seen: [Seen] = []

    private struct Seen: Equatable {
        let topic: StatusTopic
        var sequence: Int64
        var time: Double
    }

    public init() {}

    /// Takes a message. One that is sent again, because somebody else subscribed, changes nothing.
    public mutating func note(_ message: StatusMessage) {
        switch message {
        case .status(let report):
            if isNew(.status, report.sequence, report.time) { note(report) }
        case .adaptation(let body):
            if isNew(.adaptation, body.sequence, body.time) { note(body) }
        case .drift(let body):
            guard isNew(.drift, body.sequence, body.time) else { return }
            add(
                body.time,
                StyledText("drift ", .caution)
                    + StyledText(
                        "by \(body.detector.printable) at sample \(Figures.count(body.samples))"))
        case .rejected(let body):
            guard isNew(.rejected, body.sequence, body.time) else { return }
            add(
                body.time,
                StyledText("\(Figures.count(body.count)) rejected ", .caution)
                    + StyledText(
                        "on \(body.socket.printable): \(body.code.rawValue): "
                            + body.message.printable))
        case .checkpoint(let body):
            guard isNew(.checkpoint, body.sequence, body.time) else { return }
            add(
                body.time,
                StyledText("checkpoint ", .good)
                    + StyledText(
                        "at \(Figures.count(body.samples)) samples, \(Figures.bytes(body.bytes))"))
        case .alert(let body):
            guard isNew(.alert, body.sequence, body.time) else { return }
            add(
                body.time,
                StyledText("\(body.severity.rawValue) ", body.severity.style)
                    + StyledText("\(body.code.printable): \(body.message.printable)"))
        }
    }

    private mutating func note(_ report: StatusReport) {
        if let latest, report.uptimeSeconds < latest.uptimeSeconds {
            // Rates and quality of another process would be drawn as if they fell.
            forgottenPoints += points.count
            points.removeAll()
            add(report.time, StyledText("the daemon was started again", .caution))
        }
        let isSameProcess = latest.map { $0.uptimeSeconds <= report.uptimeSeconds } ?? false
        interval = isSameProcess ? latest.map { max(0, report.time - $0.time) } : nil
        latest = report
        let quality = QualityFigures(report.quality)
        points.append(
            Point(
                samplesPerSecond: report.stream.samplesPerSecond,
                predictionsPerSecond: report.predict.perSecond,
                lagSeconds: report.stream.lagSeconds,
                quality: quality.samples > 0 ? quality.headline.window : nil))
        if points.count > Self.pointLimit {
            points.removeFirst()
            forgottenPoints += 1
        }
    }

    private mutating func isNew(_ topic: StatusTopic, _ sequence: Int64, _ time: Double) -> Bool {
        let entry = Seen(topic: topic, sequence: sequence, time: time)
        guard let index = seen.firstIndex(where: { $0.topic == topic }) else {
            seen.append(entry)
            return true
        }
        defer { seen[index] = entry }
        return seen[index] != entry
    }

    /// An outcome takes the place of its proposal, and of a trial before it that failed as well: what
    /// changed the network stays in sight.
    private mutating func note(_ body: AdaptationMessage) {
        var body = body
        let isOutcome = body.event == .kept || body.event == .reverted
        if isOutcome, let index = events.lastIndex(where: { $0.proposal?.action == body.action }),
            let proposal = events[index].proposal
        {
            events.remove(at: index)
            // Nothing came of it: what was tried says more.
            if body.event == .reverted { body.hidden = proposal.hidden }
        }
        var run = Run(body)
        if let last = events.last, let earlier = last.run, earlier.name == run?.name,
            last.time <= body.time
        {
            run?.count += earlier.count
            events.removeLast()
        }
        add(
            Event(
                time: body.time, text: Self.text(body, run),
                proposal: body.event == .proposed ? body : nil, run: run))
    }

    private mutating func add(_ time: Double, _ text: StyledText) {
        add(Event(time: time, text: text))
    }

    private mutating func add(_ event: Event) {
        // A new subscriber gets the last message of each topic, in the order of the topics.
        let index = events.lastIndex { $0.time <= event.time }.map { $0 + 1 } ?? 0
        events.insert(event, at: index)
        if events.count > Self.eventLimit { events.removeFirst() }
    }

    private static func text(_ body: AdaptationMessage, _ run: Run?) -> StyledText {
        let style: TextStyle =
            switch body.event {
            case .kept: .good
            case .reverted: .caution
            case .proposed, .forced: .accent
            }
        var text = StyledText("\(run?.name ?? body.event.rawValue) ", style)
        if let run, run.count > 1 { text.append("\(run.count) \(run.noun), last ") }
        if let action = body.action { text.append(ActionText.words(action) + " ") }
        if let hidden = body.hidden, hidden.before != hidden.after {
            text.append("\(Figures.list(hidden.before)) → \(Figures.list(hidden.after)) ")
        }
        text.append("by \(body.origin.rawValue)", .dim)
        if let reward = body.reward { text.append(", reward \(Figures.short(reward))", .dim) }
        if let reason = body.reason { text.append(": \(reason.printable)", .dim) }
        return text
    }
}

extension AlertMessage.Severity {
    fileprivate var style: TextStyle {
        switch self {
        case .info: .accent
        case .warning: .caution
        case .error: .bad
        }
    }
}

/// An operation with its arguments in words: `grow layer 0 units 16`.
enum ActionText {
    static func words(_ action: JSONObject) -> String {
        var words: [String] = []
        for member in action.members {
            if member.key != "op" { words.append(member.key.printable) }
            words.append(text(member.value))
        }
        return words.joined(separator: " ")
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text.printable }
        return String(decoding: value.encoded, as: UTF8.self).printable
    }
}
