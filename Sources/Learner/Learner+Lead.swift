import Kernels
import NeuralNetwork

/// The network that answers, and is changed.
extension Learner {
    /// The network that answers, as a copy.
    var lead: Member? {
        get { leads.first }
        set { leads = newValue.map { [$0] } ?? [] }
    }

    /// Whether there is a network.
    var hasLead: Bool {
        @inline(__always) get { !leads.isEmpty }
    }

    /// The first network, for the task that the stream has shown.
    mutating func makeLead() -> Member {
        let loss: Loss
        let outputCount: Int
        switch schema.task {
        case .regression:
            outputCount = schema.outputCount
            loss =
                switch configuration.model.loss {
                case .absolute: .absolute
                case .huber: .huber
                default: .squared
                }
        default:
            // One logit serves two classes, and one class as long as the other is not known.
            loss = schema.classes.count > 2 ? .crossEntropy : .logistic
            outputCount = schema.classes.count > 2 ? schema.classes.count : 1
        }
        let plan = MemberPlan(
            hidden: configuration.model.hidden, optimizer: configuration.optimizer)
        let network = Network(
            inputCount: encoder.inputCount, hidden: plan.hidden,
            outputCount: outputCount, activation: configuration.model.activation, loss: loss,
            optimizer: configuration.optimizer, generator: &weightGenerator)
        return Member(
            identifier: 0, role: .lead, plan: plan, network: network,
            schedule: schedule(for: plan))
    }
}
