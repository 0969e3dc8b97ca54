import Features
import Learner
import Settings
import Synchronization
import WireFormat

/// Answers the Open Inference Protocol from snapshots of its own, so that neither the trainer nor
/// the predictor notices.
final class InferenceServer: Sendable {
    /// Working memory; one request at a time is answered.
    fileprivate struct State {
        var snapshot = Snapshot(predictor: nil, finishedSamples: 0, time: .now)
        var decoder: SampleDecoder
        var block = SampleBlock()
        var predictions = Predictions()
    }

    static let modelName = "osier"
    static let modelVersion = "1"

    private let state: Mutex<State>
    private let snapshots: LatestValue<Snapshot>
    private let gauges: Gauges

    init(settings: Settings, snapshots: LatestValue<Snapshot>, gauges: Gauges) {
        state = Mutex(
            State(decoder: SampleDecoder(purpose: .predict, limits: DecodingLimits(settings))))
        self.snapshots = snapshots
        self.gauges = gauges
    }

    /// Health and metadata.
    func reply(to path: InferencePath, isReady: Bool) -> HttpReply {
        switch path {
        case .server:
            return Self.object([
                ("name", .string("osier")), ("version", .string(Version.current)),
                ("extensions", .array([])),
            ])
        case .live: return Self.object([("live", .boolean(true))])
        case .ready:
            return Self.object(
                [("live", .boolean(true)), ("ready", .boolean(isReady))], isTrue: isReady)
        case .modelReady:
            let isReady = isReady && predictor != nil
            return Self.object(
                [("name", .string(Self.modelName)), ("ready", .boolean(isReady))],
                isTrue: isReady)
        case .model: return HttpReply(json: metadata(predictor))
        case .infer: return HttpReply(code: 405, error: "predictions are asked for with POST")
        }
    }

    /// Predictions for the tensors of a request.
    func infer(_ body: [UInt8]) -> HttpReply {
        do throws(Refusal) {
            let request = try InferenceRequest(body)
            let answer = try state.withLock { (state) throws(Refusal) in
                state.takeSnapshot(snapshots)
                return try state.answer(request)
            }
            gauges.servedPredictions.add(answer.count, ordering: .relaxed)
            gauges.isSnapshotWanted.store(true, ordering: .relaxed)
            return HttpReply(json: answer.body)
        } catch {
            return HttpReply(code: error.code.httpCode, error: error.description)
        }
    }

    private var predictor: Predictor? {
        state.withLock { state in
            state.takeSnapshot(snapshots)
            return state.snapshot.predictor
        }
    }

    private static func object(
        _ members: [(String, JSONValue)], isTrue: Bool = true
    ) -> HttpReply {
        var reply = HttpReply(
            json: .object(JSONObject(members.map { JSONObject.Member($0.0, $0.1) })))
        if !isTrue { reply.code = 503 }
        return reply
    }
}

extension InferenceServer {
    private func metadata(_ predictor: Predictor?) -> JSONValue {
        var inputs: [JSONValue] = []
        var outputs: [JSONValue] = []
        if let predictor {
            let width = predictor.schema.featureCount
            inputs = [InferenceOutput.description("x", "FP64", [-1, width])]
            outputs = InferenceOutput.descriptions(predictor)
        }
        return .object(
            JSONObject([
                .init("name", .string(Self.modelName)),
                .init("versions", .array([.string(Self.modelVersion)])),
                .init("platform", .string("osier")),
                .init("inputs", .array(inputs)),
                .init("outputs", .array(outputs)),
            ]))
    }
}

extension InferenceServer.State {
    fileprivate mutating func takeSnapshot(_ snapshots: LatestValue<Snapshot>) {
        if let newer = snapshots.take() { snapshot = newer }
    }

    /// One bad sample refuses the request: the protocol has no place for an error beside answers.
    fileprivate mutating func answer(
        _ request: InferenceRequest
    ) throws(Refusal) -> (body: JSONValue, count: Int) {
        _ = try decoder.decode(request.frames, into: &block)
        guard let predictor = snapshot.predictor else {
            throw Refusal(
                .noModel, "there is no model before the first labelled sample; send one")
        }
        let resolved = predictor.schema.resolve(block)
        if let refused = resolved.refusals.first {
            throw Refusal(
                refused.refusal.code, "sample \(refused.index): \(refused.refusal.message)")
        }
        predictor.predict(resolved, into: &predictions)
        let all = InferenceOutput.all(predictor, predictions)
        for name in request.outputs where !all.contains(where: { $0.name == name }) {
            throw Refusal(
                .badValue,
                "there is no output \"\(HttpRouter.excerpt(name))\"; there are "
                    + all.map(\.name).joined(separator: ", "))
        }
        let wanted = all.filter { request.outputs.isEmpty || request.outputs.contains($0.name) }
        var members: [JSONObject.Member] = [
            .init("model_name", .string(InferenceServer.modelName)),
            .init("model_version", .string(InferenceServer.modelVersion)),
        ]
        if let identifier = request.identifier { members.append(.init("id", identifier)) }
        members.append(
            .init(
                "parameters",
                .object(
                    JSONObject([
                        .init("samples", .integer(Int64(predictor.sampleCount))),
                        .init("structure", .integer(Int64(predictor.structure))),
                    ]))))
        members.append(.init("outputs", .array(wanted.map(\.json))))
        return (.object(JSONObject(members)), predictions.count)
    }
}
