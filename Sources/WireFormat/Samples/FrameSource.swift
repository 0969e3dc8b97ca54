/// The frames of one message, wherever they lie.
public protocol FrameSource {
    var frameCount: Int { get }

    /// Lends the bytes of a frame.
    ///
    /// - Parameter index: Below ``frameCount``; traps otherwise.
    func withFrame<Result, Failure: Error>(
        _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension [[UInt8]]: FrameSource {
    public var frameCount: Int { count }

    public func withFrame<Result, Failure: Error>(
        _ index: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Bytes have no padding, so all of them may be read.
        let frame = self[index]
        let bytes = unsafe frame.span.bytes
        return try body(bytes)
    }
}
