/// Floats at an address that is a multiple of a vector's size, as the C kernels want them.
///
/// A value: a copy costs a reference count and shares the memory until one of the two is changed.
@safe
struct FloatBuffer: Sendable {
    private var memory: Memory
    let count: Int

    /// `count` zeros.
    init(count: Int) {
        self.count = count
        memory = Memory(count: count)
    }

    var isEmpty: Bool { count == 0 }

    subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "no float \(index) of \(count)")
            return unsafe memory.start[index]
        }
        set {
            precondition(index >= 0 && index < count, "no float \(index) of \(count)")
            unsafe owned()[index] = newValue
        }
    }

    /// For reading while the buffer is alive and unchanged.
    @unsafe
    var address: UnsafeMutablePointer<Float> { unsafe memory.start }

    /// The memory, this value's own; copied first when it was shared.
    @unsafe
    mutating func owned() -> UnsafeMutablePointer<Float> {
        if !isKnownUniquelyReferenced(&memory) { memory = Memory(copying: memory) }
        return unsafe memory.start
    }

    /// Room for `count` floats, this value's own, whose contents do not matter.
    mutating func prepare(count: Int) {
        if count > self.count || !isKnownUniquelyReferenced(&memory) {
            self = FloatBuffer(count: Swift.max(count, self.count))
        }
    }

    /// Takes `count` floats of another buffer over.
    mutating func copy(count: Int, from other: FloatBuffer, at place: Int, to target: Int) {
        precondition(
            count >= 0 && place >= 0 && place + count <= other.count && target >= 0
                && target + count <= self.count,
            "\(count) floats from \(place) of \(other.count) to \(target) of \(self.count)")
        unsafe (owned() + target).update(from: other.memory.start + place, count: count)
    }

    /// Multiplies the floats of a range.
    mutating func scale(_ range: Range<Int>, by factor: Float) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count)")
        let start = unsafe owned()
        for index in range { unsafe start[index] *= factor }
    }

    /// Whether the first `count` floats of both are equal.
    func hasPrefix(of other: FloatBuffer, count: Int) -> Bool {
        precondition(count <= self.count && count <= other.count, "no prefix of \(count)")
        if memory === other.memory { return true }
        return (0..<count).allSatisfy { unsafe memory.start[$0] == other.memory.start[$0] }
    }
}

extension FloatBuffer: Equatable {
    static func == (left: FloatBuffer, right: FloatBuffer) -> Bool {
        left.count == right.count && left.hasPrefix(of: right, count: left.count)
    }
}

// Why unchecked: the memory is written only through `FloatBuffer`, which copies it first unless no
// one else holds it, so what two threads share is never written.
@safe
private final class Memory: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    private static var alignment: Int { 64 }

    /// Why unsafe: no type of the standard library is aligned to 64 bytes or gives C an address
    /// that stays. Why sound: the object frees what it took, once, and nothing outlives it.
    init(count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: Swift.max(1, count) * MemoryLayout<Float>.stride,
            alignment: Self.alignment)
        unsafe start = bytes.bindMemory(to: Float.self, capacity: count)
        unsafe start.initialize(repeating: 0, count: count)
    }

    init(copying other: Memory) {
        count = other.count
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: Swift.max(1, count) * MemoryLayout<Float>.stride,
            alignment: Self.alignment)
        unsafe start = bytes.bindMemory(to: Float.self, capacity: count)
        unsafe start.initialize(from: other.start, count: count)
    }

    deinit { unsafe start.deallocate() }
}
