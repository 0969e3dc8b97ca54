import StateCoding

/// The highest arrival rate of late, fading, and how long a tick was then: what a network has to live
/// through before anybody can cut it back.
struct RatePeak: Equatable, Sendable {
    /// Samples per second.
    private(set) var rate = 0.0
    private(set) var elapsedSeconds = 0.0

    /// What a peak counts for, a tick later.
    private static let fading = 0.98

    init() {}

    mutating func note(_ measurements: Measurements) {
        guard measurements.elapsedSeconds > 0 else { return }
        let present = Double(measurements.arrivedSamples) / measurements.elapsedSeconds
        rate *= Self.fading
        if present >= rate { (rate, elapsedSeconds) = (present, measurements.elapsedSeconds) }
    }
}

extension RatePeak: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(rate)
        writer.write(elapsedSeconds)
    }

    init(from reader: inout StateReader) throws(StateError) {
        rate = try reader.readDouble()
        elapsedSeconds = try reader.readDouble()
    }
}
