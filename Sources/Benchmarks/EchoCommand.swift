import ArgumentParser
import Foundation
import ZeroMQ

/// `Benchmarks echo`: a ROUTER that sends every message back, the least that a round trip can take.
struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Send messages back on a free port, until it is killed.",
        shouldDisplay: false)

    func run() throws {
        let router = try Socket(Context(), .router, linger: .zero)
        try router.bind(to: "tcp://127.0.0.1:*")
        print(try router.lastEndpoint)
        // Whoever started this waits for the line through a pipe.
        fflush(nil)
        let message = Multipart()
        while try router.receive(into: message) {
            _ = try router.send(message)
        }
    }
}
