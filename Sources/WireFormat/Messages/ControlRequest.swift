import Features

/// A command of the `control` socket (PROTOCOL.md, section 6), with arguments in range.
public struct ControlRequest: Equatable, Sendable {
    public enum Operation: Equatable, Sendable {
        case status, schema, ping, digest
        case pause, resume
        case checkpoint
        /// `units` to add: at least 1.
        case grow(layer: Int, units: Int, member: Int?)
        /// `units` to take away: at least 1.
        case shrink(layer: Int, units: Int, member: Int?)
        /// `layer` is the index that the new layer will have; `units` nil leaves its width open.
        case insertLayer(layer: Int, units: Int?, member: Int?)
        case removeLayer(layer: Int, member: Int?)
        case prune(Pruning, member: Int?)
        case restore(method: RestoreMethod, fraction: Double, member: Int?)
        /// Starts dormant and least useful units anew: `fraction` of the mature ones, in `(0, 1]`.
        case refresh(fraction: Double, member: Int?)
        /// The widths of the new network, each at least 1; empty is a linear model.
        case distill(hidden: [Int], member: Int?)
        /// Not both are nil.
        case controller(policy: Policy?, mode: Mode?)
        case budget(BudgetChange)
        case optimizer(OptimizerChange)
        case schedule(ScheduleChange)
        /// `name` is a bare file name in the daemon's `exports/`; nil asks for a second frame.
        case export(format: ExportFormat, name: String?)
        case shutdown
    }

    public enum Policy: String, CaseIterable, Sendable {
        case rules
        case qLearning = "q-learning"
        case dqn, off
    }

    public enum Mode: String, CaseIterable, Sendable { case act, observe }
    public enum RestoreMethod: String, CaseIterable, Sendable { case random, greedy }
    public enum ExportFormat: String, CaseIterable, Sendable { case safetensors, onnx }

    /// What is cut away.
    public struct Pruning: Equatable, Sendable {
        public enum Criterion: String, CaseIterable, Sendable { case magnitude, gradient }
        public enum Scope: String, CaseIterable, Sendable { case units, connections }
        public enum Amount: Equatable, Sendable {
            /// Share of what is left, in `(0, 1]`.
            case fraction(Double)
            /// All below it; not negative.
            case threshold(Double)
        }

        public var criterion: Criterion
        public var scope: Scope
        public var amount: Amount

        public init(criterion: Criterion, scope: Scope, amount: Amount) {
            self.criterion = criterion
            self.scope = scope
            self.amount = amount
        }
    }

    /// Limits to set; a limit that is nil here stays as it is. At least one is set.
    public struct BudgetChange: Equatable, Sendable {
        /// Above 0.
        public var cpuFraction: Double?
        /// 0 lifts the limit.
        public var memoryBytes: Int?
        /// 0 lifts the limit.
        public var predictP99Microseconds: Double?
        /// At least 1.
        public var maxParameters: Int?

        public init() {}
    }

    /// Keys of the configuration's `optimizer` section to set, in its ranges; at least one.
    public struct OptimizerChange: Equatable, Sendable {
        public enum Name: String, CaseIterable, Sendable {
            case sgd, momentum, nesterov, adagrad, rmsprop, adam
        }

        public var name: Name?
        public var learningRate: Double?
        public var momentum: Double?
        public var beta1: Double?
        public var beta2: Double?
        public var rho: Double?
        public var epsilon: Double?
        public var weightDecay: Double?
        public var gradientClip: Double?

        public init() {}
    }

    /// Keys of the configuration's `schedule` section to set, in its ranges; at least one.
    public struct ScheduleChange: Equatable, Sendable {
        public enum Name: String, CaseIterable, Sendable {
            case constant, exponential, step, sawtooth, polynomial
            case inverseSquareRoot = "inverse_sqrt"
            case plateau, drift
        }

        public var name: Name?
        public var gamma: Double?
        public var every: Int?
        public var factor: Double?
        public var total: Int?
        public var power: Double?
        public var delta: Double?
        public var floor: Double?

        public init() {}
    }

    public var operation: Operation
    public var identifier: SampleIdentifier?

    public init(_ operation: Operation, identifier: SampleIdentifier? = nil) {
        self.operation = operation
        self.identifier = identifier
    }
}
