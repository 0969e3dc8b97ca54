import Features
import NeuralNetwork

/// A new network takes the place of an old one.
///
/// - Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015, at
///   temperature 1.
extension Learner {
    mutating func beginDistillation(
        hidden: [Int], _ command: StructureCommand
    ) throws(Refusal) {
        let place = try place(ofMember: command.member)
        guard distillation.isEmpty else {
            throw Refusal(
                .badValue, "a network is being distilled already; wait for its adaptation")
        }
        let teacher = place.map { committee.others[$0] } ?? leads[0]
        let limits = command.limits
        guard hidden.count <= limits.maxLayers else {
            throw Refusal(
                .badValue,
                "hidden has \(hidden.count) layers, structure.max_layers is \(limits.maxLayers); "
                    + "send fewer")
        }
        if let width = hidden.first(where: { $0 < limits.minUnits || $0 > limits.maxUnits }) {
            throw Refusal(
                .badValue,
                "hidden has a layer of \(width) units; structure.min_units is "
                    + "\(limits.minUnits) and structure.max_units \(limits.maxUnits)")
        }
        let counts = [teacher.network.inputCount] + hidden + [teacher.network.outputCount]
        let parameters = (1..<counts.count).reduce(0) { $0 + (counts[$1 - 1] + 1) * counts[$1] }
        if let budget = limits.maxParameters, parameters > budget {
            throw Refusal(
                .badValue,
                "the network would have \(parameters) parameters, the budget is \(budget); send "
                    + "smaller layers or raise budget.max_parameters")
        }
        var plan = teacher.plan
        plan.hidden = hidden
        let network = Network(
            inputCount: teacher.network.inputCount, hidden: hidden,
            outputCount: teacher.network.outputCount, activation: teacher.network.activation,
            loss: teacher.network.loss, optimizer: teacher.network.optimizer,
            generator: &structureGenerator)
        distillation = [
            Distillation(
                command: command, teacher: teacher.identifier,
                student: Member(
                    identifier: -1, role: .twin, plan: plan, network: network,
                    schedule: schedule(for: plan)))
        ]
    }

    /// The student meets a sample that the teacher has not learned yet: both are judged by it, then
    /// the student learns it, and some of those that are kept.
    mutating func distillSample(effects: inout [Effect]) {
        guard let teacher = teacherNetwork else {
            distillation.removeAll()
            return
        }
        let sample = ReferenceSamples.Sample(inputs: scratch.inputs, targets: scratch.targets)
        let student = distillation[0].student.network
        if let before = teacher.loss(of: sample, using: &scratch.workspace),
            let after = student.loss(of: sample, using: &scratch.workspace)
        {
            distillation[0].paired.add(Double(before) - Double(after))
        }
        distillation[0].sampleCount += 1
        teach(sample, by: teacher, share: distillation[0].teachingShare)
        for _ in 0..<min(Distillation.repetitions, recentSamples.count) {
            let slot = structureGenerator.nextIndex(below: recentSamples.count)
            let kept = ReferenceSamples.Sample(
                inputs: Array(recentSamples.values[recentSamples.inputRange(of: slot)]),
                targets: Array(recentSamples.targetValues[recentSamples.targetRange(of: slot)]))
            teach(kept, by: teacher, share: distillation[0].teachingShare)
        }
        judgeDistillation(effects: &effects)
    }

    /// The student learns from what the teacher says to a sample without a label.
    mutating func distillUnlabelled(_ block: borrowing AdmittedBlock, row: Int) {
        guard let teacher = teacherNetwork else { return }
        scratch.prepare(inputCount: encoder.inputCount, outputCount: teacher.outputCount)
        scratch.encode(block, row: row, with: encoder)
        teach(.init(inputs: scratch.inputs, targets: []), by: teacher, share: 1)
    }

    private var teacherNetwork: Network? {
        guard let distillation = distillation.first, let lead else { return nil }
        if lead.identifier == distillation.teacher { return lead.network }
        return committee.index(of: distillation.teacher).map { committee.others[$0].network }
    }

