import StateCoding

extension Schedule: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(configuration)
        writer.write(baseRate)
        writer.write(restartStep)
        writer.write(plateauFactor)
        writer.write(bestLoss != nil)
        if let bestLoss { writer.write(bestLoss) }
        writer.write(waitingSince)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        configuration = try reader.read()
        baseRate = try reader.readDouble()
        restartStep = try reader.readInt()
        plateauFactor = try reader.readDouble()
        bestLoss = try reader.readBool() ? try reader.readDouble() : nil
        waitingSince = try reader.readInt()
    }
}

extension ScheduleConfiguration: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(name.rawValue)
        writer.write(gamma)
        writer.write(every)
        writer.write(factor)
        writer.write(total)
        writer.write(power)
        writer.write(delta)
        writer.write(floor)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init()
        name = try reader.readName(what: "a schedule")
        gamma = try reader.readDouble()
        let everyOffset = reader.offset
        every = try reader.readInt()
        factor = try reader.readDouble()
        total = try reader.readInt()
        guard every >= 1, total >= 1 else {
            throw .invalid(what: "the length of a schedule", offset: everyOffset)
        }
        power = try reader.readDouble()
        guard power >= 0, power < 0x1p53 else {
            throw .invalid(what: "the power of a schedule", offset: reader.offset - 8)
        }
        delta = try reader.readDouble()
        floor = try reader.readDouble()
    }
}
