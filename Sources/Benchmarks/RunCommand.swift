import ArgumentParser
import Foundation

/// `Benchmarks run`: measures section by section and writes the figures.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measure, and print a table of figures.",
        discussion: """
            The sections limits, kernels, learner and decoding run in this process and count its CPU \
            time, so that other work on the machine disturbs them little. The sections throughput, \
            latency, predictions, durability and memory start the real daemon and go by the clock.

            --json FILE writes one object:
              version   1
              date      when the run began, ISO 8601
              osier     the version that was measured
              quick     whether this was --quick, whose figures mean nothing
              machine   {"cpu":…,"cores":…,"memory_bytes":…,"kernel":…}
              figures   an array of {"section":…,"name":…,"unit":…,"median":…,"minimum":…,
                        "maximum":…,"rounds":…}; unit is ns/sample, samples/s, us, s, GFLOP/s, GB/s,
                        ratio or bytes
            """)

    @Option(
        name: .customLong("section"),
        help: ArgumentHelp(
            "One of "
                + SectionName.allCases.map(\.rawValue).joined(separator: ", ")
                + "; may be repeated."))
    var sections: [SectionName] = SectionName.allCases

    @Flag(help: "Run everything with next to no work, to see that it runs.")
    var quick = false

    @Option(help: "The osier executable; else the one beside this program.")
    var osier: String?

    @Option(help: "A Python with pyzmq and NumPy, for the sender.")
    var python = "python3"

    @Option(help: "The sender's script.")
    var sender = "Tests/Benchmarks/sender.py"

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @Option(help: "Write the table to this file as well.")
    var markdown: String?

    func run() throws {
        let effort = quick ? Effort.quick : .full
        var report = Report(isQuick: quick)
        let programs = Programs(
            osier: osier ?? Programs.besideThisOne("osier"), python: python, sender: sender)
        for name in SectionName.allCases where sections.contains(name) {
            FileHandle.standardError.write(Data("measuring \(name.rawValue)\n".utf8))
            switch name {
            case .limits: LimitsSection(effort: effort).run(into: &report)
            case .kernels: KernelSection(effort: effort).run(into: &report)
            case .learner: LearnerSection(effort: effort).run(into: &report)
            case .decoding: try DecodingSection(effort: effort).run(into: &report)
            case .throughput:
                try ThroughputSection(effort: effort, programs: programs).run(into: &report)
            case .latency:
                try LatencySection(effort: effort, programs: programs).run(into: &report)
            case .predictions:
                try PredictionSection(effort: effort, programs: programs).run(into: &report)
            case .durability:
                try DurabilitySection(effort: effort, programs: programs).run(into: &report)
            case .memory: try MemorySection(effort: effort, programs: programs).run(into: &report)
            }
        }
        print(report.markdown)
        if let json { try Data(report.json).write(to: URL(fileURLWithPath: json)) }
        if let markdown {
            try Data(report.markdown.utf8).write(to: URL(fileURLWithPath: markdown))
        }
    }
}

/// What is measured together.
enum SectionName: String, CaseIterable, ExpressibleByArgument {
    case limits, kernels, learner, decoding, throughput, latency, predictions, durability, memory

    /// How the figures of the section came about.
    var explanation: String {
        switch self {
        case .limits:
            "One core with the instruction set that the kernels work with: how fast it multiplies and "
                + "adds, and passes over memory. Thread CPU time."
        case .kernels:
            "One network in process learns one sample at a time, or a micro-batch. Shapes are inputs-"
                + "hidden-outputs; softmax. The floor is the time of the passes over weights and "
                + "moments that no step can do without, or of its operations in a micro-batch; "
                + "resting units can be passed over, so a share may be above 1. Thread CPU time."
        case .learner:
            "The whole learner in process: scale, predict, score, learn (rmsprop, two classes), "
                + "from admitted samples. Thread CPU time."
        case .decoding:
            "From the bytes of a message to checked samples: decode and admit, 50 features. "
                + "Thread CPU time."
        case .throughput:
            "The daemon over tcp, 10 features, hidden [32], one pyzmq sender on the same machine. "
                + "Learned samples by the daemon's own count, from the first message sent until the "
                + "last is learned; then the CPU time of the daemon's threads per sample."
        case .latency:
            "One client with one outstanding request over tcp, beside a ROUTER in a process of its "
                + "own that sends every message back; idle, and while a sender sends buffers as "
                + "fast as the daemon takes them. The ratio is of the same round."
        case .predictions:
            "The daemon over tcp, 100 features, hidden [1024, 1024], one client that asks for one "
                + "row per request, as buffers: answers per second with one request under way, and "
                + "with many, whose rows go through the network together."
        case .durability:
            "The daemon with a storage directory beside the temporary files. Throughput as above, "
                + "64 samples per numbered request; acknowledgements of one client with one "
                + "outstanding request of 64 samples; a sync is the append of 4 KiB to a file, and "
                + "its fdatasync. The large model has 1,000,000 parameters, adam: a restart after "
                + "a checkpoint, until it predicts."
        case .memory:
            "Resident memory of the daemon."
        }
    }
}
