import Kernels
import StateCoding

/// Names of levels and units that stay while others come and go, so that what is parked finds its
/// place again.
struct UnitIdentities: Equatable, Sendable {
    private(set) var levels: [Int]
    private(set) var units: [[Int]]
    private var next: Int

    init(unitCounts: [Int]) {
        levels = Array(unitCounts.indices)
        next = unitCounts.count
        units = []
        for count in unitCounts {
            units.append(Array(next..<next + count))
            next += count
        }
    }

    /// The names after an edit; new units, and second copies, get new names.
    func rewired(_ origins: [LevelOrigin]) -> UnitIdentities {
        var result = self
        result.levels = []
        result.units = []
        for origin in origins {
            guard let incoming = origin.incoming else {
                result.levels.append(result.take())
                result.units.append((0..<origin.unitCount).map { _ in result.take() })
                continue
            }
            result.levels.append(levels[incoming.level])
            var isTaken = [Bool](repeating: false, count: units[incoming.level].count)
            result.units.append(
                incoming.units.map { earlier in
                    guard let earlier, !isTaken[earlier] else { return result.take() }
                    isTaken[earlier] = true
                    return units[incoming.level][earlier]
                })
        }
        return result
    }

    private mutating func take() -> Int {
        next += 1
        return next - 1
    }
}

extension UnitIdentities: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(levels)
        for level in units { writer.write(level) }
        writer.write(next)
    }

    init(from reader: inout StateReader) throws(StateError) {
        levels = try reader.readInts()
        units = []
        for _ in levels { units.append(try reader.readInts()) }
        next = try reader.readInt()
    }

    /// Whether they name the units of a network with such levels.
    func suit(_ unitCounts: [Int]) -> Bool { units.map(\.count) == unitCounts }
}
