import Features

/// The topics of the `status` socket; the raw value is the topic frame.
public enum StatusTopic: String, CaseIterable, Sendable {
    case status, adaptation, drift, rejected, checkpoint, alert
}

/// A message of the `status` socket.
public enum StatusMessage: Equatable, Sendable {
    case status(StatusReport)
    case adaptation(AdaptationMessage)
    case drift(DriftMessage)
    case rejected(RejectedMessage)
    case checkpoint(CheckpointMessage)
    case alert(AlertMessage)

    public var topic: StatusTopic {
        switch self {
        case .status: .status
        case .adaptation: .adaptation
        case .drift: .drift
        case .rejected: .rejected
        case .checkpoint: .checkpoint
        case .alert: .alert
        }
    }

    /// Topic and JSON.
    public var frames: [[UInt8]] {
        let body =
            switch self {
            case .status(let message): message.encoded
            case .adaptation(let message): message.encoded
            case .drift(let message): message.encoded
            case .rejected(let message): message.encoded
            case .checkpoint(let message): message.encoded
            case .alert(let message): message.encoded
            }
        return [Array(topic.rawValue.utf8), body]
    }

    /// Reads topic and JSON.
    ///
    /// - Throws: `bad_frame` for a topic that is not known, or what the message lacks.
    public init(decoding frames: [[UInt8]]) throws(Refusal) {
        guard frames.count == 2,
            let topic = StatusTopic(rawValue: String(decoding: frames[0], as: UTF8.self))
        else { throw Refusal(.badFrame, "a status message is a known topic and an object") }
        switch topic {
        case .status: self = .status(try StatusReport(decoding: frames[1]))
        case .adaptation: self = .adaptation(try AdaptationMessage(decoding: frames[1]))
        case .drift: self = .drift(try DriftMessage(decoding: frames[1]))
        case .rejected: self = .rejected(try RejectedMessage(decoding: frames[1]))
        case .checkpoint: self = .checkpoint(try CheckpointMessage(decoding: frames[1]))
        case .alert: self = .alert(try AlertMessage(decoding: frames[1]))
        }
    }
}
