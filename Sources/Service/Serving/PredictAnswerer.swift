import Features
import Learner
import WireFormat

/// Makes replies to predict requests from a snapshot.
struct PredictAnswerer {
    enum Outcome {
        /// The frames of the reply, the predictions in it, and what of them is to be kept first.
        case reply([[UInt8]], predictionCount: Int, kept: RememberedPredictions?)
        /// The request wants a snapshot with so many samples.
        case wait(finishedSamples: Int)
    }

    private var block = SampleBlock()
    private var predictions = Predictions()

    init() {}

    /// Answers one request.
    ///
    /// - Parameters:
    ///   - frames: The request; its body begins at `first`.
    ///   - acceptedSamples: What the daemon has accepted when the request arrived.
    mutating func answer(
        _ frames: some FrameSource, from first: Int, with decoder: inout SampleDecoder,
        snapshot: borrowing Snapshot, acceptedSamples: Int
    ) -> Outcome {
        do throws(Refusal) {
            let envelope = try decoder.decode(frames, from: first, into: &block)
            if envelope.consistent, snapshot.finishedSamples < acceptedSamples {
                return .wait(finishedSamples: acceptedSamples)
            }
            guard let predictor = snapshot.predictor else {
                return noModel(for: envelope)
            }
            let resolved = predictor.schema.resolve(block)
            let reply = try reply(to: envelope, resolved, from: predictor)
            let kept =
                envelope.remember
                ? RememberedPredictions(
                    block, resolved: resolved, answers: predictions.values,
                    answerCount: predictor.valueCount)
                : nil
            return .reply(reply.frames, predictionCount: predictions.count, kept: kept)
        } catch {
            let reply = ErrorReply(error, identifier: decoder.requestIdentifier)
            return .reply([reply.encoded], predictionCount: 0, kept: nil)
        }
    }

    /// Features that are to be remembered are kept all the same: the first label of a stream may be
    /// a late one.
    private func noModel(for envelope: RequestEnvelope) -> Outcome {
        let kept = envelope.remember ? RememberedPredictions(unanswered: block) : nil
        let message =
            kept == nil
            ? "there is no model before the first labelled sample; send one"
            : "there is no model before the first labelled sample; the features are kept, send "
                + "their label"
        let reply = ErrorReply(Refusal(.noModel, message), identifier: envelope.identifier)
        return .reply([reply.encoded], predictionCount: 0, kept: kept)
    }

    private mutating func reply(
        to envelope: RequestEnvelope, _ resolved: AdmittedBlock, from predictor: Predictor
    ) throws(Refusal) -> PredictReply {
        predictor.predict(resolved, into: &predictions)
        let model = ModelVersion(samples: predictor.sampleCount, structure: predictor.structure)
        switch envelope.form {
        case .object:
            return .object(replies(to: envelope, resolved, predictor, model)[0])
        case .array, .lines:
            return .array(replies(to: envelope, resolved, predictor, model))
        case .buffers:
            guard !resolved.rows.isEmpty else {
                // Not one row can be answered, so the request as a whole cannot.
                throw resolved.refusals[0].refusal
            }
            return .buffers(
                BufferPrediction(
                    identifier: envelope.identifier, rowCount: resolved.rows.count,
                    values: predictions.values.map(Float.init),
                    classes: predictor.schema.task == .classification
                        ? predictor.schema.classes : nil,
                    model: model, rejected: resolved.refusals))
        }
    }

    /// One reply for each sample of the request, in its order: answers and refusals merged.
    private func replies(
        to envelope: RequestEnvelope, _ resolved: AdmittedBlock, _ predictor: Predictor,
        _ model: ModelVersion
    ) -> [Reply<Prediction>] {
        var replies: [Reply<Prediction>] = []
        replies.reserveCapacity(envelope.sampleCount)
        var nextRefusal = 0
        for (position, row) in resolved.rows.enumerated() {
            while nextRefusal < resolved.refusals.count,
                resolved.refusals[nextRefusal].index < row.index
            {
                replies.append(refusal(nextRefusal, of: resolved, envelope))
                nextRefusal += 1
            }
            replies.append(
                .success(
                    Prediction(
                        identifier: row.identifier ?? singleIdentifier(envelope),
                        value: value(row: position, predictor), model: model)))
        }
        while nextRefusal < resolved.refusals.count {
            replies.append(refusal(nextRefusal, of: resolved, envelope))
            nextRefusal += 1
        }
        return replies
    }

    /// The request's own identifier belongs to the sample when there is only one.
    private func singleIdentifier(_ envelope: RequestEnvelope) -> SampleIdentifier? {
        envelope.form == .object ? envelope.identifier : nil
    }

    private func refusal(
        _ index: Int, of resolved: AdmittedBlock, _ envelope: RequestEnvelope
    ) -> Reply<Prediction> {
        let refused = resolved.refusals[index]
        return .failure(
            ErrorReply(
                refused.refusal,
                identifier: identifier(ofSample: refused.index, envelope)
                    ?? singleIdentifier(envelope)))
    }

    /// What the client called a sample that is refused, as far as that was readable.
    private func identifier(
        ofSample index: Int, _ envelope: RequestEnvelope
    ) -> SampleIdentifier? {
        // Refused by the decoder, or later by the schema.
        if let position = block.refusals.firstIndex(where: { $0.index == index }) {
            return envelope.refusedIdentifiers[position]
        }
        return block.rows.first { $0.index == index }?.identifier
    }

    private func value(row: Int, _ predictor: Predictor) -> Prediction.Value {
        let count = predictor.valueCount
        let start = row * count
        guard predictor.schema.task == .classification else {
            guard count > 1 else {
                let number = predictions.values[start]
                return .number(
                    number,
                    predictor.intervalRadius.map { .init(lower: number - $0, upper: number + $0) })
            }
            return .numbers(Array(predictions.values[start..<start + count]))
        }
        let classes = predictor.schema.classes
        let likeliest = predictions.likeliestClass(row: row, valueCount: count)
        return .classification(
            classes[likeliest],
            classes.indices.map {
                .init(classes[$0], Float(predictions.values[start + $0]))
            })
    }
}
