import Glibc
import StateCoding

/// The highest arrival rate of late, fading, and how soon a peak is noticed: what a network has to live
/// through before anybody can cut it back.
struct RatePeak: Equatable, Sendable {
    /// Samples per second.
    private(set) var rate = 0.0
    /// Length of a tick under load; 0 before there was one.
    private(set) var noticeSeconds = 0.0

    /// What a peak counts for, a thousand samples later.
    private static let fading = 0.98

    init() {}

    /// Takes a tick in.
    ///
    /// - Parameters:
    ///   - load: Demanded over allowed share of the processor.
    ///   - weight: Thousands of samples since the last tick.
    mutating func note(_ measurements: Measurements, load: Double, weight: Double) {
        guard measurements.elapsedSeconds > 0 else { return }
        let fading = pow(Self.fading, weight)
        rate = max(measurements.arrivalRate, fading * rate)
        noticeSeconds /= fading
        guard load > 1 || noticeSeconds == 0 else { return }
        noticeSeconds =
            noticeSeconds > 0
            ? min(noticeSeconds, measurements.elapsedSeconds) : measurements.elapsedSeconds
    }
}

extension RatePeak: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(rate)
        writer.write(noticeSeconds)
    }

    init(from reader: inout StateReader) throws(StateError) {
        rate = try reader.readDouble()
        noticeSeconds = try reader.readDouble()
    }
}
