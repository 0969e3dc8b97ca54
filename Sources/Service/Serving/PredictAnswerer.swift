import Features
import Learner
import WireFormat
import ZeroMQ

/// Makes replies to predict requests from a snapshot: first reads and resolves all that are to be
/// answered together, so that the networks are passed over once for all of them.
struct PredictAnswerer {
    private var predictions = Predictions()
    /// Rows of the requests that were begun since the last reset.
    private var rowCount = 0
    private var writer = JSONWriter()
    private var floats: [Float] = []

    init() {}

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - frames: Its body begins at `first`.
    func read(
        _ frames: some FrameSource, from first: Int, with decoder: inout SampleDecoder,
        into request: PredictRequest
    ) {
        do throws(Refusal) {
            let envelope = try decoder.decode(frames, from: first, into: &request.block)
            request.content = .samples(envelope)
        } catch {
            request.content = .refused(error)
        }
        request.identifier = decoder.requestIdentifier
        request.firstRow = nil
    }

    /// Begins to answer a request.
    ///
    /// - Returns: How many samples the snapshot must have that the request waits for, if this one
    ///   has not.
    mutating func begin(_ request: PredictRequest, from snapshot: borrowing Snapshot) -> Int? {
        guard case .samples(let envelope) = request.content else { return nil }
        if envelope.consistent, snapshot.finishedSamples < request.acceptedSamples {
            return request.acceptedSamples
        }
        guard let predictor = snapshot.predictor else { return nil }
        predictor.schema.resolve(takingNumbersOf: &request.block, into: &request.resolved)
        predictor.append(request.resolved, to: &predictions)
        request.resolved.returnNumbers(to: &request.block)
        request.firstRow = rowCount
        rowCount += request.resolved.rows.count
        return nil
    }

    /// Completes the answers to all that was begun.
    mutating func finish(from snapshot: borrowing Snapshot) {
        snapshot.predictor?.finish(&predictions)
    }

    /// Forgets what was begun.
    mutating func reset() {
        predictions.removeAll()
        rowCount = 0
    }

    /// What of a request is to be kept for late labels before it is answered. Features are kept
    /// without a model all the same: the first label of a stream may be a late one.
    func remembered(
        _ request: PredictRequest, from snapshot: borrowing Snapshot
    ) -> RememberedPredictions? {
        guard case .samples(let envelope) = request.content, envelope.remember else { return nil }
        guard let predictor = snapshot.predictor, let firstRow = request.firstRow else {
            return RememberedPredictions(unanswered: request.block)
        }
        let count = predictor.valueCount
        let end = firstRow + request.resolved.rows.count
        return RememberedPredictions(
            request.block, resolved: request.resolved,
            answers: Array(predictions.values[firstRow * count..<end * count]),
            answerCount: count)
    }

    /// Writes the body of a reply.
    ///
    /// - Parameters:
    ///   - isKept: Whether something is kept for a late label.
    ///   - reply: Receives the frames.
    /// - Returns: The predictions in it.
    mutating func write(
        _ request: PredictRequest, from snapshot: borrowing Snapshot, isKept: Bool,
        into reply: Multipart
    ) -> Int {
        switch request.content {
        case .refused(let refusal):
            reply.append(ErrorReply(refusal, identifier: request.identifier).encoded)
            return 0
        case .samples(let envelope):
            guard let predictor = snapshot.predictor, let firstRow = request.firstRow else {
                reply.append(noModel(for: envelope, isKept: isKept).encoded)
                return 0
            }
            writer.removeAll()
            if envelope.form == .buffers {
                return writeBuffers(request, envelope, predictor, firstRow, into: reply)
            }
            if envelope.form != .object { writer.beginArray() }
            writeReplies(to: envelope, request, predictor, firstRow)
            if envelope.form != .object { writer.endArray() }
            reply.append(writer.bytes)
            return request.resolved.rows.count
        }
    }

    private func noModel(for envelope: RequestEnvelope, isKept: Bool) -> ErrorReply {
        let message =
            isKept
            ? "there is no model before the first labelled sample; the features are kept, send "
                + "their label"
            : "there is no model before the first labelled sample; send one"
        return ErrorReply(Refusal(.noModel, message), identifier: envelope.identifier)
    }

