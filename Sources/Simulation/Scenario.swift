import Features
import StructureControl

/// One run on virtual time, as a file in `samples/scenarios` describes it. Every key but `name` has
/// a default.
public struct Scenario: Equatable, Sendable, Decodable {
    /// When samples arrive.
    public struct Arrival: Equatable, Sendable, Decodable {
        public enum Kind: String, Decodable, Sendable {
            /// Always `rate`.
            case constant
            /// `quiet_samples` at `rate`, then `burst_samples` at `factor` times as much, and again.
            case bursts
            /// A day of `period_samples`: a sine from `rate` to `factor` times as much.
            case daily
            /// `rates`, each for `quiet_samples`, and again.
            case trace
        }

        public var kind = Kind.constant
        /// Samples per second. Above 0.
        public var rate = 10_000.0
        public var factor = 16.0
        public var quietSamples = 7_000
        public var burstSamples = 7_000
        public var periodSamples = 20_000
        public var rates: [Double] = []

        public init() {}

        /// Samples per second when so many have come.
        func rate(at sample: Int) -> Double {
            switch kind {
            case .constant: return rate
            case .bursts:
                let place = sample % (quietSamples + burstSamples)
                return place < quietSamples ? rate : rate * factor
            case .daily:
                // A parabola instead of a sine: the same bits on every machine.
                let phase = Double(sample % periodSamples) / Double(periodSamples)
                return rate * (1 + (factor - 1) * 4 * phase * (1 - phase))
            case .trace: return rates[sample / quietSamples % rates.count]
            }
        }
    }

    /// What the samples are.
    public struct Stream: Equatable, Sendable {
        public enum Kind: String, Decodable, Sendable {
            /// Each class is `complexity` points with noise around them: a small network cannot
            /// hold many.
            case prototypes
            /// Labels by a random network of `complexity` units.
            case teacher
            /// Labels by a moving linear border: a linear model suffices.
            case hyperplane
            /// Two of three numbers, their sum over a threshold that jumps: a linear model suffices.
            case sea
            /// The samples of a file, from the start again when it ends.
            case file
        }

        public enum Drift: String, Decodable, Sendable {
            case none
            /// The concept is drawn anew.
            case redraw
            /// Inputs change places.
            case permute
            /// Inputs turn, two by two, by a radian in `drift_samples` samples.
            case rotate
        }

        public var kind = Kind.prototypes
        public var inputs = 16
        public var classes = 8
        public var complexity = 6
        /// Standard deviation around a prototype, or share of labels that are drawn.
        public var noise = 0.35
        public var drift = Drift.none
        /// Samples between two drifts. At least 1.
        public var driftSamples = 20_000
        /// The file, and the column that is to be learned.
        public var file = ""
        public var target = ""
        /// What the file holds, in blocks of ``Run/blockSize``, as whoever reads files has read it.
        public var blocks: [SampleBlock] = []

        public init() {}
    }

    public var name: String
    /// Scenarios that differ in numbers only.
    public var family = "custom"
    public var samples = 42_000
    /// Widths of the hidden layers at the start.
    public var hidden = [16]
    /// Fixed widths to compare with.
    public var rungs = [4, 16, 64, 256]
    public var arrival = Arrival()
    public var stream = Stream()
    public var budget = ControlBudget()
    public var cost = CostModel()

    public init(name: String) { self.name = name }

    /// What is run when no file is named: bursts that no large network survives, and a stream to
    /// which nothing need adapt.
    public static var standard: [Scenario] {
        var bursts = Scenario(name: "bursts")
        bursts.family = "bursts-64"
        bursts.arrival.kind = .bursts
        bursts.arrival.rate = 20_000
        bursts.arrival.factor = 64
        bursts.stream.inputs = 20
        bursts.stream.classes = 10
        bursts.stream.noise = 0.4
        bursts.budget.cpuFraction = 0.8
        bursts.budget.maxLagSeconds = 0.002
        var stationary = Scenario(name: "stationary")
        stationary.family = "stationary"
        stationary.hidden = [64]
        stationary.arrival.rate = 20_000
        stationary.stream.kind = .teacher
        stationary.stream.complexity = 12
        stationary.stream.noise = 0.1
        return [bursts, stationary]
    }

