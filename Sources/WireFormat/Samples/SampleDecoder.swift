import Features

/// Turns messages into samples: PROTOCOL.md, section 2, forms 1 and 2.
///
/// A decoder keeps its working memory, and expects the feature names of the sample before, so each
/// thread has its own and uses it for all messages of a socket.
public struct SampleDecoder: Sendable {
    /// What the samples are for, which decides about the keys that are read.
    public enum Purpose: Sendable {
        /// `samples` and `feed`: `producer`, `seq`, `op` and options are unknown keys.
        case samples
        /// `learn`: reads `producer`, `seq` and `op`.
        case learn
        /// `predict`: reads `remember` and `consistent`; `y` and `w` are unknown keys.
        case predict
    }

    public let purpose: Purpose
    public let limits: DecodingLimits
    /// The `id` of the message that was decoded last, as far as it was readable, even when the
    /// message was refused: a reply carries it.
    public internal(set) var requestIdentifier: SampleIdentifier?

    var scratch = JSONScratch()
    /// The header that was read last: nearly always the next one is the same.
    var lastHeader = HeaderMemory()
    var expectedNames = NameSequence()

    public init(purpose: Purpose, limits: DecodingLimits = DecodingLimits()) {
        self.purpose = purpose
        self.limits = limits
    }

    /// Decodes one message.
    ///
    /// Samples that are wrong by themselves become ``SampleBlock/refusals``, and the others stand.
    /// A message without any sample (`[]`, or a buffer of no rows) is refused as `bad_value`.
    ///
    /// - Parameters:
    ///   - frames: The message.
    ///   - first: The index of its first frame that counts, behind routing frames.
    ///   - block: Emptied, then filled.
    /// - Throws: When nothing of the message can be used.
    public mutating func decode(
        _ frames: some FrameSource, from first: Int = 0, into block: inout SampleBlock
    ) throws(Refusal) -> RequestEnvelope {
        block.removeAll()
        requestIdentifier = nil
        let count = frames.frameCount - first
        guard count >= 1 else {
            throw Refusal(.badFrame, "the message has no body; send JSON, or a header and buffers")
        }
        try checkSize(of: frames, from: first)
        if count == 1 {
            return try frames.withFrame(first) { (body) throws(Refusal) in
                try decodeBody(body, RequestEnvelope(), into: &block)
            }
        }
        let header = try frames.withFrame(first) { (bytes) throws(Refusal) in
            try readHeader(bytes)
        }
        var envelope = RequestEnvelope(form: .buffers)
        requestIdentifier = try header.identifier
        try header.read(into: &envelope, purpose: purpose)
        if header.hasBuffers {
            try decodeBuffers(frames, from: first, header, &envelope, into: &block)
            return envelope
        }
        guard count == 2 else {
            throw Refusal(
                .badFrame,
                "a header without buffers is followed by \(count - 1) frames; send one JSON body")
        }
        return try frames.withFrame(first + 1) { (body) throws(Refusal) in
            try decodeBody(body, envelope, hasHeader: true, into: &block)
        }
    }

    /// Decodes a message of a `feed` socket: a topic frame and a body of either form, or one frame
    /// of topic, space and JSON. A single frame that begins with `{` or `[` has no topic.
    ///
    /// - Throws: When nothing of the message can be used.
    public mutating func decodeFeed(
        _ frames: some FrameSource, into block: inout SampleBlock
    ) throws(Refusal) -> RequestEnvelope {
        guard frames.frameCount == 1 else { return try decode(frames, from: 1, into: &block) }
        block.removeAll()
        requestIdentifier = nil
        try checkSize(of: frames, from: 0)
        return try frames.withFrame(0) { (frame) throws(Refusal) in
            let start = try FeedFrame.bodyOffset(in: frame)
            let body = frame.extracting(start..<frame.byteCount)
            return try decodeBody(body, RequestEnvelope(), into: &block)
        }
    }

    private func checkSize(of frames: some FrameSource, from first: Int) throws(Refusal) {
        var total = 0
        for index in first..<frames.frameCount {
            total += frames.withFrame(index) { $0.byteCount }
        }
        guard total <= limits.maxMessageBytes else {
            throw Refusal(
                .tooLarge,
                "the message has \(total) bytes, more than \(limits.maxMessageBytes); "
                    + "send fewer samples at a time or raise sockets.max_message_bytes")
        }
    }

    private mutating func readHeader(_ bytes: RawSpan) throws(Refusal) -> BufferHeader {
        if let header = lastHeader.header(of: bytes) { return header }
        let value = try JSONScanner.withBytes(of: bytes, scratch: &scratch) {
            (scanner) throws(Refusal) in
            scanner.skipWhitespace()
            let value = try scanner.scanValue()
            try scanner.expectEnd()
            return value
        }
        guard case .object(let object) = value else {
            throw Refusal(
                .wrongType,
                "the first of several frames is \(value.kindName); send a JSON header object")
        }
        let header = BufferHeader(object)
        lastHeader.keep(header, of: bytes)
        return header
    }
}

/// The one-frame form of a feed message.
enum FeedFrame {
    /// Where the JSON begins.
    static func bodyOffset(in frame: RawSpan) throws(Refusal) -> Int {
        for index in frame.byteOffsets {
            switch unsafe frame.unsafeLoad(fromByteOffset: index, as: UInt8.self) {
            case UInt8(ascii: "{") where index == 0, UInt8(ascii: "[") where index == 0: return 0
            case UInt8(ascii: " "): return index + 1
            default: continue
            }
        }
        throw Refusal(
            .badFrame,
            "a feed message of one frame has no space; send topic and body as two frames, "
                + "or topic, space, JSON")
    }
}
