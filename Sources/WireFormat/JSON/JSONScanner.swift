import Features

/// A cursor over the bytes of one JSON text, as strict as RFC 8259 and no more.
///
/// The scanner builds nothing: its callers take from it what they know, and skip what they do not,
/// which is checked just as strictly. It lives inside ``withBytes(of:scratch:_:)``, so the bytes
/// outlive it.
@safe
struct JSONScanner: ~Copyable {
    /// Arrays and objects inside one another, counted from the outermost.
    static let depthLimit = 64

    /// Every read is guarded by `position < end`, and `end` never exceeds the count.
    let bytes: UnsafeRawBufferPointer
    /// Where the text ends; a line of a longer text ends earlier.
    private(set) var end: Int
    var position = 0
    var depth = 0
    var scratch = JSONScratch()

    private init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = unsafe bytes
        end = bytes.count
    }

    /// Runs `body` with a scanner at the start of `span`.
    ///
    /// - Parameter scratch: Working memory, lent to the scanner so that it is allocated once.
    static func withBytes<Result>(
        of span: RawSpan, scratch: inout JSONScratch,
        _ body: (inout JSONScanner) throws(Refusal) -> Result
    ) throws(Refusal) -> Result {
        try unsafe span.withUnsafeBytes { (bytes) throws(Refusal) in
            var scanner = unsafe JSONScanner(bytes)
            swap(&scanner.scratch, &scratch)
            defer {
                scanner.scratch.removeAll()
                swap(&scanner.scratch, &scratch)
            }
            return try body(&scanner)
        }
    }

    /// The byte at an offset, or 0 behind the end, which no rule of the grammar accepts.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 { offset < end ? unsafe bytes[offset] : 0 }

    /// Eight bytes at an offset, the first one lowest.
    ///
    /// - Parameter offset: At least 8 before the end; checked in debug builds only.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        assert(offset + 8 <= end)
        return UInt64(
            littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    var current: UInt8 { byte(at: position) }

    /// The bytes of a range that the scanner has passed.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.upperBound <= end, "the range ends behind the text")
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// Restricts the scanner to a part of its text and stands at its start.
    mutating func restrict(to range: Range<Int>) {
        precondition(unsafe range.upperBound <= bytes.count, "the range ends behind the text")
        end = range.upperBound
        position = range.lowerBound
        depth = 0
    }

    @inline(__always)
    mutating func skipWhitespace() {
        while position < end {
            switch unsafe bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}

// MARK: - Structure

extension JSONScanner {
    /// Passes `[`; false when the array is empty, and then passed as a whole.
    mutating func beginArray() throws(Refusal) -> Bool {
        try enter()
        guard current == UInt8(ascii: "]") else { return true }
        leave()
        return false
    }

    /// Passes what follows an element; false when it was the last one.
    @inline(__always)
    mutating func continueArray() throws(Refusal) -> Bool {
        skipWhitespace()
        let found = current
        if found == UInt8(ascii: ",") {
            position += 1
            skipWhitespace()
            return true
        }
        guard found == UInt8(ascii: "]") else { throw failure(.arraySeparator) }
        leave()
        return false
    }

    /// Passes `{`; false when the object is empty, and then passed as a whole.
    mutating func beginObject() throws(Refusal) -> Bool {
        try enter()
        guard current == UInt8(ascii: "}") else { return true }
        leave()
        return false
    }

    /// Passes a key and its colon, up to the value.
    mutating func scanKey() throws(Refusal) -> JSONString {
        guard current == UInt8(ascii: "\"") else { throw failure(.key) }
        let key = try scanString()
        try passColon()
        return key
    }

    /// Passes the colon behind a key, up to the value.
    @inline(__always)
    mutating func passColon() throws(Refusal) {
        skipWhitespace()
        guard current == UInt8(ascii: ":") else { throw failure(.colon) }
        position += 1
        skipWhitespace()
    }

    /// Passes what follows a member; false when it was the last one.
    mutating func continueObject() throws(Refusal) -> Bool {
        skipWhitespace()
        let found = current
        if found == UInt8(ascii: ",") {
            position += 1
            skipWhitespace()
            return true
        }
        guard found == UInt8(ascii: "}") else { throw failure(.objectSeparator) }
        leave()
        return false
    }

    /// Passes `true`, `false` or `null`.
    mutating func scanLiteral(_ literal: StaticString) throws(Refusal) {
        let count = literal.utf8CodeUnitCount
        for offset in 0..<count {
            let wanted = unsafe literal.utf8Start[offset]
            guard byte(at: position + offset) == wanted else {
                position += offset
                throw failure(.literal)
            }
        }
        position += count
    }

    /// Nothing but white space may follow.
    mutating func expectEnd() throws(Refusal) {
        skipWhitespace()
        guard position == end else { throw failure(.trailing) }
    }

    private mutating func enter() throws(Refusal) {
        guard depth < Self.depthLimit else { throw failure(.depth) }
        depth += 1
        position += 1
        skipWhitespace()
    }

    private mutating func leave() {
        depth -= 1
        position += 1
    }
}
