import Foundation
import WireFormat

/// A daemon on free ports, stopped with the value's lifetime.
struct DaemonProcess: ~Copyable {
    private let child: ChildProcess
    private let directory: URL
    private static let patience = Duration.seconds(30)

    /// Starts the daemon that is measured: one network of one hidden layer, and nothing that would
    /// change it.
    ///
    /// - Parameter more: `KEY=VALUE` settings besides.
    init(_ programs: Programs, _ more: [String] = []) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "osier-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var settings = [
            "model.hidden=[32]", "learning.committee=1", "learning.replay=0",
            "structure.policy=off", "log.level=warning",
        ]
        for socket in ["samples", "learn", "predict", "status", "control"] {
            settings.append("sockets.\(socket)=tcp://127.0.0.1:0")
        }
        settings += more
        let portFile = directory.appendingPathComponent("ports.json").path
        let child = try ChildProcess(
            programs.osier,
            ["serve", "--port-file", portFile] + settings.flatMap { ["--set", $0] })
        let deadline = ContinuousClock.now + Self.patience
        while !FileManager.default.fileExists(atPath: portFile) {
            guard child.isRunning, ContinuousClock.now < deadline else {
                throw BenchmarkError("\(programs.osier) serve did not start; see above")
            }
            Thread.sleep(forTimeInterval: 0.01)
        }
        self.directory = directory
        self.child = child
    }

    /// The file that says where the sockets are.
    var portFile: String { directory.appendingPathComponent("ports.json").path }

    /// The first endpoint of a socket.
    func endpoint(_ socket: String) throws -> String {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: portFile)))
        guard case .array(let endpoints)? = try JSONValue(parsing: bytes).object?[socket],
            case .string(let endpoint)? = endpoints.first
        else { throw BenchmarkError("the port file names no endpoint for \(socket)") }
        return endpoint
    }

    var residentBytes: Double {
        let fields = Self.text(of: "/proc/\(child.identifier)/statm").split(separator: " ")
        return fields.count > 1
            ? (Double(fields[1]) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// CPU time of each kind of thread since the start, in nanoseconds.
    ///
    /// From the scheduler's own account; a kernel without it says nothing, and the list is empty.
    func threadNanoseconds() -> [(name: String, nanoseconds: Double)] {
        let tasks = "/proc/\(child.identifier)/task"
        let identifiers = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        var sums: [(name: String, nanoseconds: Double)] = []
        for identifier in identifiers.sorted() {
            let name = Self.kind(ofThread: Self.text(of: "\(tasks)/\(identifier)/comm"))
            let account = Self.text(of: "\(tasks)/\(identifier)/schedstat").split(separator: " ")
            guard let name, let text = account.first, let time = Double(text) else { continue }
            if let index = sums.firstIndex(where: { $0.name == name }) {
                sums[index].nanoseconds += time
            } else {
                sums.append((name, time))
            }
        }
        return sums
    }

    /// The threads that work on samples.
    private static func kind(ofThread name: String) -> String? {
        let name = name.trimmingCharacters(in: .newlines)
        if name.hasPrefix("ZMQbg/IO") { return "ZeroMQ's I/O threads" }
        return ["network", "trainer", "journal"].contains(name) ? "\(name) thread" : nil
    }

    private static func text(of path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }
}
