import ArgumentParser
import Foundation

/// The programs that the benchmarks start besides this one.
struct Programs {
    let osier: String
    let python: String
    let sender: String

    /// The path of another product of the same build.
    static func besideThisOne(_ name: String) -> String {
        URL(fileURLWithPath: thisOne).deletingLastPathComponent().appendingPathComponent(name).path
    }

    static var thisOne: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}

/// A program that this one started; it ends with the value's lifetime, and with this program.
struct ChildProcess: ~Copyable {
    private let process: Process
    private let output: Pipe
    private let name: String

    /// Starts a program whose standard output is read here.
    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The system ends the child should this program die first: no daemon is left behind.
        process.arguments = ["setpriv", "--pdeathsig", "TERM", program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        self.process = process
        self.output = output
        name = URL(fileURLWithPath: program).lastPathComponent
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Waits for one line of output.
    func readLine() throws -> String {
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
            if byte == Data([0x0A]) { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw BenchmarkError("\(name) ended without a word; its error stands above")
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}

/// Why a benchmark could not be run.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
