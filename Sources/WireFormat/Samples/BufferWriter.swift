/// Writes raw buffers and their descriptions.
enum BufferWriter {
    /// `{"dtype":…,"shape":[…]}`, behind its key.
    static func describe(_ dtype: BufferDtype, _ shape: [Int], in writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("dtype")
        writer.write(dtype.rawValue)
        writer.key("shape")
        shape.write(to: &writer)
        writer.endObject()
    }

    /// The elements as they lie in memory, which is little-endian.
    static func bytes<Element: BitwiseCopyable>(of elements: [Element]) -> [UInt8] {
        unsafe elements.withUnsafeBytes { unsafe Array($0) }
    }
}

extension BufferReader {
    /// The elements of a frame of float32.
    static func floats(_ frame: RawSpan) -> [Float] {
        (0..<frame.byteCount / 4).map { index in
            // The span checks the offset; every bit pattern is a Float.
            unsafe frame.unsafeLoadUnaligned(fromByteOffset: index * 4, as: Float.self)
        }
    }
}
