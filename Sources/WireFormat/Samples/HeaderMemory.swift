import Features

/// The header of the last message of buffers, so that one that is the same byte for byte is neither
/// scanned nor checked again.
struct HeaderMemory: Sendable {
    /// A larger header is read every time.
    private static let capacity = 65_536

    private var bytes: [UInt8] = []
    private var header: BufferHeader?
    /// What was found out from it, if nothing was wrong.
    private(set) var plan: BufferPlan?

    init() {}

    /// The header that these bytes are, if they are those of the last one.
    func header(of frame: RawSpan) -> BufferHeader? {
        guard let header, isSame(frame) else { return nil }
        return header
    }

    private func isSame(_ frame: RawSpan) -> Bool {
        guard frame.byteCount == bytes.count else { return false }
        var offset = 0
        // Bytes have no padding, so all of them may be read; the loops stay below the count.
        let own = unsafe bytes.span.bytes
        while offset + 8 <= own.byteCount {
            let mine = unsafe own.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt64.self)
            let other = unsafe frame.unsafeLoadUnaligned(
                fromUncheckedByteOffset: offset, as: UInt64.self)
            if mine != other { return false }
            offset += 8
        }
        while offset < own.byteCount {
            let mine = unsafe own.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            let other = unsafe frame.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if mine != other { return false }
            offset += 1
        }
        return true
    }

    /// Keeps a header; what was found out from the last one is forgotten.
    mutating func keep(_ header: BufferHeader, of frame: RawSpan) {
        plan = nil
        bytes.removeAll(keepingCapacity: true)
        guard frame.byteCount <= Self.capacity else {
            self.header = nil
            return
        }
        for offset in frame.byteOffsets {
            bytes.append(unsafe frame.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
        self.header = header
    }

    /// Keeps what was found out from the header that was kept last.
    mutating func keep(_ plan: BufferPlan) {
        if header != nil { self.plan = plan }
    }
}

/// What the header of a message says of its buffers, checked.
struct BufferPlan: Sendable {
    let buffers: [BufferDescription]
    let layout: BufferLayout
    let columnNames: [String]?
    let classes: [Label]?
}
