import CommandSupport
import Features
import Testing
import WireFormat

@Suite struct WatchTests {
    private static func report(
        sequence: Int64, hidden: [Int] = [32, 16], members: Int = 1, uptime: Double? = nil
    ) -> StatusReport {
        var report = StatusReport()
        report.sequence = sequence
        report.time = 1_700_000_000 + Double(sequence)
        report.uptimeSeconds = uptime ?? Double(sequence)
        report.stream.learned = 45_312
        report.stream.samplesPerSecond = 1_204
        report.stream.rejectedByCode = ["shape_mismatch": 2]
        report.model.hidden = hidden
        report.model.columns = 8
        report.model.outputs = 2
        var quality = QualityReport<ClassificationScores>()
        quality.samples = 45_312
        quality.scores.accuracy = 0.9
        quality.window.size = 1_000
        quality.window.scores.accuracy = 0.95
        quality.baselines.majority = 0.6
        report.quality = .classification(quality)
        for id in 0..<members {
            var member = StatusReport.Member()
            member.id = id
            member.weight = 1 / Double(members)
            report.committee.append(member)
        }
        return report
    }

    private static func lines(
        _ history: StatusHistory, columns: Int = 80, rows: Int = 24, silent: Double = 0
    ) -> [String] {
        WatchScreen(
            history, endpoint: "tcp://127.0.0.1:5704", silentSeconds: silent, columns: columns,
            rows: rows
        ).lines.map(\.plain)
    }

    @Test(
        "the view never leaves the terminal, however small it is and however much there is",
        arguments: [(80, 24), (200, 60), (40, 12), (20, 5), (3, 2), (1, 1)], [0, 2, 40])
    func fits(size: (columns: Int, rows: Int), layers: Int) {
        var history = StatusHistory()
        for second in 1...400 {
            history.note(
                .status(
                    Self.report(
                        sequence: Int64(second), hidden: Array(repeating: 4_096, count: layers),
                        members: 8)))
            var alert = AlertMessage()
            alert.sequence = Int64(second)
            alert.message = String(repeating: "long ", count: 50)
            history.note(.alert(alert))
        }
        let lines = Self.lines(history, columns: size.columns, rows: size.rows)
        #expect(!lines.isEmpty && lines.count <= size.rows)
        #expect(lines.allSatisfy { $0.count <= size.columns })
    }

    @Test("on a usual terminal all that the protocol tells is there")
    func contents() {
        var history = StatusHistory()
        history.note(.status(Self.report(sequence: 1, members: 2)))
        let text = Self.lines(history).joined(separator: "\n")
        for part in [
            "running", "1,204/s", "45,312", "lag", "p99", "95.00 %", "90.00 %", "majority 60.00 %",
            "layer 0", "layer 1", "0.500", "decisions", "memory", "shape_mismatch 2", "events",
        ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    }

    @Test("without a status the view says what it waits for; a silent daemon is told")
    func silence() {
        var history = StatusHistory()
        #expect(Self.lines(history, silent: 7)[0].contains("waits for a status from tcp://"))
        history.note(.status(Self.report(sequence: 1)))
        #expect(!Self.lines(history, silent: 1)[0].contains("silent"))
        #expect(Self.lines(history, silent: 7)[0].contains("silent for 7 s"))
        // One that speaks once in a minute is not late after seven seconds.
        history.note(.status(Self.report(sequence: 61)))
        #expect(!Self.lines(history, silent: 100)[0].contains("silent"))
        #expect(Self.lines(history, silent: 200)[0].contains("silent for 3 min 20 s"))
    }

    @Test("a message that is sent again counts once")
    func repetition() {
        var history = StatusHistory()
        var drift = DriftMessage()
        drift.sequence = 1
        for _ in 0..<3 {
            history.note(.status(Self.report(sequence: 1)))
            history.note(.drift(drift))
        }
        #expect(history.points.count == 1)
        #expect(history.events.count == 1)
    }

    @Test("the history is bounded, and knows how much it has forgotten")
    func bounds() {
        var history = StatusHistory()
        let count = StatusHistory.pointLimit + 25
        for second in 1...count {
            history.note(.status(Self.report(sequence: Int64(second))))
            var drift = DriftMessage()
            drift.sequence = Int64(second)
            drift.time = Double(second)
            history.note(.drift(drift))
        }
        #expect(history.points.count == StatusHistory.pointLimit)
        #expect(history.forgottenPoints == 25)
        #expect(history.events.count == StatusHistory.eventLimit)
        #expect(history.events.last?.time == Double(count))
    }

    @Test("curves begin anew when the daemon was started again")
    func restart() {
        var history = StatusHistory()
        for second in 1...5 { history.note(.status(Self.report(sequence: Int64(second)))) }
        history.note(.status(Self.report(sequence: 1, uptime: 0.5)))
        #expect(history.points.count == 1)
        #expect(history.events.last?.text.plain == "the daemon was started again")
    }

    @Test("messages of strangers cannot steer the terminal")
    func hostileText() {
        var history = StatusHistory()
        var report = Self.report(sequence: 1)
        report.state = "run\u{1B}[2Jning"
        history.note(.status(report))
        var rejected = RejectedMessage()
        rejected.message = "\u{1B}]0;title\u{07}\r\n"
        history.note(.rejected(rejected))
        let text = Self.lines(history).joined()
        let isHarmless = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control
        }
        #expect(isHarmless)
    }

