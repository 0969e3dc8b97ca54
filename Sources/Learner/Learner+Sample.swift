import Evaluation
import Features
import Kernels
import NeuralNetwork

/// Test-then-train: one labelled sample's way through the core.
extension Learner {
    /// Takes some of a block's rows in. A block handled slice by slice, in order and to its end, is
    /// the same as the block handled at once.
    ///
    /// - Parameter rows: A slice of the block's rows.
    public mutating func learn(
        _ block: borrowing AdmittedBlock, rows: Range<Int>, effects: inout [Effect]
    ) {
        if rows.lowerBound == 0 { join.advance(to: block.arrival) }
        var nextChange =
            block.changes.firstIndex { $0.row >= rows.lowerBound } ?? block.changes.count
        for row in rows {
            let knownClassCount = schema.classes.count
            while nextChange < block.changes.count, block.changes[nextChange].row <= row {
                schema.apply(block.changes[nextChange].change)
                nextChange += 1
            }
            if case .none = block.rows[row].target {
                if block.isPrediction { counts.remembered += 1 } else { counts.unlabelled += 1 }
                if !distillation.isEmpty { distillUnlabelled(block, row: row) }
                remember(block, row: row)
            } else if case .remembered = block.rows[row].features {
                guard let late = recall(block, row: row) else { continue }
                learn(
                    late.sample, row: 0, knownClassCount: knownClassCount, given: late.answer,
                    effects: &effects)
            } else {
                learn(block, row: row, knownClassCount: knownClassCount, effects: &effects)
            }
        }
        guard rows.upperBound == block.rows.count else { return }
        // Changes that came with no row behind them.
        while nextChange < block.changes.count {
            schema.apply(block.changes[nextChange].change)
            nextChange += 1
        }
    }

    /// Predicts the sample, scores the prediction, then learns it or holds it out.
    ///
    /// - Parameter answer: The prediction that was given when the features came, to be scored
    ///   instead; empty when there was no model then.
    private mutating func learn(
        _ block: borrowing AdmittedBlock, row: Int, knownClassCount: Int,
        given answer: [Double]? = nil,
        effects: inout [Effect]
    ) {
        predict(block, row: row)
        let loss: Double
        switch block.rows[row].target {
        case .none:
            return
        case .classIndex(let actual):
            loss = scoreClass(actual, knownClassCount: knownClassCount, given: answer)
        case .values(let start, let count):
            scratch.numbers.removeAll(keepingCapacity: true)
            for index in start..<start + count {
                scratch.numbers.append(block.targets[index])
            }
            loss = scoreNumbers(given: answer)
        }
        // A sample of no importance is scored, and that is all: it enters no statistics, tips no
        // scales and is no drift, so that predictions now and later stay as they would be.
        let matters = block.rows[row].weight > 0
        if matters, hasLead, committee.isActive { judgeCommittee(block, row: row) }
        let isShed = hasLead && control.sheds()
        if isShed { counts.shed += 1 } else { counts.learned += 1 }
        if matters {
            scoreInterval(given: answer)
            control.charge(loss)
            watchForDrift(loss: loss, effects: &effects)
            settleVerdict(effects: &effects)
        }

        if isShed || !matters && hasLead {
            encodeTarget(block, row: row)
        } else if isHeldOut() {
            counts.heldOut += 1
            keepForValidation(block, row: row)
            judgePlateau()
        } else {
            // The first labelled sample makes the model, of whatever importance it is.
            train(block, row: row, effects: &effects)
        }
        // Also for a sample that is not learned: a class that the schema knows gets its output.
        follow(InputChange(), effects: &effects)
        rememberTarget(block.rows[row].target, effects: &effects)
        judgePlateauByWindow()
    }

    /// Feeds the target back as a feature of the samples to come, where that is configured.
    private mutating func rememberTarget(
        _ target: AdmittedBlock.Target, effects: inout [Effect]
    ) {
        guard configuration.features.targetHistory > 0 else { return }
        switch target {
        case .none: return
        case .classIndex(let index):
            follow(encoder.observeTarget(classIndex: index), effects: &effects)
        case .values:
            follow(encoder.observeTarget(standardised: scratch.targets), effects: &effects)
        }
    }

    /// Fills ``Scratch/outputs`` with the lead's answer to a sample.
    mutating func predict(_ block: borrowing AdmittedBlock, row: Int) {
        guard hasLead else { return }
        scratch.prepare(
            inputCount: encoder.inputCount, outputCount: leads[0].network.outputCount)
        scratch.encode(block, row: row, with: encoder)
        leads[0].answer(
            scratch.inputs, into: &scratch.outputs, using: &scratch.workspace)
        if committee.isActive { predictTogether() }
    }

    private mutating func judgeCommittee(_ block: borrowing AdmittedBlock, row: Int) {
        encodeTarget(block, row: row)
        // A class without an output yet is a surprise to everyone alike.
        if case .classIndex(let index) = block.rows[row].target, index >= leads[0].classCapacity {
            return
        }
        judgeCommittee(targets: scratch.targets)
    }

    private mutating func isHeldOut() -> Bool {
        guard configuration.learning.holdout > 0, hasLead else { return false }
        return holdoutGenerator.nextUniformDouble() < configuration.learning.holdout
    }

