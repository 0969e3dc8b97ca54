import Learner
import StructureControl

extension Settings {
    /// What the learner's controller gets of the sections `structure` and `budget`.
    public var control: ControlConfiguration {
        var control = learner.control
        control.policy = PolicyName(rawValue: structure.policy.rawValue)
        control.mode = structure.mode == .observe ? .observe : .act
        control.limits.minUnits = structure.minUnits
        control.limits.maxUnits = structure.maxUnits
        control.limits.maxLayers = structure.maxLayers
        control.budget = ControlBudget(budget)
        return control
    }

    /// The policy that the configuration starts from.
    func learnedPolicy() throws(SettingsError) -> Policy? {
        guard structure.policy == .dqn else { return nil }
        let capacity = learner.control.memoryCapacity
        guard let file = structure.policyFile else {
            return .shipped(capacity: capacity, seed: learner.model.seed)
        }
        switch SettingsFile.text(path: file) {
        case .failure(let error): throw error
        case .success(let text):
            do throws(PolicyTextError) {
                return try Policy(text: text, capacity: capacity, seed: learner.model.seed)
            } catch {
                throw SettingsError(["structure.policy_file = \(file): \(error)"])
            }
        }
    }
}

extension ControlBudget {
    /// The section `budget`.
    public init(_ budget: BudgetSettings) {
        self.init()
        cpuFraction = budget.cpuFraction
        memoryBytes = budget.memoryBytes
        predictP99Microseconds = budget.predictP99Microseconds.map(Double.init)
        maxParameters = budget.maxParameters
        maxLagSeconds = budget.maxLagSeconds
    }
}
