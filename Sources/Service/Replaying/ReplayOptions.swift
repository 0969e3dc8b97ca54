import Learner
import Settings

/// How a replay differs from what was recorded.
public struct ReplayOptions: Equatable, Sendable {
    /// The last event to take in; nil for all.
    public var until: Int?
    /// A producer whose samples are left out.
    public var withoutProducer: String?
    /// `KEY=VALUE` settings in the place of the recorded ones.
    public var overrides: [String] = []

    public init() {}

    /// Whether another model than the recorded one is to come out.
    public var isChange: Bool { withoutProducer != nil || !overrides.isEmpty }

    /// Settings that decided at the door what became an event; a replay begins behind it.
    private static let doorKeys = [
        "features.hashing", "features.max_features", "model.task", "model.max_classes",
    ]

    /// What is wrong with the settings for a replay, a line each.
    public var violations: [String] {
        do throws(SettingsError) {
            _ = try Settings.load(file: nil, overrides: overrides, environment: [:])
        } catch {
            return error.violations
        }
        return overrides.compactMap { override in
            let key = String(override.prefix { $0 != "=" })
            let isRefusal = override == "features.missing=reject"
            guard Self.doorKeys.contains(key) || isRefusal else { return nil }
            return "\(override): decides which samples are let in and how they are read, which has "
                + "happened before the journal; evaluate a file of the samples with it instead"
        }
    }

    private func sets(_ section: String) -> Bool {
        overrides.contains { $0.hasPrefix(section + ".") }
    }

    /// Whether somebody else is to control the structure, or within another budget.
    var changesControl: Bool { sets("structure") || sets("budget") }

    /// Whether a recorded command would undo an override.
    func overrules(_ event: Event) -> Bool {
        switch event {
        case .command(.setOptimizer): sets("optimizer")
        case .command(.setSchedule): sets("schedule")
        case .command(.setControl): changesControl
        default: false
        }
    }
}
