import StructureControl

/// A change of structure or of what learning spends: proposed, kept, reverted, or forced by an
/// operator.
public struct Adaptation: Equatable, Sendable {
    public enum Stage: String, Sendable { case proposed, kept, reverted, forced }

    /// What is done, worded as a control request.
    public struct Operation: Equatable, Sendable {
        public var name: String
        /// Arguments in their order.
        public var arguments: [Argument]

        public struct Argument: Equatable, Sendable {
            public var name: String
            public var value: Double

            public init(_ name: String, _ value: Double) {
                self.name = name
                self.value = value
            }
        }

        public init(_ name: String, _ arguments: [Argument] = []) {
            self.name = name
            self.arguments = arguments
        }
    }

    /// A network's size.
    public struct Size: Equatable, Sendable {
        public var hidden: [Int]
        public var parameterCount: Int

        public init(hidden: [Int], parameterCount: Int) {
            self.hidden = hidden
            self.parameterCount = parameterCount
        }
    }

    public var stage: Stage
    public var operation: Operation
    /// Revision of the architecture afterwards.
    public var structure: Int
    public var before: Size
    /// As it is now, or as it would be with what is proposed.
    public var after: Size
    /// `nil`: an operator.
    public var by: PolicyName?
    public var observation: Observation?
    /// Values of all actions; `nil` where nobody valued them.
    public var actionValues: [Float]?
    public var reward: Double?
    public var reason: String
}
