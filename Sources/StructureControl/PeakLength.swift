import StateCoding

/// How long peaks of the load last: one is expected to last as long as those before it, and when it
/// has, as long again as it does.
///
/// A peak that ends before the lag comes near its limit needs no relief, and what relief costs is
/// saved; one that does not is met the cheaper the sooner. Only the length tells them apart.
struct PeakLength: Equatable, Sendable {
    /// Arrival rate below which the present peak is over; `nil` while there is none.
    private var floor: Double?
    /// Seconds that the present peak has lasted.
    private var present = 0.0
    /// Seconds that peaks last; 0 before the first has ended.
    private var usual = 0.0

    /// Seconds since the last peak ended, or since the start.
    private var quiet = 0.0
    /// Seconds between two peaks; 0 before the first.
    private var usualGap = 0.0

    /// How near the next peak is: from 0 to 1 in the last tenth of the time that usually passes
    /// between two, and as long again after it; 0 where none is due.
    var imminence: Double {
        guard floor == nil, usualGap > 0 else { return 0 }
        let rest = (usualGap - quiet) / (Self.notice * usualGap)
        return rest < -1 ? 0 : min(max(1 - rest, 0), 1)
    }

    private static let notice = 0.1

    /// What nobody knows yet is expected to last for so many samples more, and no longer than so many
    /// seconds.
    static let shortest = (samples: 2_000.0, seconds: 2.0)
    private static let leastShare = 0.5
    /// Share of a peak's rate below which it is over. Of the rate, because the load falls with what
    /// is done against it: but never as low as ``calm``.
    private static let end = 0.5
    private static let calm = 0.6

    /// Takes a tick in.
    ///
    /// - Parameters:
    ///   - rate: Samples per second.
    ///   - load: Demanded over allowed share of the processor.
    mutating func note(rate: Double, load: Double, elapsedSeconds: Double) {
        if let floor {
            if rate >= floor, load >= Self.calm {
                present += elapsedSeconds
            } else {
                usual = max(present, (usual + present) / 2)
                (self.floor, present) = (nil, 0)
                quiet = elapsedSeconds
            }
        } else if load > 1 {
            floor = Self.end * rate
            present = elapsedSeconds
            usualGap = usualGap > 0 ? (usualGap + quiet) / 2 : quiet
        } else {
            quiet += elapsedSeconds
        }
    }

    /// Seconds that the load is expected to last as it is: never less than half of the lag that is
    /// allowed, since a peak that is shorter costs little to be wrong about.
    func remaining(rate: Double, maxLagSeconds: Double = 0) -> Double {
        let first = min(Self.shortest.samples / max(rate, 1e-9), Self.shortest.seconds)
        let least = max(first, Self.leastShare * maxLagSeconds)
        guard present < usual else { return max(present, least) }
        return max(usual - present, least)
    }
}

extension PeakLength: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(floor ?? -1)
        writer.write(present)
        writer.write(usual)
        writer.write(quiet)
        writer.write(usualGap)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let floor = try reader.readDouble()
        self.floor = floor < 0 ? nil : floor
        present = try reader.readDouble()
        usual = try reader.readDouble()
        quiet = try reader.readDouble()
        usualGap = try reader.readDouble()
        guard present >= 0, usual >= 0, quiet >= 0, usualGap >= 0 else {
            throw .invalid(what: "length of the load's peaks", offset: offset)
        }
    }
}
