import Glibc

extension Loss {
    /// Computes one sample's loss and the loss's derivative with respect to each output.
    ///
    /// - Parameters:
    ///   - outputs: Logits or values; `outputCount` of them from block `start` on.
    ///   - targets: This sample's targets.
    ///   - scale: Factor of the derivatives, not of the loss that is returned.
    ///   - deltas: Receives the derivatives at `start`, padded with zeros.
    /// - Returns: The loss; NaN when a target is not finite.
    func evaluate(
        _ outputs: borrowing MutableSpan<Lanes>, start: Int, outputCount: Int,
        targets: Span<Float>, scale: Float, into deltas: inout MutableSpan<Lanes>
    ) -> Float {
        for block in 0..<Lanes.blockCount(for: outputCount) { deltas[start + block] = .zero }
        let first = start * Lanes.width
        switch self {
        case .logistic:
            let z = outputs.value(at: first)
            let y = targets[0]
            deltas.setValue(scale * (stableSigmoid(z) - y), at: first)
            return max(z, 0) - z * y + log1pf(expf(-abs(z)))
        case .crossEntropy:
            return crossEntropy(
                outputs, first: first, outputCount: outputCount, target: targets[0],
                scale: scale, into: &deltas)
        case .squared, .absolute, .huber:
            var sum: Float = 0
            let share = scale / Float(outputCount)
            for index in 0..<outputCount {
                let error = outputs.value(at: first + index) - targets[index]
                let (loss, derivative) = regression(error)
                deltas.setValue(share * derivative, at: first + index)
                sum += loss
            }
            return sum / Float(outputCount)
        }
    }

    /// The loss of one output and its derivative, from prediction minus target.
    @inline(__always)
    private func regression(_ error: Float) -> (loss: Float, derivative: Float) {
        let size = abs(error)
        let sign: Float = error > 0 ? 1 : error < 0 ? -1 : 0
        switch self {
        case .absolute: return (size, sign)
        case .huber where size <= 1: return (error * error / 2, error)
        case .huber: return (size - 0.5, sign)
        default: return (error * error, 2 * error)
        }
    }

    private func crossEntropy(
        _ logits: borrowing MutableSpan<Lanes>, first: Int, outputCount: Int, target: Float,
        scale: Float, into deltas: inout MutableSpan<Lanes>
    ) -> Float {
        guard target.isFinite else { return .nan }
        let label = Int(target)
        precondition(
            label >= 0 && label < outputCount, "class \(label) of a network with \(outputCount)")

        var largest = logits.value(at: first)
        for index in 1..<max(1, outputCount) {
            largest = max(largest, logits.value(at: first + index))
        }
        var sum: Float = 0
        for index in 0..<outputCount { sum += expf(logits.value(at: first + index) - largest) }
        for index in 0..<outputCount {
            let probability = expf(logits.value(at: first + index) - largest) / sum
            deltas.setValue(
                scale * (index == label ? probability - 1 : probability), at: first + index)
        }
        return logf(sum) + (largest - logits.value(at: first + label))
    }

    /// Turns outputs into what a prediction says: the probability of class 1 (logistic), of every
    /// class (cross-entropy), or the values themselves.
    func predictions(
        from outputs: borrowing MutableSpan<Lanes>, start: Int,
        into predictions: inout MutableSpan<Float>, at target: Int, count: Int
    ) {
        let first = start * Lanes.width
        switch self {
        case .logistic:
            predictions[target] = stableSigmoid(outputs.value(at: first))
        case .crossEntropy:
            var largest = outputs.value(at: first)
            for index in 0..<count { largest = max(largest, outputs.value(at: first + index)) }
            var sum: Float = 0
            for index in 0..<count {
                let weight = expf(outputs.value(at: first + index) - largest)
                predictions[target + index] = weight
                sum += weight
            }
            for index in 0..<count { predictions[target + index] /= sum }
        case .squared, .absolute, .huber:
            for index in 0..<count {
                predictions[target + index] = outputs.value(at: first + index)
            }
        }
    }
}
