import Features

/// Samples whose label comes later: kept with the prediction that was given, scored with it when
/// the label is there, and only then learned.
extension Learner {
    /// Keeps an unlabelled row for its label, if it has an identifier.
    mutating func remember(_ block: borrowing AdmittedBlock, row: Int) {
        guard let identifier = block.rows[row].identifier, configuration.join.capacity > 0 else {
            return
        }
        let answer: [Double]
        if block.isPrediction {
            let count = block.answers.count / block.rows.count
            answer = Array(block.answers[row * count..<(row + 1) * count])
        } else {
            answer = presentAnswer(to: block, row: row)
        }
        join.insert(RememberedSample(block, row: row, answer: answer), for: identifier)
    }

    /// What a late label is for, as a labelled sample. `nil` when nothing waits under its
    /// identifier: the door lets no such label in.
    mutating func recall(
        _ block: borrowing AdmittedBlock, row: Int
    ) -> (sample: AdmittedBlock, answer: [Double])? {
        guard let identifier = block.rows[row].identifier,
            let remembered = join.join(identifier)
        else { return nil }
        return (remembered.labelled(by: block, row: row), remembered.answer)
    }

    /// What would be answered now: the probability of each known class, or numbers in the target's
    /// units. Empty before there is a model.
    private mutating func presentAnswer(
        to block: borrowing AdmittedBlock, row: Int
    ) -> [Double] {
        guard hasLead else { return [] }
        predict(block, row: row)
        if let scaler {
            return scratch.outputs.indices.map { scaler.restore(scratch.outputs[$0], output: $0) }
        }
        guard hasLead, leads[0].network.loss == .logistic else {
            return scratch.outputs.map(Double.init)
        }
        // As long as only one class was met, it is all that can be said.
        guard schema.classes.count > 1 else { return [1] }
        return [Double(1 - scratch.outputs[0]), Double(scratch.outputs[0])]
    }

    /// The class that an answer named and the probability that it gave to the one that came, as
    /// ``scoreClass(_:knownClassCount:given:)`` counts it.
    static func verdict(
        on answer: [Double], actual: Int
    ) -> (predicted: Int, probability: Float) {
        var predicted = 0
        for index in answer.indices where answer[index] > answer[predicted] { predicted = index }
        guard actual < answer.count else {
            return (predicted, 1 / Float(answer.count + 1))
        }
        return (predicted, Float(answer[actual]))
    }
}
