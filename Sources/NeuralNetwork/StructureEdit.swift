/// A change of a network's structure, as an operator or the controller orders it. Layers are counted
/// from 0, the first hidden one.
public enum StructureEdit: Equatable, Sendable {
    /// Adds units to a layer. Keeps the function.
    case grow(layer: Int, units: Int, method: GrowthMethod = .zeroOutgoing)
    /// Takes the units of least utility out of a layer.
    case shrink(layer: Int, units: Int)
    /// Adds a layer that will have this index. Keeps the function.
    ///
    /// `units` nil: as many as the level below has.
    case insertLayer(layer: Int, units: Int? = nil)
    /// Takes a layer out, folded into those that read it.
    case removeLayer(layer: Int)
    case prune(Pruning)
    /// Brings back some of what is parked. `fraction` is in `(0, 1]`.
    case restore(method: RestoreMethod, fraction: Double)
    /// Starts units anew that are dormant or of least utility among the mature; `fraction` of the
    /// mature ones, in `(0, 1]`.
    case refresh(fraction: Double)
}

/// How new units come into a network without changing what it computes.
public enum GrowthMethod: String, CaseIterable, Sendable {
    /// Drawn incoming weights, outgoing weights of zero. No output changes by a bit.
    case zeroOutgoing = "zero_outgoing"
    /// Copies of units that are there; the outgoing weights are shared out unevenly, so that copy
    /// and original go different ways.
    ///
    /// - Source: Chen, Goodfellow, Shlens, "Net2Net", 2016, section 3.1.
    case copy
    /// Pairs with equal incoming and opposite outgoing weights; an odd unit is as with
    /// ``zeroOutgoing``.
    ///
    /// - Source: Yuan et al., "Accelerated Training via Incrementally Growing Neural Networks",
    ///   2023, section 3.1.
    case pair
}

/// What is cut away, in every layer alike.
public struct Pruning: Equatable, Sendable {
    public enum Criterion: String, CaseIterable, Sendable {
        /// `|w|`; of a unit `‖w_in‖ · ‖w_out‖`.
        case magnitude
        /// `(w · ∂L/∂w)²`, of a unit `((h − h̄) · ∂L/∂h)²`: means over recent samples.
        case gradient
    }

    public enum Scope: String, CaseIterable, Sendable { case units, connections }

    public enum Amount: Equatable, Sendable {
        /// Share of what is there, in `(0, 1]`.
        case fraction(Double)
        /// All whose score is below it. Not negative.
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

/// How parked units and connections come back.
public enum RestoreMethod: String, CaseIterable, Sendable {
    /// Drawn at random, with outgoing weights of zero. Keeps the function.
    case random
    /// With their old weights, those that lower the loss on held-out samples most.
    case greedy
}

/// How large a network may be.
public struct StructureLimits: Equatable, Sendable {
    /// Narrowest hidden layer. At least 1.
    public var minUnits = 2
    /// Widest hidden layer.
    public var maxUnits = 4_096
    /// Most hidden layers.
    public var maxLayers = 6
    /// Most weights and biases; `nil` is no limit.
    public var maxParameters: Int? = 1_000_000

    public init() {}
}

/// An edit that was refused. Nothing has changed.
public struct EditRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// One line: what was asked for, the value, the limit, what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// What an edit did.
public struct EditOutcome: Equatable, Sendable {
    /// A figure before and after the edit.
    public struct Change<Value: Equatable & Sendable>: Equatable, Sendable {
        public var before: Value
        public var after: Value

        public init(before: Value, after: Value) {
            self.before = before
            self.after = after
        }
    }

    /// Widths of the hidden layers.
    public var hidden: Change<[Int]>
    /// Weights and biases.
    public var parameters: Change<Int>
    /// Weights and biases that are not zero.
    public var nonzeroParameters: Change<Int>
    /// Units that went or came back, or were started anew.
    public var unitCount = 0
    /// Connections that were cut or joined again.
    public var connectionCount = 0
    /// Largest change of an output (a probability or a standardised value) over the samples that
    /// were given; 0 without any.
    public var largestOutputChange: Float = 0
    /// Mean loss over those samples; `nil` without any.
    public var loss: Change<Double>?

    /// Whether the network is another than before.
    public var isChange: Bool {
        unitCount > 0 || connectionCount > 0 || hidden.before != hidden.after
    }
}
