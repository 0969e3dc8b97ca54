import Learner

/// Every setting of the daemon: typed, checked, and read once at start.
///
/// A value of this type that came from one of the `load` functions obeys every rule.
public struct Settings: Equatable, Sendable {
    /// Sections `model`, `features`, `optimizer`, `schedule`, `learning`, `drift`, and
    /// `status.window`.
    public var learner = LearnerConfiguration()
    /// `learning.queue`: samples waiting to be learned; beyond it senders are held back.
    public var queueCapacity = 65_536
    public var structure = StructureSettings()
    public var budget = BudgetSettings()
    public var sockets = SocketSettings()
    public var status = StatusSettings()
    public var storage = StorageSettings()
    public var journal = JournalSettings()
    public var checkpoint = CheckpointSettings()
    public var http = HTTPSettings()
    public var security = SecuritySettings()
    public var log = LogSettings()

    /// The defaults.
    public init() {
        learner.control = control
        learner.learnedPolicy = try? learnedPolicy()
    }
}

extension Settings {
    /// Every key with its value, in the order of the reference configuration.
    ///
    /// Each pair is a valid `--set KEY=VALUE`, and all of them together give equal settings.
    public var listing: [(key: String, value: String)] {
        Setting.all.map { ($0.key, $0.text(in: self)) }
    }
}

extension Setting {
    static var all: [Setting] { learner + service }
}
