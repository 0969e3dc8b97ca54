import StateCoding

extension PlacedChange: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(UInt32(row))
        writer.write(change)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init(row: Int(try reader.readUInt32()), change: try reader.read())
    }
}

/// Each case has its byte for ever: journals hold it.
extension SchemaChange: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .positional(let count):
            writer.write(UInt8(0))
            writer.write(count)
        case .named:
            writer.write(UInt8(1))
        case .feature(let name):
            writer.write(UInt8(2))
            writer.write(name)
        case .category(let feature, let text):
            writer.write(UInt8(3))
            writer.write(feature)
            writer.write(text)
        case .task(let task):
            writer.write(UInt8(4))
            writer.write(task == .classification)
        case .newClass(let label):
            writer.write(UInt8(5))
            writer.write(label)
        case .outputs(let count):
            writer.write(UInt8(6))
            writer.write(count)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0: self = .positional(featureCount: try reader.readInt())
        case 1: self = .named
        case 2: self = .feature(name: try reader.readString())
        case 3: self = .category(feature: try reader.readInt(), text: try reader.readString())
        case 4: self = .task(try reader.readBool() ? .classification : .regression)
        case 5: self = .newClass(try reader.read())
        case 6: self = .outputs(count: try reader.readInt())
        default: throw .invalid(what: "change of the schema", offset: reader.offset - 1)
        }
    }
}

extension AdmittedBlock.Entry: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(UInt32(bitPattern: feature))
        switch content {
        case .number(let number):
            writer.write(UInt8(0))
            writer.write(number)
        case .category(let index):
            writer.write(UInt8(1))
            writer.write(UInt32(index))
        case .otherCategory: writer.write(UInt8(2))
        case .missing: writer.write(UInt8(3))
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        let feature = Int32(bitPattern: try reader.readUInt32())
        let content: Content
        switch try reader.readUInt8() {
        case 0: content = .number(try reader.readDouble())
        case 1: content = .category(Int(try reader.readUInt32()))
        case 2: content = .otherCategory
        case 3: content = .missing
        default: throw .invalid(what: "value of a feature", offset: reader.offset - 1)
        }
        self.init(feature: feature, content: content)
    }
}

extension SampleIdentifier: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .text(let text):
            writer.write(UInt8(0))
            writer.write(text)
        case .integer(let integer):
            writer.write(UInt8(1))
            writer.write(Int(integer))
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0: self = .text(try reader.readString())
        case 1: self = .integer(Int64(try reader.readInt()))
        default: throw .invalid(what: "identifier of a sample", offset: reader.offset - 1)
        }
    }
}
