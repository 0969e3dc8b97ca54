import Settings
import Testing
import WireFormat
import ZeroMQ

@testable import Service

@Suite("A daemon with a storage directory", .timeLimit(.minutes(3))) struct DurableDaemonTests {
    private func request(_ sequence: Int) -> String {
        let x = Double(sequence % 13) / 6 - 1
        let samples = (0..<4).map { #"{"x":[\#(x),\#($0)],"y":"\#(x > 0 ? "UP" : "DOWN")"}"# }
        return "[" + samples.joined(separator: ",") + "]"
    }

    private func header(_ sequence: Int) -> String { #"{"producer":"p","seq":\#(sequence)}"# }

    @Test(
        "acknowledges in order while checkpoints are taken, and goes on after a stop",
        arguments: JournalSettings.Synchronization.allCases)
    func goesOn(sync: JournalSettings.Synchronization) throws {
        let directory = StorageDirectory()
        var digests: [JSONValue?] = []
        for run in 0..<3 {
            let daemon = try RunningDaemon {
                $0.storage.directory = directory.path
                $0.journal.sync = sync
                $0.checkpoint.intervalSamples = 50
                $0.checkpoint.intervalSeconds = 0.02
            }
            digests.append(
                try daemon.ask(daemon.endpoints.control, #"{"op":"digest"}"#)["digest"])
            if digests.count > 1 { #expect(digests[2 * run - 1] == digests[2 * run]) }
            let hello = try daemon.ask(
                daemon.endpoints.learn,
                #"{"op":"hello","producer":"p","last_acked":\#(100 * run)}"#)
            #expect(hello.number("last_seq") == Double(100 * run) && hello["lost"] == nil)

            let socket = try daemon.connected(
                .dealer, to: try #require(daemon.endpoints.learn.first))
            let sequences = 100 * run + 1...100 * run + 100
            for sequence in sequences {
                let frames = [header(sequence), request(sequence)].map { Array($0.utf8) }
                #expect(try socket.send(frames) == .sent)
            }
            for sequence in sequences {
                let reply = try socket.nextObject()
                #expect(reply.number("seq") == Double(sequence))
                // The settings are the first event.
                #expect(reply.number("offset") == Double(1 + 4 * sequence))
                #expect(reply["durable"] == nil)
            }
            let checkpoint = try daemon.ask(daemon.endpoints.control, #"{"op":"checkpoint"}"#)
            #expect(checkpoint.number("samples") == Double(400 * (run + 1)))
            digests.append(
                try daemon.ask(daemon.endpoints.control, #"{"op":"digest"}"#)["digest"])
            try daemon.stop()
        }
    }

    @Test("is alone in it")
    func isAlone() throws {
        let directory = StorageDirectory()
        let daemon = try RunningDaemon { $0.storage.directory = directory.path }
        let error = #expect(throws: DaemonError.self) {
            _ = try RunningDaemon { $0.storage.directory = directory.path }
        }
        #expect(error?.description.contains("is in use by process") == true)
        try daemon.stop()
    }

    @Test("holds commands in the journal before it answers them")
    func commands() throws {
        let directory = StorageDirectory()
        let daemon = try RunningDaemon { $0.storage.directory = directory.path }
        let reply = try daemon.ask(
            daemon.endpoints.control, #"{"op":"optimizer","learning_rate":0.0625}"#)
        #expect(reply["ok"] == .boolean(true))
        let status = try daemon.ask(daemon.endpoints.control, #"{"op":"status"}"#)
        #expect(status.number("status", "journal", "durable_offset") == 2)
        try daemon.stop()
        let again = try RunningDaemon { $0.storage.directory = directory.path }
        let later = try again.ask(again.endpoints.control, #"{"op":"status"}"#)
        #expect(later.number("status", "model", "learning_rate") == 0.0625)
        try again.stop()
    }
}
