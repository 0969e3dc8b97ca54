import Features
import NeuralNetwork
import StructureControl

/// Everything that a learner handles. Its state is a function of its configuration and of the events
/// in the order in which it handled them.
public enum Event: Sendable {
    /// Samples that a schema has admitted, with the schema's changes among them.
    case samples(AdmittedBlock)
    /// What an operator asked for.
    case command(Command)
    /// Time has passed, and this is what the machine showed.
    case tick(Measurements)
}

/// What an operator, or the daemon itself, may ask of a learner.
public enum Command: Equatable, Sendable {
    /// Learning stops: labelled samples are refused at the door, predictions go on.
    case pause
    case resume
    /// Changes the optimiser; its memory starts anew when the kind changes.
    case setOptimizer(OptimizerConfiguration)
    /// Changes the schedule, which starts from its first step.
    case setSchedule(ScheduleConfiguration)
    /// Changes who controls the structure, how, and within which budget.
    case setControl(ControlConfiguration)
    /// Spend no more than this.
    case allow(Allowance)
    /// Changes the structure of a network.
    case structure(StructureCommand)
    /// Starts from a model instead of nothing. Only as the first event.
    case adopt(ImportedModel)
}

/// What the caller should tell the world.
public enum Effect: Equatable, Sendable {
    /// The detector fired at this sample.
    case drift(detector: String, statistic: Double, samples: Int)
    /// A step was not finite and was left out; the weights are as before.
    case stepRefused(samples: Int)
    /// The structure, or what learning spends, is about to change, has changed, or has not.
    case adaptation(Adaptation)
    /// A network's structure was changed, or a new network was given up.
    case structure(StructureChange)
    /// A new network begins to learn from a present one.
    case distillationStarted
    /// The command was refused and changed nothing.
    case refused(Refusal)
}
