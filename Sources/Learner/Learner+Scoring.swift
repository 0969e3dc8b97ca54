import Evaluation
import Features
import Kernels
import NeuralNetwork

/// What a prediction was worth, told before the sample is learned.
extension Learner {
    /// Scores the answer in ``Scratch/outputs`` against a class.
    ///
    /// A class that was not known when the answer was given counts as a miss. It had the
    /// probability that one logit leaves to "the other class", or one share of `K + 1` where a
    /// softmax over `K` classes knows no other. Before the first label all that can be said is
    /// one half.
    ///
    /// - Parameter given: The answer to score instead, where it was given earlier; empty when there
    ///   was none.
    /// - Returns: 0 for a right answer, 1 for a wrong one.
    mutating func scoreClass(
        _ actual: Int, knownClassCount: Int, given: [Double]? = nil
    ) -> Double {
        if !hasQuality {
            quality = .classification(
                ClassificationQuality(window: configuration.metricsWindow), ClassBaselines())
        }
        let predicted: Int
        let probability: Float
        var confidence: Float?
        if let given, !given.isEmpty {
            (predicted, probability) = Self.verdict(on: given, actual: actual)
            confidence = Float(given[predicted])
        } else if hasLead, given == nil {
            (predicted, probability) = Self.verdict(
                on: scratch.outputs, loss: leads[0].network.loss, actual: actual)
            confidence =
                scratch.outputs.count == 1
                ? max(scratch.outputs[0], 1 - scratch.outputs[0]) : scratch.outputs[predicted]
        } else {
            // Nothing was learned yet: with the classes configured, the first one is as good as
            // any; otherwise whatever is answered is not the class that comes.
            predicted = knownClassCount > 0 ? 0 : 1
            probability = knownClassCount > 2 ? 1 / Float(knownClassCount) : 0.5
        }
        _ = quality?.score(
            predicted: predicted, actual: actual, probability: probability,
            confidence: confidence)
        return predicted == actual ? 0 : 1
    }

    private static func verdict(
        on outputs: [Float], loss: Loss, actual: Int
    ) -> (predicted: Int, probability: Float) {
        if loss == .logistic {
            // Of equals the first: at one half it is class 0. As long as one class is known, class
            // 1 stands for whatever the other one will be.
            let predicted = outputs[0] > 0.5 ? 1 : 0
            return (predicted, actual == 0 ? 1 - outputs[0] : outputs[0])
        }
        var predicted = 0
        for index in outputs.indices where outputs[index] > outputs[predicted] {
            predicted = index
        }
        let isKnown = actual < outputs.count
        return (predicted, isKnown ? outputs[actual] : 1 / Float(outputs.count + 1))
    }

    /// Scores the answer in ``Scratch/outputs`` against ``Scratch/numbers``. Before the first
    /// label the answer is 0.
    ///
    /// - Parameter given: The answer to score instead, where it was given earlier; empty when there
    ///   was none.
    /// - Returns: The mean absolute error in standard deviations, at most 5, as a share of 5: a
    ///   bounded loss, so that one wild target is no drift.
    mutating func scoreNumbers(given: [Double]? = nil) -> Double {
        if !hasQuality {
            quality = .regression(
                RegressionQuality(
                    window: configuration.metricsWindow, outputCount: scratch.numbers.count),
                NumberBaselines(outputCount: scratch.numbers.count))
        }
        scratch.predictions.removeAll(keepingCapacity: true)
        var loss = 0.0
        for output in scratch.numbers.indices {
            guard let scaler, hasLead, given?.isEmpty != true else {
                scratch.predictions.append(0)
                continue
            }
            let prediction =
                given?[output] ?? scaler.restore(scratch.outputs[output], output: output)
            scratch.predictions.append(prediction)
            let answer =
                given == nil
                ? scratch.outputs[output] : scaler.standardise(prediction, output: output)
            let target = scaler.standardise(scratch.numbers[output], output: output)
            loss += min(Double(abs(answer - target)), 5) / 5
        }
        quality?.score(predictions: scratch.predictions, targets: scratch.numbers)
        return loss / Double(scratch.numbers.count)
    }

    /// Scores the interval around the prediction that was just scored, and fits it anew. Of several
    /// numbers, or where nothing was predicted, there is none.
    mutating func scoreInterval(given: [Double]? = nil) {
        guard schema.task == .regression, hasLead, given?.isEmpty != true,
            scratch.numbers.count == 1
        else { return }
        if intervals == nil { intervals = IntervalEstimator(window: configuration.metricsWindow) }
        intervals?.update(residual: abs(scratch.predictions[0] - scratch.numbers[0]))
    }
}
