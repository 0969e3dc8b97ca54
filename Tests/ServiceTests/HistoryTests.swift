import Features
import Testing
import WireFormat

@testable import Service

@Suite struct HistoryTests {
    private func point(_ time: Int) -> HistoryPoint {
        var status = StatusReport()
        status.time = Double(time)
        status.model.hidden = [time / 4]
        return HistoryPoint(status)
    }

    @Test(arguments: [1, 2, 7], [0, 1, 6, 7, 8, 20])
    func theNewestPointsAreKeptInTheirOrder(capacity: Int, count: Int) {
        var ring = HistoryRing(capacity: capacity)
        for time in 0..<count { ring.append(point(time)) }
        let kept = max(0, count - capacity)..<count
        #expect(ring.points.map(\.time) == kept.map(Double.init))
    }

    @Test func widthsAreToldWhenTheyChange() throws {
        var ring = HistoryRing(capacity: 100)
        for time in 0..<12 { ring.append(point(time)) }
        var writer = JSONWriter()
        writer.beginObject()
        ring.write(to: &writer)
        writer.endObject()
        let object = try #require(try JSONValue(parsing: writer.bytes).object)
        let expected: [JSONValue] = [0, 4, 8].map { (time: Int64) in
            .array([.number(Double(time)), .array([.integer(time / 4)])])
        }
        #expect(object["widths"] == .array(expected))
    }

    @Test func frequentEventsDoNotDriveOutRareOnes() {
        var store = EventStore()
        store.append(PublishedEvent(number: 1, topic: .adaptation, body: []))
        for number in 2..<5_000 {
            store.append(PublishedEvent(number: number, topic: .rejected, body: []))
        }
        #expect(store.events([.adaptation]).map(\.number) == [1])
        let rejected = store.events([.rejected]).map(\.number)
        #expect(rejected == Array((5_000 - rejected.count)..<5_000))
        #expect((50...63).contains(rejected.count))
        #expect(store.events(StatusTopic.allCases, after: 4_998).map(\.number) == [4_999])
    }

    @Test func aLatencyCountsUnderTheFirstBoundThatHoldsIt() {
        let histogram = LatencyHistogram()
        for (nanoseconds, count) in [(-5, 1), (1_000, 1), (1_001, 2), (20_000_000_000, 3)] {
            histogram.record(nanoseconds: nanoseconds, count: count)
        }
        let reading = histogram.reading()
        #expect(reading.counts.prefix(2) == [2, 2])
        #expect(reading.counts.last == 3)
        #expect(reading.counts.reduce(0, +) == 7)
        #expect(reading.sumNanoseconds == 1_000 + 2_002 + 60_000_000_000)
    }

    @Test func bucketsAreCumulativeAndEndWithTheCount() {
        let histogram = LatencyHistogram()
        histogram.record(nanoseconds: 2_000_000)
        histogram.record(nanoseconds: 60_000_000_000)
        var writer = MetricsWriter()
        writer.write("x_seconds", "Help with \\ and\na line.", histogram.reading())
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.hasPrefix("# HELP x_seconds Help with \\\\ and\\na line.\n"))
        #expect(text.contains("x_seconds_bucket{le=\"0.001\"} 0\n"))
        #expect(text.contains("x_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("x_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.hasSuffix("x_seconds_sum 60.002\nx_seconds_count 2\n"))
    }

    @Test(arguments: [
        ("/v2", InferencePath.server), ("/v2/", .server), ("/v2/health/live", .live),
        ("/v2/health/ready", .ready), ("/v2/models/osier", .model),
        ("/v2/models/osier/infer", .infer), ("/v2/models/osier/versions/1/ready", .modelReady),
        ("/v2/models/osier/versions/2", nil), ("/v2/models/other", nil), ("/v2/nothing", nil),
        ("/v2/models/osier/versions", nil),
    ])
    func pathsOfTheInferenceProtocol(path: String, expected: InferencePath?) {
        #expect(InferencePath(path) == expected)
    }
}