    private mutating func writeBuffers(
        _ request: PredictRequest, _ envelope: RequestEnvelope, _ predictor: Predictor,
        _ firstRow: Int, into reply: Multipart
    ) -> Int {
        let resolved = request.resolved
        guard !resolved.rows.isEmpty else {
            // Not one row can be answered, so the request as a whole cannot.
            let refusal = resolved.refusals[0].refusal
            reply.append(ErrorReply(refusal, identifier: request.identifier).encoded)
            return 0
        }
        let (rowCount, columnCount) = (resolved.rows.count, predictor.valueCount)
        BufferPrediction.writeHeader(
            envelope.identifier, rowCount: rowCount, columnCount: columnCount,
            classes: predictor.schema.task == .classification ? predictor.schema.classes : nil,
            version(of: predictor), resolved.refusals, to: &writer)
        reply.append(writer.bytes)
        floats.removeAll(keepingCapacity: true)
        for position in firstRow * columnCount..<(firstRow + rowCount) * columnCount {
            floats.append(Float(predictions.values[position]))
        }
        reply.append(floats.span)
        return rowCount
    }

    private func version(of predictor: Predictor) -> ModelVersion {
        ModelVersion(samples: predictor.sampleCount, structure: predictor.structure)
    }

    /// One reply for each sample of the request, in its order: answers and refusals merged.
    private mutating func writeReplies(
        to envelope: RequestEnvelope, _ request: PredictRequest, _ predictor: Predictor,
        _ firstRow: Int
    ) {
        let resolved = request.resolved
        let model = version(of: predictor)
        var nextRefusal = 0
        for (position, row) in resolved.rows.enumerated() {
            while nextRefusal < resolved.refusals.count,
                resolved.refusals[nextRefusal].index < row.index
            {
                writeRefusal(resolved.refusals[nextRefusal], of: request, envelope)
                nextRefusal += 1
            }
            writer.beginPrediction(row.identifier ?? singleIdentifier(envelope))
            writeValue(row: firstRow + position, predictor)
            writer.endPrediction(model)
        }
        for refused in resolved.refusals[nextRefusal...] {
            writeRefusal(refused, of: request, envelope)
        }
    }

    /// The request's own identifier belongs to the sample when there is only one.
    private func singleIdentifier(_ envelope: RequestEnvelope) -> SampleIdentifier? {
        envelope.form == .object ? envelope.identifier : nil
    }

    private mutating func writeRefusal(
        _ refused: IndexedRefusal, of request: PredictRequest, _ envelope: RequestEnvelope
    ) {
        let identifier = identifier(ofSample: refused.index, of: request, envelope)
        ErrorReply(refused.refusal, identifier: identifier ?? singleIdentifier(envelope))
            .write(to: &writer)
    }

    /// What the client called a sample that is refused, as far as that was readable.
    private func identifier(
        ofSample index: Int, of request: PredictRequest, _ envelope: RequestEnvelope
    ) -> SampleIdentifier? {
        // Refused by the decoder, or later by the schema.
        if let position = request.block.refusals.firstIndex(where: { $0.index == index }) {
            return envelope.refusedIdentifiers[position]
        }
        return request.block.rows.first { $0.index == index }?.identifier
    }

    private mutating func writeValue(row: Int, _ predictor: Predictor) {
        let count = predictor.valueCount
        let start = row * count
        let values = predictions.values
        guard predictor.schema.task == .classification else {
            guard count > 1 else {
                let number = values[start]
                writer.write(
                    number,
                    predictor.intervalRadius.map { .init(lower: number - $0, upper: number + $0) })
                return
            }
            writer.writeNumbers(count: count) { values[start + $0] }
            return
        }
        let classes = predictor.schema.classes
        writer.writeClasses(
            classes[predictions.likeliestClass(row: row, valueCount: count)], count: classes.count,
            label: { classes[$0] }, probability: { Float(values[start + $0]) })
    }
}
