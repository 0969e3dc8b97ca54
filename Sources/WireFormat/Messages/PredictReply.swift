import Features

/// The answer of `predict`, in the form of its request.
public enum PredictReply: Equatable, Sendable {
    case object(Reply<Prediction>)
    /// One entry for each sample, in order.
    case array([Reply<Prediction>])
    case buffers(BufferPrediction)

    public var frames: [[UInt8]] {
        var writer = JSONWriter()
        switch self {
        case .object(let reply): reply.write(to: &writer)
        case .array(let replies): replies.write(to: &writer)
        case .buffers(let prediction): return prediction.frames
        }
        return [writer.bytes]
    }

    /// - Throws: What the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 1 else {
            self = .buffers(try BufferPrediction(decoding: frames))
            return
        }
        let value = try JSONValue(parsing: frames[0])
        if case .array = value {
            self = .array(try [Reply<Prediction>](json: value, name: "reply"))
        } else {
            self = .object(try Reply<Prediction>(json: value, name: "reply"))
        }
    }
}
