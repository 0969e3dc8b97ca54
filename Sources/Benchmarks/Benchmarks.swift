import ArgumentParser

/// The benchmarks of Osier.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures Osier on this machine, from the kernel to the daemon.",
        discussion: RunCommand.configuration.discussion,
        subcommands: [RunCommand.self, EchoCommand.self], defaultSubcommand: RunCommand.self)
}
