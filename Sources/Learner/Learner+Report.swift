import Features
import Glibc
import Kernels
import NeuralNetwork

extension Learner {
    /// What predictions need, as it is now. `nil` before the first labelled sample.
    ///
    /// Costs a few reference counts; the next update copies the weights once.
    public func predictor() -> Predictor? {
        guard let lead else { return nil }
        var voices: [Predictor.Voice] = []
        let isMixing = committee.isMixing
        voices.append(
            Predictor.Voice(
                network: lead.network.forPrediction(),
                weight: isMixing ? lead.standing.weight : 1))
        for member in committee.others where member.isMixed && member.standing.voice > 0 {
            voices.append(
                Predictor.Voice(
                    network: member.network.forPrediction(), weight: member.standing.voice))
        }
        return Predictor(
            schema: schema, encoder: encoder, scaler: scaler, voices: voices,
            sampleCount: counts.learned, structure: counts.structure,
            intervalRadius: intervals?.radius)
    }

    /// Bytes that the next update after a ``predictor()`` copies, for the greater part.
    public var predictionByteCount: Int {
        var count = lead?.network.parameterCount ?? 0
        for member in committee.others where member.isMixed {
            count += member.network.parameterCount
        }
        return 4 * count
    }

    /// Everything that is said about the learner. Changes nothing.
    public func report() -> LearnerReport {
        LearnerReport(
            counts: counts, isPaused: isPaused, waitingCount: join.count, join: join.counts,
            task: schema.task,
            featureCount: schema.featureCount,
            model: lead.map { lead in
                ModelReport(
                    inputCount: lead.network.inputCount, outputCount: outputCount(of: lead),
                    parameterCount: lead.network.parameterCount,
                    nonzeroParameterCount: lead.network.nonzeroParameterCount,
                    byteCount: lead.network.byteCount, activation: lead.network.activation,
                    loss: lead.network.loss, learningRate: lead.learningRate)
            },
            quality: quality?.report, intervalCoverage: intervals?.hits.coverage,
            validationCount: validation.samples.count,
            validationLoss: validationLoss(),
            hiddenWidths: lead?.network.hidden ?? configuration.model.hidden,
            optimizer: configuration.optimizer, schedule: configuration.schedule,
            control: controlReport,
            members: memberReports())
    }

    /// What the door has to know of the samples that wait for a label.
    public var labelDoor: LabelDoor { LabelDoor(following: join) }

    /// What the stream has shown of a feature.
    public func statistics(ofFeature feature: Int) -> FeatureStatistics {
        encoder.statistics(ofFeature: feature)
    }

    /// Samples of a class so far.
    public func sampleCount(ofClass index: Int) -> Int {
        guard case .classification(let quality, _) = quality else { return 0 }
        return quality.sampleCount(ofClass: index)
    }

    /// Classes in classification, also when one logit speaks of two; numbers in regression.
    private func outputCount(of lead: Member) -> Int {
        schema.task == .classification ? max(2, schema.classes.count) : lead.network.outputCount
    }

    /// Mean loss of the lead over the held-out samples: `−ln P(class)`, or the mean squared error of
    /// the standardised target.
    func validationLoss() -> Double? {
        guard let lead, !validation.samples.isEmpty else { return nil }
        return validationLoss(of: lead.network)
    }

    /// Mean loss of a network over the held-out samples, at least one.
    func validationLoss(of network: Network) -> Double {
        var workspace = Workspace()
        var outputs = [Float](repeating: 0, count: network.outputCount)
        var sum = 0.0
        for sample in validation.samples {
            network.predict(sample.inputs, into: &outputs, using: &workspace)
            sum += Double(Self.loss(of: outputs, loss: network.loss, targets: sample.targets))
        }
        return sum / Double(validation.samples.count)
    }

    /// `−ln P(class)`, or the mean squared error of standardised numbers.
    static func loss(of outputs: [Float], loss: Loss, targets: [Float]) -> Float {
        switch loss {
        case .logistic:
            let probability = targets[0] == 0 ? 1 - outputs[0] : outputs[0]
            return -logf(max(probability, 1e-7))
        case .crossEntropy:
            // A sample may be of a class that the network gets only with the next update.
            let index = Int(targets[0])
            return -logf(max(index < outputs.count ? outputs[index] : 0, 1e-7))
        case .squared, .absolute, .huber:
            var sum: Float = 0
            for output in outputs.indices {
                let error = outputs[output] - targets[output]
                sum += error * error
            }
            return sum / Float(outputs.count)
        }
    }
}

extension WindowedShare {
    /// As a report says it; `nil` before the first interval was scored.
    fileprivate var coverage: IntervalCoverage? {
        guard let total, let windowed else { return nil }
        return IntervalCoverage(total: total, window: windowed)
    }
}
