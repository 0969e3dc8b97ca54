import Glibc
import StateCoding

/// How the loss has moved over the last ticks.
struct LossMemory: Equatable, Sendable {
    /// Fading means over about 5,000 and 40,000 samples.
    private(set) var fast: Double?
    private(set) var slow: Double?
    /// The newest means of a tick, oldest first, at most ``capacity``.
    private var recent: [Double] = []

    private static let capacity = 8

    init() {}

    /// How far the newest mean lies above the fast one before it.
    private(set) var rise = 0.0

    /// - Parameter weight: Thousands of samples that it is the mean of.
    mutating func add(_ loss: Double, weight: Double) {
        rise = loss - (fast ?? loss)
        fast = fast.map { $0 + (1 - pow(0.8, weight)) * (loss - $0) } ?? loss
        slow = slow.map { $0 + (1 - pow(0.975, weight)) * (loss - $0) } ?? loss
        if recent.count == Self.capacity { recent.removeFirst() }
        recent.append(loss)
    }

    /// `ln(fast / slow)`; 0 before there is a loss.
    var trend: Float {
        guard let fast, let slow, fast > 0, slow > 0 else { return 0 }
        return logf(Float(fast / slow))
    }

    /// Slope of a line through the last ticks over its standard error; 0 with fewer than four.
    var slope: Float {
        let count = Double(recent.count)
        guard recent.count >= 4 else { return 0 }
        let centre = (count - 1) / 2
        let mean = recent.reduce(0, +) / count
        var covariance = 0.0
        var spread = 0.0
        for (index, loss) in recent.enumerated() {
            covariance += (Double(index) - centre) * (loss - mean)
            spread += (Double(index) - centre) * (Double(index) - centre)
        }
        let slope = covariance / spread
        var residual = 1e-12
        for (index, loss) in recent.enumerated() {
            let error = loss - mean - slope * (Double(index) - centre)
            residual += error * error
        }
        return Float(slope / (residual / (count - 2) / spread).squareRoot())
    }
}

extension LossMemory: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(fast ?? -1)
        writer.write(slow ?? -1)
        writer.write(recent)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        let fast = try reader.readDouble()
        let slow = try reader.readDouble()
        self.fast = fast < 0 ? nil : fast
        self.slow = slow < 0 ? nil : slow
        recent = try reader.readDoubles()
        guard recent.count <= Self.capacity else {
            throw .invalid(what: "memory of losses", offset: offset)
        }
    }
}
