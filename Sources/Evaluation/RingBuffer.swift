import StateCoding

/// The last elements of a sequence, in a fixed amount of memory.
struct RingBuffer<Element: StateCodable & Equatable & Sendable>: Equatable, Sendable {
    let capacity: Int
    /// Full or growing; in a full one the oldest element is at ``next``.
    private var elements: [Element] = []
    private var next = 0

    /// - Parameter capacity: At least 1.
    init(capacity: Int) {
        precondition(capacity >= 1, "a window holds at least one sample, not \(capacity)")
        self.capacity = capacity
    }

    var count: Int { elements.count }

    mutating func append(_ element: Element) {
        if elements.count < capacity {
            elements.append(element)
        } else {
            elements[next] = element
            next = next + 1 == capacity ? 0 : next + 1
        }
    }

    /// Visits the elements from the oldest to the newest.
    func visit(_ body: (Element) -> Void) {
        for index in next..<elements.count { body(elements[index]) }
        for index in 0..<next { body(elements[index]) }
    }
}

extension RingBuffer: StateCodable {
    func encode(to writer: inout StateWriter) {
        writer.write(capacity)
        writer.write(next)
        writer.write(elements)
    }

    init(from reader: inout StateReader) throws(StateError) {
        capacity = try reader.readInt()
        next = try reader.readInt()
        elements = try reader.readArray()
        guard capacity >= 1, elements.count <= capacity, (0...elements.count).contains(next) else {
            throw .invalid(what: "window", offset: reader.offset)
        }
    }
}
