import Features
import Kernels
import NeuralNetwork

/// One answer from several networks, and what each has earned by its part in it.
extension Learner {
    /// Fills ``Scratch/answers`` with what each awake member says, and ``Scratch/outputs`` with
    /// the mixture.
    mutating func predictTogether() {
        let count = scratch.outputs.count
        while scratch.answers.count < committee.others.count { scratch.answers.append([]) }
        scratch.leadAnswer.removeAll(keepingCapacity: true)
        scratch.leadAnswer.append(contentsOf: scratch.outputs)
        // The arithmetic of `Predictor`, number by number: what is scored is what is told.
        let isMixing = committee.isMixing
        var sum: Float = 1
        if isMixing {
            sum = leads[0].standing.weight
            for output in 0..<count { scratch.outputs[output] *= sum }
        }
        for index in committee.others.indices where committee.others[index].isAwake {
            if scratch.answers[index].count != count {
                scratch.answers[index] = [Float](repeating: 0, count: count)
            }
            committee.others[index].answer(
                scratch.inputs, into: &scratch.answers[index], using: &scratch.workspace)
            let voice = committee.others[index].standing.voice
            guard committee.others[index].isMixed, voice > 0 else { continue }
            sum += voice
            for output in 0..<count {
                scratch.outputs[output] += voice * scratch.answers[index][output]
            }
        }
        if isMixing { for output in 0..<count { scratch.outputs[output] /= sum } }
    }

    /// Compares what each member said with what came, and weighs them anew.
    ///
    /// - Parameter targets: A class index, or standardised numbers.
    mutating func judgeCommittee(targets: [Float]) {
        let loss = leads[0].network.loss
        let unit = errorUnit(targets: targets, loss: loss)
        let leadLoss = Self.loss(of: scratch.leadAnswer, loss: loss, targets: targets)
        let memory = configuration.committee.memory
        let leadCost = Self.cost(
            of: scratch.leadAnswer, in: scratch.outputs, loss: loss, ownLoss: leadLoss, targets,
            unit: unit)
        leads[0].standing.recentLoss = memory * leads[0].standing.recentLoss + leadCost
        for index in committee.others.indices where committee.others[index].isAwake {
            let own = Self.loss(of: scratch.answers[index], loss: loss, targets: targets)
            guard own.isFinite else {
                restart(index)
                continue
            }
            let cost = Self.cost(
                of: scratch.answers[index], in: scratch.outputs, loss: loss, ownLoss: own, targets,
                unit: unit)
            committee.others[index].standing.recentLoss =
                memory * committee.others[index].standing.recentLoss + cost
            committee.others[index].standing.paired.add(Double(leadLoss) - Double(own))
            noteTrial(
                member: committee.others[index].identifier, changed: own / unit,
                lead: leadLoss / unit)
        }
        weighCommittee()
        for index in committee.others.indices
        where committee.others[index].standing.idleCount >= Committee.patience {
            restart(index)
        }
    }

    /// What an answer counts against its member: half of it the loss that it would have had alone,
    /// half the share that it had in the loss of the answer given, which is the slope of that loss
    /// along the member's weight. By its own loss alone a member that errs where the others do is
    /// worth as much as one that makes good for them; by the slope alone, one that errs the other
    /// way would be worth more than one that is right.
    ///
    /// - Source: Cesa-Bianchi, Lugosi, "Prediction, Learning, and Games", 2006, section 2.5.
    private static func cost(
        of answer: [Float], in mixture: [Float], loss: Loss, ownLoss: Float, _ targets: [Float],
        unit: Float
    ) -> Float {
        let slope = slope(of: mixture, along: answer, loss: loss, targets: targets)
        let largest = Committee.largestLoss
        return 0.5 * min(ownLoss / unit, largest)
            + 0.5 * min(max(slope / unit, -largest), largest)
    }

    /// The derivative of the mixture's loss by the weight of one of the answers in it, up to what
    /// is the same for all of them.
    private static func slope(
        of mixture: [Float], along answer: [Float], loss: Loss, targets: [Float]
    ) -> Float {
        switch loss {
        case .logistic:
            let isSecond = targets[0] != 0
            let given = isSecond ? mixture[0] : 1 - mixture[0]
            return -(isSecond ? answer[0] : 1 - answer[0]) / max(given, 1e-6)
        case .crossEntropy:
            let index = Int(targets[0])
            return -answer[index] / max(mixture[index], 1e-6)
        case .squared, .absolute, .huber:
            var sum: Float = 0
            for output in targets.indices {
                sum += (mixture[output] - targets[output]) * (answer[output] - targets[output])
            }
            return 2 * sum / Float(targets.count)
        }
    }

    /// What an error of the whole committee usually is, in regression; 1 for classes.
    private mutating func errorUnit(targets: [Float], loss: Loss) -> Float {
        guard schema.task == .regression else { return 1 }
        let error = Self.loss(of: scratch.outputs, loss: loss, targets: targets)
        guard error.isFinite else { return committee.usualError }
        committee.errorCount = min(committee.errorCount + 1, 1_000)
        committee.usualError +=
            (min(error, 25) - committee.usualError) / Float(committee.errorCount)
        return max(2 * committee.usualError, 1e-6)
    }
}
