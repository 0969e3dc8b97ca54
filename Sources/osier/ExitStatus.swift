import ArgumentParser
import Foundation
import Settings

/// The exit codes of the command.
enum ExitStatus {
    /// It failed.
    static let failure = ExitCode(1)
    /// The configuration was refused.
    static let configuration = ExitCode(78)
    /// Interrupted by the user.
    static let interrupted = ExitCode(130)
}

/// Writes lines for people; results go to standard output instead.
enum StandardError {
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// Where settings come from, on every command that has them.
struct SettingsOptions: ParsableArguments {
    @Option(name: .long, help: "YAML file with settings.")
    var config: String?

    @Option(name: .customLong("set"), help: "One setting, such as model.seed=7; may be repeated.")
    var overrides: [String] = []

    /// Reads the settings, or reports every violation and ends with 78.
    func load() throws -> Settings {
        do {
            return try Settings.load(
                file: config, overrides: overrides,
                environment: ProcessInfo.processInfo.environment)
        } catch {
            StandardError.write("the configuration is refused:")
            for violation in error.violations { StandardError.write("  \(violation)") }
            throw ExitStatus.configuration
        }
    }
}