    private static func change(
        _ event: AdaptationMessage.Event, _ sequence: Int64, layer: Int64 = 0, after: [Int],
        operation: String = "grow"
    ) -> StatusMessage {
        var body = AdaptationMessage()
        body.event = event
        body.sequence = sequence
        body.time = Double(sequence)
        body.action = JSONObject([
            .init("op", .string(operation)), .init("layer", .integer(layer)),
        ])
        body.hidden = Change(before: [8], after: after)
        return .adaptation(body)
    }

    @Test("an outcome takes the place of its proposal and says what was tried")
    func outcomes() {
        var history = StatusHistory()
        history.note(Self.change(.proposed, 1, layer: 0, after: [16]))
        #expect(
            history.events.map(\.text.plain).map { $0.hasPrefix("proposed grow layer 0") } == [true]
        )
        history.note(Self.change(.reverted, 2, layer: 0, after: [8]))
        #expect(history.events.count == 1)
        #expect(
            history.events[0].text.plain.hasPrefix("reverted grow layer 0 [8] → [16] by rules"))
        // An outcome of another change leaves a proposal where it is.
        history.note(Self.change(.proposed, 3, layer: 0, after: [16]))
        history.note(Self.change(.kept, 4, layer: 1, after: [12]))
        #expect(history.events.count == 3)
    }

    @Test("trials that were reverted in a row are one line, and a kept one stays beside them")
    func runs() {
        var history = StatusHistory()
        for round in 0..<5 as Range<Int64> {
            history.note(Self.change(.proposed, 2 * round + 1, layer: round, after: [16]))
            history.note(Self.change(.reverted, 2 * round + 2, layer: round, after: [8]))
        }
        #expect(history.events.count == 1)
        #expect(history.events[0].text.plain.hasPrefix("reverted 5 trials, last grow layer 4 "))
        history.note(Self.change(.kept, 11, layer: 0, after: [16]))
        history.note(Self.change(.reverted, 12, layer: 0, after: [8]))
        #expect(history.events.count == 3)
        #expect(history.events[1].text.plain.hasPrefix("kept grow layer 0 [8] → [16]"))
        #expect(history.events[2].text.plain.hasPrefix("reverted grow layer 0 "))
    }

    @Test("what learning spends is told in one line, whichever way it goes")
    func spending() {
        var history = StatusHistory()
        for sequence in 1...6 as ClosedRange<Int64> {
            let operation = sequence % 2 == 0 ? "replay" : "committee"
            history.note(Self.change(.kept, sequence, after: [8], operation: operation))
        }
        #expect(history.events.count == 1)
        #expect(history.events[0].text.plain.hasPrefix("adjusted 6 times, last replay "))
        history.note(Self.change(.reverted, 7, after: [8]))
        #expect(history.events.count == 2)
    }

    @Test("events are shown in the order of their times, the newest first")
    func eventOrder() throws {
        var history = StatusHistory()
        history.note(.status(Self.report(sequence: 1)))
        for (time, code) in [(1_700_000_000.0, "newer"), (1_699_999_990, "older")] {
            var alert = AlertMessage()
            alert.time = time
            alert.sequence = Int64(time)
            alert.code = code
            history.note(.alert(alert))
        }
        let text = Self.lines(history).joined(separator: "\n")
        let newer = try #require(text.firstRange(of: "newer"))
        let older = try #require(text.firstRange(of: "older"))
        #expect(newer.lowerBound < older.lowerBound)
    }

    @Test("the summary and the line have no escape sequences and name the quality")
    func summary() {
        let report = Self.report(sequence: 1)
        let text = StatusSummary.lines(report).joined(separator: "\n")
        #expect(text.contains("accuracy 90.00 %, last 1,000: 95.00 %"))
        #expect(StatusSummary.line(report).contains("accuracy 90.00 %"))
        #expect(!StatusSummary.line(report).contains("\n"))
    }
}
