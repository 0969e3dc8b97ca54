extension NetworkParameters {
    /// Multiplies all weights, and the second moments, by factors. Biases stay.
    ///
    /// - Parameters:
    ///   - weights: What is left of each weight. In `[0, 1]`.
    ///   - squares: What is left of each second moment. In `[0, 1]`.
    public mutating func shrink(weights: Float, squares: Float) {
        for layer in shape.layers {
            self.weights.scale(layer.layer.weightStart..<layer.biasStart, by: weights)
        }
        if squares < 1 { secondMoments.scale(0..<secondMoments.count, by: squares) }
    }
}
