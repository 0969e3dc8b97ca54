import Features
import NeuralNetwork
import StateCoding
import StructureControl

/// An event in bytes, as the journal keeps it. Each case has its byte for ever: journals hold it.
extension Event: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .samples(let block):
            writer.write(UInt8(0))
            writer.write(block)
        case .command(let command):
            writer.write(UInt8(1))
            writer.write(command)
        case .tick(let measurements):
            writer.write(UInt8(2))
            writer.write(measurements)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0: self = .samples(try reader.read())
        case 1: self = .command(try reader.read())
        case 2: self = .tick(try reader.read())
        default: throw .invalid(what: "kind of event", offset: reader.offset - 1)
        }
    }

    /// Numbers that the event takes in a journal: one per sample, and at least one.
    public var journalCount: Int {
        switch self {
        case .samples(let block): max(1, block.rows.count)
        case .command, .tick: 1
        }
    }
}

/// Each case has its byte for ever: journals hold it.
extension Command: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .pause:
            writer.write(UInt8(0))
        case .resume:
            writer.write(UInt8(1))
        case .setOptimizer(let optimizer):
            writer.write(UInt8(2))
            writer.write(optimizer)
        case .setSchedule(let schedule):
            writer.write(UInt8(3))
            writer.write(schedule)
        case .setControl(let control):
            writer.write(UInt8(6))
            writer.write(control)
        case .adopt(let model):
            writer.write(UInt8(4))
            writer.write(model)
        case .allow(let allowance):
            writer.write(UInt8(5))
            writer.write(allowance)
        case .structure(let command):
            writer.write(UInt8(7))
            writer.write(command)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0: self = .pause
        case 1: self = .resume
        case 2: self = .setOptimizer(try reader.read())
        case 3: self = .setSchedule(try reader.read())
        case 6: self = .setControl(try reader.read())
        case 4: self = .adopt(try reader.read())
        case 5: self = .allow(try reader.read())
        case 7: self = .structure(try reader.read())
        default: throw .invalid(what: "command", offset: reader.offset - 1)
        }
    }
}
