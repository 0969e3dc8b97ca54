/// Where the units of a level of an edited network come from.
public struct LevelOrigin: Equatable, Sendable {
    /// Units of one earlier level.
    public struct Units: Equatable, Sendable {
        /// 0 for the inputs.
        public var level: Int
        /// The earlier index of each unit, `nil` for a new one.
        public var units: [Int?]

        public init(level: Int, units: [Int?]) {
            self.level = level
            self.units = units
        }
    }

    public let unitCount: Int
    /// Whose incoming weights, biases and ages the units have; `nil`: nobody's.
    public let incoming: Units?
    /// Whose outgoing weights the units have; `nil`: nobody's.
    public let outgoing: Units?

    /// Units with the incoming and outgoing weights of the same earlier ones.
    public init(level: Int, units: [Int?]) {
        unitCount = units.count
        incoming = Units(level: level, units: units)
        outgoing = incoming
    }

    /// - Parameter unitCount: As many as are listed in `incoming` and `outgoing`, where given.
    public init(unitCount: Int, incoming: Units?, outgoing: Units?) {
        precondition(
            incoming.map { $0.units.count == unitCount } ?? true
                && outgoing.map { $0.units.count == unitCount } ?? true,
            "\(unitCount) units, and another number of origins")
        self.unitCount = unitCount
        self.incoming = incoming
        self.outgoing = outgoing
    }

    /// Whether both sides come from this level, unit by unit.
    func keeps(level: Int) -> Bool { incoming?.level == level && outgoing == incoming }

    /// How many units there were, when the first ones keep their places and all others are new.
    static func keptCount(_ units: [Int?]) -> Int? {
        let count = units.firstIndex(of: nil) ?? units.count
        let isKept = units.indices.allSatisfy { units[$0] == ($0 < count ? $0 : nil) }
        return isKept ? count : nil
    }
}
