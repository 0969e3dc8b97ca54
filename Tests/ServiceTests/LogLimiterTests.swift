import Logging
import Settings
import Synchronization
import Testing

@testable import Service

@Suite struct LogLimiterTests {
    private let start = ContinuousClock.now

    @Test func aFloodOfOnePlaceIsCutAndItsRestCounted() {
        let limiter = LogLimiter()
        let answers = (0..<50).map {
            limiter.admit(file: "a", line: 1, at: start + .seconds($0 / 10))
        }
        #expect(answers.prefix(LogLimiter.limit).allSatisfy { $0 == 0 })
        #expect(answers.dropFirst(LogLimiter.limit).allSatisfy { $0 == nil })
        let later = limiter.admit(file: "a", line: 1, at: start + LogLimiter.period)
        #expect(later == 50 - LogLimiter.limit)
        #expect(limiter.admit(file: "a", line: 1, at: start + LogLimiter.period) == 0)
    }

    @Test func placesDoNotSilenceEachOther() {
        let limiter = LogLimiter()
        for _ in 0..<100 { _ = limiter.admit(file: "a", line: 1, at: start) }
        #expect(limiter.admit(file: "a", line: 2, at: start) == 0)
        #expect(limiter.admit(file: "b", line: 1, at: start) == 0)
    }

    @Test(arguments: LogSettings.Format.allCases)
    func anEventIsOneLineWhateverItSays(format: LogSettings.Format) {
        let lines = Lines()
        let handler = LineLogHandler(format: format, limiter: LogLimiter()) { lines.append($0) }
        let logger = Logger(label: "test") { _ in handler }
        logger.info("first\nsecond\r\u{1B}[31m\"quoted\"")
        let text = String(decoding: lines.all, as: UTF8.self)
        #expect(text.hasSuffix("\n"))
        #expect(
            text.dropLast().unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(text.contains("first") && text.contains("second"))
    }
}

private final class Lines: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var all: [UInt8] { bytes.withLock { $0 } }
    func append(_ line: [UInt8]) { bytes.withLock { $0 += line } }
}
