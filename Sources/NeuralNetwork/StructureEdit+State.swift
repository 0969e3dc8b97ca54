import StateCoding

/// Each case has its byte for ever: journals hold it.
extension StructureEdit: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .grow(let layer, let units, let method):
            writer.write(UInt8(0))
            writer.write(layer)
            writer.write(units)
            writer.write(method.rawValue)
        case .shrink(let layer, let units):
            writer.write(UInt8(1))
            writer.write(layer)
            writer.write(units)
        case .insertLayer(let layer, let units):
            writer.write(UInt8(2))
            writer.write(layer)
            writer.write(units ?? 0)
        case .removeLayer(let layer):
            writer.write(UInt8(3))
            writer.write(layer)
        case .prune(let pruning):
            writer.write(UInt8(4))
            writer.write(pruning)
        case .restore(let method, let fraction):
            writer.write(UInt8(5))
            writer.write(method.rawValue)
            writer.write(fraction)
        case .refresh(let fraction):
            writer.write(UInt8(6))
            writer.write(fraction)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0:
            self = .grow(
                layer: try reader.readInt(), units: try reader.readInt(),
                method: try reader.readName(what: "a way to grow"))
        case 1: self = .shrink(layer: try reader.readInt(), units: try reader.readInt())
        case 2:
            let layer = try reader.readInt()
            let units = try reader.readInt()
            self = .insertLayer(layer: layer, units: units == 0 ? nil : units)
        case 3: self = .removeLayer(layer: try reader.readInt())
        case 4: self = .prune(try reader.read())
        case 5:
            self = .restore(
                method: try reader.readName(what: "a way to restore"),
                fraction: try reader.readDouble())
        case 6: self = .refresh(fraction: try reader.readDouble())
        default: throw .invalid(what: "edit of a network", offset: reader.offset - 1)
        }
    }
}

extension Pruning: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(criterion.rawValue)
        writer.write(scope.rawValue)
        switch amount {
        case .fraction(let fraction):
            writer.write(true)
            writer.write(fraction)
        case .threshold(let threshold):
            writer.write(false)
            writer.write(threshold)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        criterion = try reader.readName(what: "a criterion")
        scope = try reader.readName(what: "a scope")
        let isFraction = try reader.readBool()
        let value = try reader.readDouble()
        amount = isFraction ? .fraction(value) : .threshold(value)
    }
}

extension StructureLimits: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(minUnits)
        writer.write(maxUnits)
        writer.write(maxLayers)
        writer.write(maxParameters ?? -1)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init()
        minUnits = try reader.readInt()
        maxUnits = try reader.readInt()
        maxLayers = try reader.readInt()
        let parameters = try reader.readInt()
        maxParameters = parameters < 0 ? nil : parameters
    }
}