    /// One update of the student: the label with what the teacher's share leaves, and what the
    /// teacher says. Probabilities are taught as a micro-batch of classes that weigh as much.
    private mutating func teach(
        _ sample: ReferenceSamples.Sample, by teacher: Network, share: Float
    ) {
        var answer = [Float](repeating: 0, count: teacher.outputCount)
        teacher.predict(sample.inputs, into: &answer, using: &scratch.workspace)
        var batch = PendingBatch()
        func add(_ targets: [Float], _ importance: Float) {
            guard importance > 0.001 else { return }
            batch.inputs.append(contentsOf: sample.inputs)
            batch.targets.append(contentsOf: targets)
            batch.importances.append(importance)
        }
        if !sample.targets.isEmpty { add(sample.targets, 1 - share) }
        switch teacher.loss {
        case .logistic:
            add([0], share * (1 - answer[0]))
            add([1], share * answer[0])
        case .crossEntropy:
            let likely = answer.indices.sorted {
                answer[$0] != answer[$1] ? answer[$0] > answer[$1] : $0 < $1
            }.prefix(Distillation.taughtClasses)
            let sum = likely.reduce(0) { $0 + answer[$1] }
            for index in likely { add([Float(index)], share * answer[index] / max(sum, 1e-6)) }
        case .squared, .absolute, .huber:
            add(answer, share)
        }
        // An update is the mean over the batch, and these are parts of one sample.
        let count = Float(batch.count)
        for index in batch.importances.indices { batch.importances[index] *= count }
        guard batch.count > 0 else { return }
        _ = distillation[0].student.learn(batch, using: &scratch.workspace)
    }

    private mutating func judgeDistillation(effects: inout [Effect]) {
        guard distillation[0].sampleCount % Distillation.window == 0 else { return }
        let current = distillation[0]
        // The first window is that of a beginner.
        if current.sampleCount > Distillation.window, current.isNoWorse {
            endDistillation(replacing: true, effects: &effects)
        } else if current.sampleCount >= Distillation.patience {
            endDistillation(replacing: false, effects: &effects)
        } else {
            distillation[0].paired = PairedLoss()
        }
    }

    private mutating func endDistillation(replacing: Bool, effects: inout [Effect]) {
        let ended = distillation.removeFirst()
        guard let teacher = self.teacherMember(ended.teacher) else { return }
        let student = ended.student.network
        if replacing {
            if lead?.identifier == ended.teacher {
                leads[0].network = student
                leads[0].plan.hidden = student.hidden
            } else if let index = committee.index(of: ended.teacher) {
                committee.others[index].network = student
                committee.others[index].plan.hidden = student.hidden
            }
            counts.structure += 1
        }
        let result = replacing ? student : teacher.network
        let difference = Float(-ended.paired.mean)
        effects.append(
            .structure(
                StructureChange(
                    event: replacing ? .forced : .reverted, command: ended.command,
                    hidden: .init(before: teacher.network.hidden, after: result.hidden),
                    parameters: .init(
                        before: teacher.network.parameterCount, after: result.parameterCount),
                    structure: counts.structure,
                    reason: "After \(ended.sampleCount) samples the new network's loss is "
                        + "\(difference) above the present one's, "
                        + (replacing
                            ? "within a standard error: it takes its place."
                            : "still more than a standard error: it is given up."))))
    }

    private func teacherMember(_ identifier: Int) -> Member? {
        if let lead, lead.identifier == identifier { return lead }
        return committee.index(of: identifier).map { committee.others[$0] }
    }
}

extension Network {
    /// The loss of a sample; `nil` for a class that the network does not have yet.
    fileprivate func loss(
        of sample: ReferenceSamples.Sample, using workspace: inout Workspace
    ) -> Float? {
        if loss == .crossEntropy, Int(sample.targets[0]) >= outputCount { return nil }
        var answer = [Float](repeating: 0, count: outputCount)
        predict(sample.inputs, into: &answer, using: &workspace)
        let value = loss.value(of: answer[...], targets: sample.targets)
        return value.isFinite ? min(value, 25) : nil
    }
}
