import Foundation
import Glibc

/// The probe, running as a process of its own.
struct ProbeProcess {
    private let process = Process()
    private let output = Pipe()

    /// Where the build has put the probe: beside the running tests.
    private static var probe: String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().path + "/StorageProbe"
    }

    static let strace = "/usr/bin/strace"

    /// Whether system calls of a child can be made to fail here.
    static let canInject: Bool = {
        guard FileManager.default.isExecutableFile(atPath: strace) else { return false }
        let trial = Process()
        trial.executableURL = URL(fileURLWithPath: strace)
        trial.arguments = ["-qq", "-e", "trace=none", "/bin/true"]
        trial.standardError = FileHandle.nullDevice
        do {
            try trial.run()
            trial.waitUntilExit()
            return trial.terminationStatus == 0
        } catch {
            return false
        }
    }()

    /// - Parameter injection: A rule for strace such as `fdatasync:error=EIO:when=20`.
    init(_ arguments: [String], injection: String? = nil) throws {
        if let injection {
            process.executableURL = URL(fileURLWithPath: Self.strace)
            process.arguments =
                ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync,pwrite64"]
                + ["-e", "inject=\(injection)", Self.probe] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: Self.probe)
            process.arguments = arguments
        }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// The lines that the probe prints until it ends, killed after so many bytes of them.
    func lines(killedAfter byteCount: Int? = nil) throws -> [String] {
        var text = Data()
        while true {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { break }
            text.append(more)
            if let byteCount, text.count >= byteCount { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        // A line that was cut off by the kill was not received.
        return String(decoding: text, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast().map(String.init)
    }

    var exitStatus: Int32 { process.terminationStatus }
}
