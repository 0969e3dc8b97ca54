extension NetworkParameters {
    /// Learns one sample, or a micro-batch with one update: forward, loss, backward, update.
    ///
    /// The gradient is the mean over the samples, each times its importance.
    ///
    /// - Parameters:
    ///   - inputs: `[samples, inputs]`, row by row.
    ///   - targets: `[samples]` class indices or `[samples, outputs]` values, as the loss says.
    ///     Traps on a class index that the network does not have.
    ///   - importances: `[samples]`, one at least.
    ///   - settings: Its rule must be of the kind that the moments were made for.
    ///   - workspace: Scratch memory; nothing is allocated once it has seen this shape.
    public mutating func step(
        inputs: Span<Float>, targets: Span<Float>, importances: Span<Float>,
        settings: StepSettings, using workspace: inout Workspace
    ) -> StepOutcome {
        let sampleCount = importances.count
        precondition(
            sampleCount >= 1 && inputs.count == sampleCount * shape.inputCount
                && targets.count
                    == sampleCount * settings.loss.targetCount(outputCount: shape.outputCount),
            "\(inputs.count) inputs, \(targets.count) targets, \(sampleCount) importances: "
                + "not of \(shape.unitCounts)")
        precondition(
            suits(settings.rule), "the moments were kept for another rule than \(settings.rule)")
        workspace.prepareStep(shape, sampleCount: sampleCount, rule: settings.rule)

        let loss = backpropagate(
            inputs, targets, importances, settings, &workspace.activations, &workspace.deltas)
        let squaredNorm =
            sampleCount == 1
            ? workspace.squaredNormOfOneSample(shape)
            : workspace.materialiseGradient(shape, sampleCount: sampleCount)
        let norm = squaredNorm.squareRoot()
        // A finite squared norm also says that no square of a single gradient overflows below.
        guard loss.isFinite, norm.isFinite else {
            return StepOutcome(loss: loss, gradientNorm: norm, applied: false)
        }
        let clip = settings.gradientClip
        update(
            settings, gradientScale: clip > 0 && norm > clip ? clip / norm : 1,
            sampleCount: sampleCount, using: &workspace)
        return StepOutcome(loss: loss, gradientNorm: norm, applied: true)
    }

    /// Fills activations and deltas of the whole batch; returns the mean weighted loss.
    private func backpropagate(
        _ inputs: Span<Float>, _ targets: Span<Float>, _ importances: Span<Float>,
        _ settings: StepSettings, _ activations: inout [Lanes], _ deltas: inout [Lanes]
    ) -> Float {
        let sampleCount = importances.count
        var activations = activations.mutableSpan
        var deltas = deltas.mutableSpan
        let bottom = shape.layers[0]
        for sample in 0..<sampleCount {
            activations.pack(
                inputs.extracting(sample * shape.inputCount..<(sample + 1) * shape.inputCount),
                atBlock: bottom.inputStart(sample: sample, of: sampleCount))
        }
        weights.forward(
            &activations, sampleCount: sampleCount, activation: settings.activation)

        let top = shape.layers[shape.layerCount - 1]
        let targetCount = targets.count / sampleCount
        var sum: Float = 0
        for sample in 0..<sampleCount {
            let loss = settings.loss.evaluate(
                activations, start: top.unitStart(sample: sample, of: sampleCount),
                outputCount: top.unitCount,
                targets: targets.extracting(sample * targetCount..<(sample + 1) * targetCount),
                scale: importances[sample] / Float(sampleCount), into: &deltas)
            sum += importances[sample] * loss
        }
        weights.backward(
            &deltas, activations: activations, sampleCount: sampleCount,
            activation: settings.activation)
        return sum / Float(sampleCount)
    }

    private mutating func update(
        _ settings: StepSettings, gradientScale: Float, sampleCount: Int,
        using workspace: inout Workspace
    ) {
        stepCount += 1
        let rate = settings.learningRate
        let pass = UpdatePass(
            gradientScale: gradientScale, weightDecay: settings.weightDecay,
            sampleCount: sampleCount)
        switch settings.rule {
        case .sgd:
            apply(SGDUpdate(rate: rate), pass, workspace)
        case .momentum(let momentum):
            apply(MomentumUpdate(rate: rate, momentum: momentum), pass, workspace)
        case .nesterov(let momentum):
            apply(NesterovUpdate(rate: rate, momentum: momentum), pass, workspace)
        case .adagrad(let epsilon):
            apply(AdagradUpdate(rate: rate, epsilon: epsilon), pass, workspace)
        case .rmsprop(let decay, let epsilon):
            apply(RMSpropUpdate(rate: rate, decay: decay, epsilon: epsilon), pass, workspace)
        case .adam(let beta1, let beta2, let epsilon):
            fillCorrections(beta1: beta1, beta2: beta2, into: &workspace)
            let rule = AdamUpdate(rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
            apply(rule, pass, workspace)
        }
    }
}