    private mutating func keepForValidation(_ block: borrowing AdmittedBlock, row: Int) {
        encodeTarget(block, row: row)
        validation.insert(.init(inputs: scratch.inputs, targets: scratch.targets))
    }

    /// The sample enters the statistics, is scaled anew with them, and is learned.
    private mutating func train(
        _ block: borrowing AdmittedBlock, row: Int, effects: inout [Effect]
    ) {
        let change = encoder.observe(block, row: row)
        if case .values(let start, let count) = block.rows[row].target {
            if scaler == nil {
                scaler = TargetScaler(outputCount: count, configuration: configuration.features)
            }
            for output in 0..<count {
                scaler?.observe(block.targets[start + output], output: output)
            }
        }
        follow(change, effects: &effects)
        scratch.prepare(inputCount: encoder.inputCount, outputCount: scratch.outputs.count)
        scratch.encode(block, row: row, with: encoder)
        encodeTarget(block, row: row)
        pending.inputs.append(contentsOf: scratch.inputs)
        pending.targets.append(contentsOf: scratch.targets)
        pending.importances.append(block.rows[row].weight)
        if isExtreme(block, row: row) {
            pending.isExtreme = true
        } else {
            if keepsSamples, allowance.replays {
                replayMemory.insert(
                    inputs: scratch.inputs, targets: scratch.targets,
                    importance: block.rows[row].weight)
            }
            keepRecent(importance: block.rows[row].weight)
            if !distillation.isEmpty { distillSample(effects: &effects) }
        }
        if pending.count >= batchSize { learnPending(effects: &effects) }
    }

    /// Samples per update.
    var batchSize: Int {
        @inline(__always) get {
            configuration.learning.batch ?? min(allowance.batch, configuration.learning.maxBatch)
        }
    }

    /// Fills ``Scratch/targets`` with what the network is to answer.
    private mutating func encodeTarget(_ block: borrowing AdmittedBlock, row: Int) {
        scratch.targets.removeAll(keepingCapacity: true)
        switch block.rows[row].target {
        case .none: break
        case .classIndex(let index): scratch.targets.append(Float(index))
        case .values(let start, let count):
            for output in 0..<count {
                let value = block.targets[start + output]
                scratch.targets.append(scaler?.standardise(value, output: output) ?? 0)
            }
        }
    }

    mutating func learnPending(effects: inout [Effect]) {
        guard pending.count > 0 else { return }
        let outcome = hasLead ? leads[0].learn(pending, using: &scratch.workspace) : nil
        if hasLead { leads[0].shrink(by: configuration.learning.shrink) }
        if committee.isActive { teachCommittee() }
        let newCount = pending.count
        pending.removeAll()
        if keepsSamples { replay(newCount: newCount) }
        if let outcome, !outcome.applied {
            counts.refusedSteps += 1
            effects.append(.stepRefused(samples: counts.learned))
        }
    }

    /// Makes the network at the first labelled sample; later brings it up to new columns and
    /// classes.
    private mutating func follow(_ change: InputChange, effects: inout [Effect]) {
        guard hasLead else {
            lead = makeLead()
            makeCommittee()
            return
        }
        let classCount = schema.classes.count
        guard !change.isEmpty || classCount != followedClassCount else { return }
        followedClassCount = classCount
        let outputsGrow = schema.task == .classification && classCount > leads[0].classCapacity
        guard !change.isEmpty || outputsGrow else { return }
        // What waits was scaled for the network as it still is.
        learnPending(effects: &effects)
        leads[0].follow(change)
        committee.follow(change)
        validation.follow(change)
        replayMemory.follow(change)
        recentSamples.follow(change)
        for index in distillation.indices { distillation[index].student.follow(change) }
        if outputsGrow {
            leads[0].follow(classCount: classCount)
            committee.follow(classCount: classCount)
            for index in distillation.indices {
                distillation[index].student.follow(classCount: classCount)
            }
        }
    }

    private mutating func watchForDrift(loss: Double, effects: inout [Effect]) {
        guard detector.update(loss) else { return }
        counts.driftDetections += 1
        counts.lastDriftSample = counts.learned
        if hasLead { leads[0].noteDrift() }
        // What came before misleads who learns it again, unless the loss has fallen.
        if isSingle, detector.statistic > 0 { replayMemory.forget() }
        for index in committee.others.indices { committee.others[index].noteDrift() }
        effects.append(
            .drift(
                detector: configuration.drift.detector.rawValue, statistic: detector.statistic,
                samples: counts.learned))
    }
}

extension Learner {
    /// Whether something was scored. `quality == nil` would copy all of it to compare it.
    var hasQuality: Bool {
        @inline(__always) get {
            if case .some = quality { true } else { false }
        }
    }
}

extension Scratch {
    mutating func prepare(inputCount: Int, outputCount: Int) {
        if inputs.count != inputCount { inputs = [Float](repeating: 0, count: inputCount) }
        if outputs.count != outputCount { outputs = [Float](repeating: 0, count: outputCount) }
    }

    /// Fills ``inputs`` from a row of a block.
    mutating func encode(_ block: AdmittedBlock, row: Int, with encoder: InputEncoder) {
        var span = inputs.mutableSpan
        encoder.encode(block, row: row, into: &span)
    }
}
