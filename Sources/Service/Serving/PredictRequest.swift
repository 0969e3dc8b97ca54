import Features
import WireFormat
import ZeroMQ

/// A request on its way through the predictor, and the memory in which it is read and resolved.
///
/// A class, so that several are filled and answered in place; they stay on one thread.
final class PredictRequest {
    enum Content {
        case samples(RequestEnvelope)
        /// Nothing of the message could be used.
        case refused(Refusal)
    }

    /// The message, routing frames included.
    let frames = Multipart(maxFrameCount: 16)
    /// Index of the first frame of the body.
    var bodyStart = 1
    var arrival = ContinuousClock.now
    /// What the daemon had accepted when the request arrived.
    var acceptedSamples = 0

    var content = Content.refused(Refusal(.internal, "no request"))
    /// The request's `id`, as far as it was readable.
    var identifier: SampleIdentifier?
    var block = SampleBlock()
    /// What of ``block`` a model can answer.
    var resolved = AdmittedBlock()
    /// Where the answers begin among those of the requests that are answered together; `nil`: there
    /// is no model.
    var firstRow: Int?

    init() {}

    /// The frames that lead back to the client.
    var returnAddress: [[UInt8]] { (0..<bodyStart).map(frames.bytes(ofFrame:)) }

    var body: [[UInt8]] { (bodyStart..<frames.frameCount).map(frames.bytes(ofFrame:)) }
}

/// The requests that were taken at one look, to be answered together.
struct RequestGroup {
    static let capacity = 64
    /// A larger request is answered without company: every place of the group would keep the memory
    /// that it takes to read one.
    static let largestByteCount = 16_384

    private var places: [PredictRequest] = []
    private(set) var count = 0

    init() {}

    subscript(index: Int) -> PredictRequest { places[index] }

    /// The place of the next request.
    mutating func nextPlace() -> PredictRequest {
        if count == places.count { places.append(PredictRequest()) }
        return places[count]
    }

    /// Counts the request at the next place in.
    mutating func add() { count += 1 }

    mutating func removeAll() { count = 0 }
}
