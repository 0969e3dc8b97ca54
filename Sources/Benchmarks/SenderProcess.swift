import WireFormat

/// The Python program that sends samples to a daemon. It flows when this value is there.
struct SenderProcess: ~Copyable {
    /// How samples are sent; the script's `--form`.
    enum Form: String, CaseIterable {
        case float32, float64, array, named, lines, acknowledged

        var title: String {
            switch self {
            case .float32: "buffers of 64, float32"
            case .float64: "buffers of 64, float64"
            case .array: "one JSON object each, array of numbers"
            case .named: "one JSON object each, named values"
            case .lines: "NDJSON of 64"
            case .acknowledged: "acknowledged buffers of 64"
            }
        }
    }

    struct Round {
        let sampleCount: Double
        let seconds: Double
    }

    private let child: ChildProcess

    init(
        _ programs: Programs, to daemon: borrowing DaemonProcess, form: Form, seconds: Double,
        rounds: Int
    ) throws {
        let child = try ChildProcess(
            programs.python,
            [
                programs.sender, "--ports", daemon.portFile, "--form", form.rawValue,
                "--seconds", "\(seconds)", "--rounds", "\(rounds)",
            ])
        guard try child.readLine() == "sending" else {
            throw BenchmarkError("\(programs.sender) is no sender: it does not say \"sending\"")
        }
        self.child = child
    }

    /// Waits for the end.
    ///
    /// - Returns: All samples sent, those before the first round among them, and the rounds.
    func result() throws -> (sampleCount: Double, rounds: [Round]) {
        let object = try JSONValue(parsing: Array(child.readLine().utf8)).object
        guard let count = object?["samples"]?.double, case .array(let values)? = object?["rounds"]
        else { throw BenchmarkError("the sender's result has no samples or no rounds") }
        let rounds = values.compactMap { value -> Round? in
            guard let count = value.object?["samples"]?.double,
                let seconds = value.object?["seconds"]?.double
            else { return nil }
            return Round(sampleCount: count, seconds: seconds)
        }
        return (count, rounds)
    }
}
