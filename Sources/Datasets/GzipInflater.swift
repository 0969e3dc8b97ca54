import CZlib

/// Expands the members of a gzip file. The value owns zlib's state.
@safe
struct GzipInflater: ~Copyable {
    /// On the heap, because zlib's own state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether a member has begun and not ended.
    private(set) var isInsideMember = false

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15: the largest window; 16: gzip headers and checksums, nothing else.
        let code = unsafe inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        precondition(code == Z_OK, "zlib cannot start: out of memory, or of another version")
    }

    deinit {
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// How far a step came.
    struct Progress {
        let consumedCount: Int
        let producedCount: Int
    }

    /// Expands some of `input` into `output` from `start` on.
    ///
    /// - Parameter range: The bytes of `input` that are left. Not empty.
    /// - Throws: ``RowProblem`` when the bytes are no gzip data.
    mutating func expand(
        _ input: [UInt8], _ range: Range<Int>, into output: inout [UInt8], from start: Int
    ) throws(RowProblem) -> Progress {
        precondition(!range.isEmpty && range.upperBound <= input.count, "the range is in the input")
        precondition(start < output.count, "there is no room to expand into")
        let stream = unsafe stream
        let inputCount = min(range.count, Int(CInt.max))
        let outputCount = min(output.count - start, Int(CInt.max))
        // zlib only reads its input, and both pointers are dropped again before this returns.
        let code = unsafe input.withUnsafeBytes { inputBytes in
            unsafe output.withUnsafeMutableBytes { outputBytes in
                let base = unsafe inputBytes.baseAddress?.advanced(by: range.lowerBound)
                unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
                    mutating: base?.assumingMemoryBound(to: UInt8.self))
                unsafe stream.pointee.avail_in = UInt32(inputCount)
                unsafe stream.pointee.next_out = unsafe outputBytes.baseAddress?
                    .advanced(by: start).assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(outputCount)
                return unsafe inflate(stream, Z_NO_FLUSH)
            }
        }
        let progress = unsafe Progress(
            consumedCount: inputCount - Int(stream.pointee.avail_in),
            producedCount: outputCount - Int(stream.pointee.avail_out))
        isInsideMember = true
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            _ = unsafe inflateReset(stream)
            isInsideMember = false
        default:
            let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
            throw RowProblem(reason ?? "zlib error \(code)")
        }
        return progress
    }
}
