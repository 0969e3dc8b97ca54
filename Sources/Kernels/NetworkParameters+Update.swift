/// What a pass over the parameters needs to know besides the rule.
struct UpdatePass {
    /// Factor of the gradient: below 1 when it is clipped.
    let gradientScale: Float
    let weightDecay: Float
    /// With 1, gradients are outer products of deltas and inputs; else they lie in the workspace.
    let sampleCount: Int
}

extension NetworkParameters {
    /// Updates every weight and bias, in the order in which they are stored.
    mutating func apply<Rule: WeightUpdate>(
        _ rule: Rule, _ pass: UpdatePass, _ workspace: borrowing Workspace
    ) {
        let layers = shape.layers
        rule.learn(
            layers, pass, workspace, &weights.blocks, &firstMoments, &secondMoments)
    }
}

extension WeightUpdate {
    fileprivate func learn(
        _ layers: [LayerLayout], _ pass: UpdatePass, _ workspace: borrowing Workspace,
        _ weights: inout [Lanes], _ first: inout [Lanes], _ second: inout [Lanes]
    ) {
        var weights = weights.mutableSpan
        var first = first.mutableSpan
        var second = second.mutableSpan
        for layer in layers {
            if pass.sampleCount == 1 {
                learnSample(layer, pass, workspace, &weights, &first, &second)
            } else {
                learnBatch(layer, pass, workspace, &weights, &first, &second)
            }
        }
    }

    /// Updates a layer from one sample, whose gradient is `delta[u] · input[i]`.
    @inline(__always)
    private func learnSample(
        _ layer: LayerLayout, _ pass: UpdatePass, _ workspace: borrowing Workspace,
        _ weights: inout MutableSpan<Lanes>, _ first: inout MutableSpan<Lanes>,
        _ second: inout MutableSpan<Lanes>
    ) {
        let activations = workspace.activations.span
        let deltas = workspace.deltas.span
        var index = layer.weightStart
        for unit in 0..<layer.unitCount {
            let delta =
                pass.gradientScale * deltas.value(at: layer.unitLevelStart * Lanes.width + unit)
            for column in 0..<layer.rowBlockCount {
                let gradient =
                    delta * activations[layer.inputLevelStart + column]
                    + pass.weightDecay * weights[index]
                let correction =
                    Self.correctsBias
                    ? workspace.correction(layer, unit: unit, column: column) : .none
                update(index, gradient, correction, &weights, &first, &second)
                index += 1
            }
        }
        for block in 0..<layer.unitBlockCount {
            let gradient = pass.gradientScale * deltas[layer.unitLevelStart + block]
            let correction =
                Self.correctsBias ? workspace.correction(layer, biasBlock: block) : .none
            update(index, gradient, correction, &weights, &first, &second)
            index += 1
        }
    }

    /// Updates a layer from the gradient that lies in the workspace.
    @inline(__always)
    private func learnBatch(
        _ layer: LayerLayout, _ pass: UpdatePass, _ workspace: borrowing Workspace,
        _ weights: inout MutableSpan<Lanes>, _ first: inout MutableSpan<Lanes>,
        _ second: inout MutableSpan<Lanes>
    ) {
        let gradients = workspace.gradient.span
        var index = layer.weightStart
        for unit in 0..<layer.unitCount {
            for column in 0..<layer.rowBlockCount {
                let gradient =
                    pass.gradientScale * gradients[index] + pass.weightDecay * weights[index]
                let correction =
                    Self.correctsBias
                    ? workspace.correction(layer, unit: unit, column: column) : .none
                update(index, gradient, correction, &weights, &first, &second)
                index += 1
            }
        }
        for block in 0..<layer.unitBlockCount {
            let correction =
                Self.correctsBias ? workspace.correction(layer, biasBlock: block) : .none
            update(
                index, pass.gradientScale * gradients[index], correction, &weights, &first, &second)
            index += 1
        }
    }

    /// Updates one block of parameters and of the moments that the rule keeps.
    @inline(__always)
    private func update(
        _ index: Int, _ gradient: Lanes, _ correction: BiasCorrection,
        _ weights: inout MutableSpan<Lanes>, _ first: inout MutableSpan<Lanes>,
        _ second: inout MutableSpan<Lanes>
    ) {
        var weight = weights[index]
        var firstMoment = Self.keepsFirstMoment ? first[index] : .zero
        var secondMoment = Self.keepsSecondMoment ? second[index] : .zero
        apply(
            gradient, to: &weight, first: &firstMoment, second: &secondMoment,
            correction: correction)
        weights[index] = weight
        if Self.keepsFirstMoment { first[index] = firstMoment }
        if Self.keepsSecondMoment { second[index] = secondMoment }
    }
}
