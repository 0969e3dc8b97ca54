import StateCoding

/// What a sample has cost with each set of networks, as measured, and what follows for others.
public struct ServiceTimes: Equatable, Sendable {
    /// The networks that a sample went through.
    public struct Architecture: Equatable, Sendable {
        /// Widths of the lead's hidden layers.
        public var hidden: [Int]
        /// Networks that learn side by side, the lead among them.
        public var members: Int
        /// Whether recent samples are learned again.
        public var isReplaying: Bool

        public init(hidden: [Int], members: Int, isReplaying: Bool) {
            self.hidden = hidden
            self.members = members
            self.isReplaying = isReplaying
        }
    }

    /// Measurements of one set of networks.
    public struct Entry: Equatable, Sendable {
        public var architecture: Architecture
        /// Parameters that learn a sample, each as often as it does.
        public var parameterCount: Int
        /// Seconds per sample, a fading mean. Above 0.
        public var seconds: Double
        /// Samples that were measured.
        public var samples: Int

        public init(
            architecture: Architecture, parameterCount: Int, seconds: Double, samples: Int
        ) {
            self.architecture = architecture
            self.parameterCount = parameterCount
            self.seconds = seconds
            self.samples = samples
        }
    }

    /// The last measured last, at most ``capacity``.
    public private(set) var entries: [Entry] = []

    public static let capacity = 32
    /// Share of a new measurement in the mean, once there are some.
    private static let freshness = 0.1
    /// How much larger the largest must be than the smallest before a line is laid through both.
    private static let leastSpread = 1.25

    public init(_ entries: [Entry] = []) { self.entries = entries.suffix(Self.capacity) }

    /// Takes a measurement in.
    ///
    /// - Parameters:
    ///   - seconds: Per sample, mean over `samples`; one that is not above 0 is left out.
    ///   - parameterCount: Parameters that learn a sample, each as often as it does.
    public mutating func record(
        _ seconds: Double, samples: Int, architecture: Architecture, parameterCount: Int
    ) {
        guard seconds > 0, seconds.isFinite, samples > 0 else { return }
        var entry = Entry(
            architecture: architecture, parameterCount: parameterCount, seconds: seconds,
            samples: samples)
        if let index = entries.firstIndex(where: { $0.architecture == architecture }) {
            let old = entries.remove(at: index)
            entry.seconds = old.seconds + Self.freshness * (seconds - old.seconds)
            entry.samples = old.samples + samples
        } else if entries.count == Self.capacity {
            entries.removeFirst()
        }
        entries.append(entry)
    }

    /// What was measured last with a set of networks; `nil`: nothing yet.
    public subscript(architecture: Architecture) -> Double? {
        entries.first { $0.architecture == architecture }?.seconds
    }

    /// `seconds = fixed + perParameter · parameters`, by least squares over all that was measured;
    /// `nil` while that is too little, or the line does not rise from above 0.
    public var line: (fixedSeconds: Double, secondsPerParameter: Double)? {
        guard let least = entries.map(\.parameterCount).min(),
            let most = entries.map(\.parameterCount).max(),
            Double(most) >= Self.leastSpread * Double(max(1, least))
        else { return nil }
        let count = Double(entries.count)
        let meanSize = entries.reduce(0) { $0 + Double($1.parameterCount) } / count
        let meanTime = entries.reduce(0) { $0 + $1.seconds } / count
        var (covariance, variance) = (0.0, 0.0)
        for entry in entries {
            let size = Double(entry.parameterCount) - meanSize
            covariance += size * (entry.seconds - meanTime)
            variance += size * size
        }
        let slope = covariance / variance
        let fixed = meanTime - slope * meanSize
        guard slope > 0, fixed > 0 else { return nil }
        return (fixed, slope)
    }

    /// Work of a sample besides its weights, in parameters; `nil` while that is not known. Within a
    /// hundredfold of what is usual: noise may make a line all but flat, or all but proportional.
    public var fixedWork: Double? {
        guard let line else { return nil }
        let usual = Shield.usualFixedWork
        return min(max(line.fixedSeconds / line.secondsPerParameter, usual / 100), usual * 100)
    }
}

extension CostModel {
    /// What was measured, with predictions and updates sharing it as in the usual model.
    ///
    /// - Returns: `nil` while too little was measured.
    public init?(_ times: ServiceTimes) {
        guard let line = times.line else { return nil }
        self.init()
        let usual = predictSeconds + learnSeconds
        fixedSeconds = line.fixedSeconds
        predictSeconds *= line.secondsPerParameter / usual
        learnSeconds *= line.secondsPerParameter / usual
    }
}

extension ServiceTimes: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(entries.count)
        for entry in entries {
            writer.write(entry.architecture.hidden)
            writer.write(entry.architecture.members)
            writer.write(entry.architecture.isReplaying)
            writer.write(entry.parameterCount)
            writer.write(entry.seconds)
            writer.write(entry.samples)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let count = try reader.readInt()
        guard (0...Self.capacity).contains(count) else {
            throw .invalid(what: "service times", offset: offset)
        }
        for _ in 0..<count {
            let architecture = Architecture(
                hidden: try reader.readInts(), members: try reader.readInt(),
                isReplaying: try reader.readBool())
            entries.append(
                Entry(
                    architecture: architecture, parameterCount: try reader.readInt(),
                    seconds: try reader.readDouble(), samples: try reader.readInt()))
        }
    }
}
