import CKernels

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
            sampleCount >= 1 && inputs.count == sampleCount * weights.shape.unitCounts[0]
                && targets.count
                    == sampleCount * settings.loss.targetCount(outputCount: shape.outputCount),
            "\(inputs.count) inputs, \(targets.count) targets, \(sampleCount) importances: "
                + "not of \(shape.unitCounts)")
        precondition(
            suits(settings.rule), "the moments were kept for another rule than \(settings.rule)")
        if settings.loss == .crossEntropy { checkClasses(targets) }
        if !weights.shape.isSettled { settle() }
        workspace.prepare(shape.layers, sampleCount: sampleCount)
        // As it will be after the update: a unit's first update finds it one step old.
        stepCount += 1
        let mayRest = mayRest(settings, sampleCount: sampleCount)
        if mayRest { workspace.listRows(inputs) }
        let isUniform = fillCorrections(
            for: settings.rule, onlyListedRows: mayRest, into: &workspace)
        stepCount -= 1
        if mayRest { wakeRows(settings.rule, &workspace) } else { settleRows() }
        let outcome = run(
            inputs, targets, importances, settings, isUniform: isUniform, &workspace)
        guard outcome.applied else { return outcome }
        stepCount += 1
        if mayRest { noteVisits(workspace) }
        return outcome
    }

    /// A class that is no number is left to the kernels, which apply nothing then.
    private func checkClasses(_ targets: Span<Float>) {
        for index in targets.indices {
            let target = targets[index]
            precondition(
                !target.isFinite || target >= 0 && target < Float(shape.outputCount),
                "class \(target) of a network with \(shape.outputCount)")
        }
    }

    private mutating func run(
        _ inputs: Span<Float>, _ targets: Span<Float>, _ importances: Span<Float>,
        _ settings: StepSettings, isUniform: Bool, _ workspace: inout Workspace
    ) -> StepOutcome {
        var encoded = unsafe settings.encoded
        unsafe encoded.uniformAge = isUniform ? 1 : 0
        // Why unsafe: C takes addresses. Why sound: the counts were checked above, everything is
        // alive until the call returns, and all that is written is this value's own.
        // The table alone: a copy of the shape would count the references of all its arrays.
        let table = weights.shape.layers
        let outcome = unsafe table.withTable { layers in
            let (values, norms) = unsafe weights.owned()
            var network = unsafe ck_network(
                layers: layers, layerCount: table.count, weights: values,
                first: firstMoments.isEmpty ? values : firstMoments.owned(),
                second: secondMoments.isEmpty ? values : secondMoments.owned(),
                cuts: cuts.isEmpty ? nil : UnsafePointer(cuts.address),
                bypasses: weights.shape.isPlain ? 0 : 1, norms: norms)
            unsafe encoded.rowRemainders =
                resting == nil ? nil : UnsafePointer(workspace.remainders.address)
            unsafe encoded.firstCorrections = UnsafePointer(workspace.firstCorrections.address)
            unsafe encoded.secondCorrections = UnsafePointer(workspace.secondCorrections.address)
            return unsafe inputs.withUnsafeBufferPointer { inputs in
                unsafe targets.withUnsafeBufferPointer { targets in
                    unsafe importances.withUnsafeBufferPointer { importances in
                        unsafe workspace.kernels.step(
                            &network, &encoded, inputs.baseAddress, targets.baseAddress,
                            importances.baseAddress, importances.count,
                            workspace.scratch.owned())
                    }
                }
            }
        }
        return StepOutcome(
            loss: outcome.loss, gradientNorm: outcome.norm, applied: outcome.applied != 0)
    }
}