    private enum Key: String, CodingKey {
        case file, target
        case name, family, samples, hidden, rungs, arrival, stream, budget, cost
        case kind, rate, factor, rates, inputs, classes, complexity, noise, drift
        case quietSamples = "quiet_samples"
        case burstSamples = "burst_samples"
        case periodSamples = "period_samples"
        case driftSamples = "drift_samples"
        case cpuFraction = "cpu_fraction"
        case maxLagSeconds = "max_lag_seconds"
        case maxParameters = "max_parameters"
        case fixedSeconds = "fixed_seconds"
        case predictSeconds = "predict_seconds"
        case learnSeconds = "learn_seconds"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        name = try values.decode(String.self, forKey: .name)
        try values.read(.family, into: &family)
        try values.read(.samples, into: &samples)
        try values.read(.hidden, into: &hidden)
        try values.read(.rungs, into: &rungs)
        if values.contains(.arrival) {
            let part = try values.nestedContainer(keyedBy: Key.self, forKey: .arrival)
            try part.read(.kind, into: &arrival.kind)
            try part.read(.rate, into: &arrival.rate)
            try part.read(.factor, into: &arrival.factor)
            try part.read(.quietSamples, into: &arrival.quietSamples)
            try part.read(.burstSamples, into: &arrival.burstSamples)
            try part.read(.periodSamples, into: &arrival.periodSamples)
            try part.read(.rates, into: &arrival.rates)
        }
        if values.contains(.stream) {
            let part = try values.nestedContainer(keyedBy: Key.self, forKey: .stream)
            try part.read(.kind, into: &stream.kind)
            try part.read(.inputs, into: &stream.inputs)
            try part.read(.classes, into: &stream.classes)
            try part.read(.complexity, into: &stream.complexity)
            try part.read(.noise, into: &stream.noise)
            try part.read(.drift, into: &stream.drift)
            try part.read(.driftSamples, into: &stream.driftSamples)
            try part.read(.file, into: &stream.file)
            try part.read(.target, into: &stream.target)
        }
        if values.contains(.budget) {
            let part = try values.nestedContainer(keyedBy: Key.self, forKey: .budget)
            try part.read(.cpuFraction, into: &budget.cpuFraction)
            try part.read(.maxLagSeconds, into: &budget.maxLagSeconds)
            budget.maxParameters = try part.decodeIfPresent(Int.self, forKey: .maxParameters)
        }
        if values.contains(.cost) {
            let part = try values.nestedContainer(keyedBy: Key.self, forKey: .cost)
            try part.read(.fixedSeconds, into: &cost.fixedSeconds)
            try part.read(.predictSeconds, into: &cost.predictSeconds)
            try part.read(.learnSeconds, into: &cost.learnSeconds)
        }
    }

    /// What is wrong with the numbers; empty when nothing is.
    public var violations: [String] {
        var lines: [String] = []
        func check(_ holds: Bool, _ line: String) { if !holds { lines.append(line) } }
        check((1...100_000_000).contains(samples), "samples = \(samples): from 1 to 100000000")
        check(hidden.allSatisfy { (1...4_096).contains($0) }, "hidden = \(hidden): 1 to 4096 each")
        check(
            !rungs.isEmpty && rungs.allSatisfy { (1...4_096).contains($0) },
            "rungs = \(rungs): at least one, 1 to 4096 each")
        check(arrival.rate > 0 && arrival.rate < 1e9, "arrival.rate = \(arrival.rate): above 0")
        check(arrival.factor > 0 && arrival.factor < 1e6, "arrival.factor: above 0")
        check(
            arrival.quietSamples >= 1 && arrival.burstSamples >= 0 && arrival.periodSamples >= 1,
            "arrival: quiet_samples and period_samples at least 1, burst_samples not negative")
        check(
            arrival.kind != .trace
                || !arrival.rates.isEmpty && arrival.rates.allSatisfy { $0 > 0 && $0 < 1e9 },
            "arrival.rates: at least one, each above 0")
        check((2...1_000).contains(stream.classes), "stream.classes: from 2 to 1000")
        check((3...1_000).contains(stream.inputs), "stream.inputs: from 3 to 1000")
        check((1...1_000).contains(stream.complexity), "stream.complexity: from 1 to 1000")
        check(stream.noise >= 0 && stream.noise < 1e3, "stream.noise: not negative")
        check(
            stream.kind != .file || !stream.file.isEmpty && stream.drift == .none,
            "stream.file: name the file and leave stream.drift out")
        check(stream.driftSamples >= 1, "stream.drift_samples: at least 1")
        check(
            budget.cpuFraction > 0 && budget.maxLagSeconds > 0,
            "budget.cpu_fraction and budget.max_lag_seconds: above 0")
        check(
            cost.fixedSeconds > 0 && cost.predictSeconds >= 0 && cost.learnSeconds >= 0,
            "cost: fixed_seconds above 0, the others not negative")
        return lines
    }
}

extension KeyedDecodingContainer {
    fileprivate func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
        value = try decodeIfPresent(Value.self, forKey: key) ?? value
    }
}
