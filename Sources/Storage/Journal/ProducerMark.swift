import StateCoding

/// How far a producer has come.
public struct ProducerMark: Equatable, Sendable {
    public let producer: String
    /// Its last accepted sequence.
    public let sequence: Int
    /// The last event of that request.
    public let offset: Int

    public init(producer: String, sequence: Int, offset: Int) {
        self.producer = producer
        self.sequence = sequence
        self.offset = offset
    }
}

extension ProducerMark: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(producer)
        writer.write(sequence)
        writer.write(offset)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        producer = try reader.readString()
        sequence = try reader.readInt()
        offset = try reader.readInt()
    }

    /// No marks are no bytes.
    static func bytes(of marks: [ProducerMark]) -> [UInt8] {
        guard !marks.isEmpty else { return [] }
        var writer = StateWriter()
        writer.write(marks)
        return writer.bytes
    }

    /// Nil when the bytes are not what ``bytes(of:)`` gave.
    static func marks(in bytes: [UInt8]) -> [ProducerMark]? {
        guard !bytes.isEmpty else { return [] }
        var reader = StateReader(bytes: bytes)
        do throws(StateError) {
            let marks = try reader.readArray(of: ProducerMark.self)
            return reader.remainingCount == 0 ? marks : nil
        } catch {
            return nil
        }
    }
}

/// The newest mark of each producer.
struct ProducerTable {
    /// In the order in which the producers were met.
    private(set) var marks: [ProducerMark] = []
    private var positions: [String: Int] = [:]

    init(_ marks: [ProducerMark] = []) {
        for mark in marks { fold(mark) }
    }

    subscript(producer: String) -> ProducerMark? { positions[producer].map { marks[$0] } }

    mutating func fold(_ mark: ProducerMark) {
        if let position = positions[mark.producer] {
            marks[position] = mark
        } else {
            positions[mark.producer] = marks.count
            marks.append(mark)
        }
    }

    mutating func removeAll() {
        marks.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}
