import StateCoding

/// What was cut away and may come back: the newest units and connections, a bounded number of each.
struct ParkingLot: Equatable, Sendable {
    /// A unit with its weights, each beside the name of the unit at its other end.
    struct Unit: Equatable, Sendable {
        /// The name of its level.
        var level: Int
        var inputs: [Int]
        var incoming: [Float]
        var bias: Float
        var targets: [Int]
        var outgoing: [Float]
        /// What the biases above made up for when it went; 0 when they did not.
        var mean: Float = 0
        /// The names of units of its level that took over, and the share of what it said that each
        /// of them says.
        var helpers: [Int] = []
        var shares: [Float] = []
    }

    /// A connection between two units, by their names.
    struct Connection: Equatable, Sendable {
        var unit: Int
        var input: Int
        var weight: Float
        /// What the unit that it comes from said in the mean, as the bias made up for it.
        var mean: Float
    }

    static let unitCapacity = 256
    static let connectionCapacity = 1 << 16

    private(set) var units: [Unit] = []
    private(set) var connections: [Connection] = []

    mutating func park(_ unit: Unit) {
        if units.count == Self.unitCapacity { units.removeFirst() }
        units.append(unit)
    }

    mutating func park(_ more: [Connection]) {
        connections.append(contentsOf: more)
        if connections.count > Self.connectionCapacity {
            connections.removeFirst(connections.count - Self.connectionCapacity)
        }
    }

    /// Takes units out.
    mutating func removeUnits(_ indices: [Int]) {
        for index in indices.sorted().reversed() { units.remove(at: index) }
    }

    /// Takes connections out of which something is true.
    mutating func removeConnections(where isGone: (Connection) -> Bool) {
        connections.removeAll(where: isGone)
    }

    /// Forgets what has no place any more.
    mutating func keep(levels: [Int], units names: [[Int]]) {
        guard !units.isEmpty || !connections.isEmpty else { return }
        units.removeAll { !levels.contains($0.level) }
        guard !connections.isEmpty else { return }
        let all = names.flatMap { $0 }.sorted()
        connections.removeAll { !all.containsSorted($0.unit) || !all.containsSorted($0.input) }
    }
}

extension [Int] {
    /// Whether a value is among those of a sorted array.
    fileprivate func containsSorted(_ value: Int) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value
    }
}

extension ParkingLot: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(units)
        writer.write(connections)
    }

    init(from reader: inout StateReader) throws(StateError) {
        units = try reader.readArray()
        connections = try reader.readArray()
    }
}

extension ParkingLot.Unit: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(level)
        writer.write(inputs)
        writer.write(incoming)
        writer.write(bias)
        writer.write(targets)
        writer.write(outgoing)
        writer.write(mean)
        writer.write(helpers)
        writer.write(shares)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let offset = reader.offset
        level = try reader.readInt()
        inputs = try reader.readInts()
        incoming = try reader.readFloats()
        bias = try reader.readFloat()
        targets = try reader.readInts()
        outgoing = try reader.readFloats()
        mean = try reader.readFloat()
        helpers = try reader.readInts()
        shares = try reader.readFloats()
        guard inputs.count == incoming.count, targets.count == outgoing.count,
            helpers.count == shares.count
        else {
            throw .invalid(what: "a parked unit", offset: offset)
        }
    }
}

extension ParkingLot.Connection: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(unit)
        writer.write(input)
        writer.write(weight)
        writer.write(mean)
    }

    init(from reader: inout StateReader) throws(StateError) {
        unit = try reader.readInt()
        input = try reader.readInt()
        weight = try reader.readFloat()
        mean = try reader.readFloat()
    }
}
