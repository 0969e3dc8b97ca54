import Features
import NeuralNetwork

extension Settings {
    /// Reads the settings of a daemon: `overrides` win over `environment`, which wins over the
    /// file, which wins over the defaults.
    ///
    /// - Parameters:
    ///   - file: Path of a YAML file of at most 4 MiB.
    ///   - overrides: `section.key=value`, as given to `--set`; the last one of a key wins.
    ///   - environment: Variables `OSIER_<SECTION>_<KEY>`; others are left alone.
    /// - Throws: ``SettingsError`` with every violation of every source, also of values that a
    ///   stronger source hides.
    public static func load(
        file: String?, overrides: [String] = [], environment: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        var loader = SettingsLoader(base: Settings())
        if let file {
            switch SettingsFile.text(path: file) {
            case .success(let yaml): loader.add(yaml: yaml, name: file)
            case .failure(let error): loader.add(violations: error.violations)
            }
        }
        loader.add(environment: environment)
        loader.add(overrides: overrides)
        return try loader.finish()
    }

    /// Like ``load(file:overrides:environment:)``, for YAML that is already in memory.
    ///
    /// - Parameter name: What messages call the text.
    public static func load(
        yaml: String, name: String = "osier.yaml", overrides: [String] = [],
        environment: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        var loader = SettingsLoader(base: Settings())
        loader.add(yaml: yaml, name: name)
        loader.add(environment: environment)
        loader.add(overrides: overrides)
        return try loader.finish()
    }

    /// These settings with some keys of one section replaced, under the same rules.
    ///
    /// - Parameters:
    ///   - section: Such as `optimizer`.
    ///   - values: Keys without their section, and values as in `--set`.
    public func replacing(
        section: String, with values: [(key: String, value: String)]
    ) throws(SettingsError) -> Settings {
        var loader = SettingsLoader(base: self)
        for (key, value) in values {
            loader.add(.text(value), for: section + "." + key, from: .request)
        }
        return try loader.finish()
    }
}

extension OptimizerConfiguration {
    /// `base` with some keys of the section `optimizer` replaced, as a control request gives them.
    public init(
        replacing values: [(key: String, value: String)],
        in base: OptimizerConfiguration = OptimizerConfiguration()
    ) throws(SettingsError) {
        var settings = Settings()
        settings.learner.optimizer = base
        self = try settings.replacing(section: "optimizer", with: values).learner.optimizer
    }
}

extension ScheduleConfiguration {
    /// `base` with some keys of the section `schedule` replaced, as a control request gives them.
    public init(
        replacing values: [(key: String, value: String)],
        in base: ScheduleConfiguration = ScheduleConfiguration()
    ) throws(SettingsError) {
        var settings = Settings()
        settings.learner.schedule = base
        self = try settings.replacing(section: "schedule", with: values).learner.schedule
    }
}
