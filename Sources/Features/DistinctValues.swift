import StateCoding

/// The distinct values that a numeric feature has shown, for as long as they are few.
///
/// An hour, a weekday or a three-valued flag is written as a number and is not one: an input per
/// value lets a network treat each on its own.
struct DistinctValues: Equatable, Sendable {
    enum State: UInt8, Equatable, Sendable {
        /// Seen too seldom to tell.
        case watching
        /// Each value has an input.
        case indicated
        /// Too many values: a quantity, for good.
        case continuous
    }

    private(set) var state = State.watching
    /// In the order in which they were met. Empty when continuous.
    private(set) var values: [Double] = []
    /// The input of each value; -1 while it has none.
    private(set) var columns: [Int32] = []

    /// The position of a value, or `nil` when it is new.
    func position(of value: Double) -> Int? {
        for position in values.indices where values[position] == value { return position }
        return nil
    }

    /// The input that stands for a value, or -1.
    func column(of value: Double) -> Int32 {
        guard state == .indicated, let position = position(of: value) else { return -1 }
        return columns[position]
    }

    mutating func append(_ value: Double) {
        values.append(value)
        columns.append(-1)
    }

    mutating func setColumn(_ column: Int, at position: Int) {
        columns[position] = Int32(column)
        state = .indicated
    }

    mutating func clearColumns() {
        for position in columns.indices { columns[position] = -1 }
    }

    mutating func giveUp() {
        self = DistinctValues()
        state = .continuous
    }
}

extension DistinctValues: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(state.rawValue)
        writer.write(values)
    }

    /// The columns follow from the encoder's own list of them.
    init(from reader: inout StateReader) throws(StateError) {
        guard let state = State(rawValue: try reader.readUInt8()) else {
            throw .invalid(what: "kind of feature", offset: reader.offset)
        }
        self.state = state
        values = try reader.readDoubles()
        columns = [Int32](repeating: -1, count: values.count)
    }
}
