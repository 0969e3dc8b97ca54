import Glibc

/// A process that writes a journal until something ends it, for the tests that end it.
///
/// - `append DIR [COMMITS]`: appends events, and prints the last offset after each durable commit.
/// - `fill DIR BYTES`: appends until no file may grow beyond BYTES, then allows more, and goes on.
/// - `measure DIR`: prints commits and records per second.
let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("append", 2...):
        try Probe.append(
            to: arguments[1], commits: arguments.dropFirst(2).first.flatMap { Int($0) })
    case ("fill", 3):
        try Probe.fill(arguments[1], limit: UInt(arguments[2]) ?? 0)
    case ("measure", 2):
        try measureJournal(in: arguments[1])
    default:
        print("usage: StorageProbe append DIR [COMMITS] | fill DIR BYTES | measure DIR")
        exit(64)
    }
} catch {
    // On the pipe that the test reads: the message is part of what it checks.
    Probe.say("\(error)")
    exit(3)
}
