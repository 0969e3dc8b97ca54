import Glibc
import Storage
import TestSupport

enum Probe {
    /// Appends groups of one to seven events until the process ends or `commits` are done.
    static func append(to directory: String, commits: Int?) throws(StorageError) {
        var journal = try Journal(
            directory: directory, configuration: JournalConfiguration(keptCheckpointCount: 2),
            writer: "probe")
        var state = try recover(&journal)
        var commit = 0
        while commits.map({ commit < $0 }) ?? true {
            commit += 1
            try appendGroup(to: &journal, state: &state, count: commit * 5 % 7 + 1)
            if commit % 20 == 0 { checkpoint(&journal, state) }
            do throws(StorageError) {
                try journal.commit(durable: true)
            } catch {
                say("\(error)")
                // The journal has to stay stopped, whatever the device does next.
                try journal.commit(durable: true)
            }
            say("\(journal.durableOffset)")
            if commit % 10 == 0 { try journal.writeWatermark() }
        }
    }

    /// Meets a full disk, finds room again, and loses nothing.
    static func fill(_ directory: String, limit: UInt) throws(StorageError) {
        var journal = try Journal(directory: directory, writer: "probe")
        var state = try recover(&journal)
        // A file that grows too far then fails to grow instead of ending the process.
        _ = signal(SIGXFSZ, SIG_IGN)
        setFileSizeLimit(rlim_t(limit))
        var refusals = 0
        while refusals < 3 {
            try appendGroup(to: &journal, state: &state, count: 16)
            do throws(StorageError) {
                try journal.commit(durable: true)
                say("\(journal.durableOffset)")
            } catch .full(let action) {
                refusals += 1
                say("full \(action)")
            }
        }
        setFileSizeLimit(.max)
        try journal.commit(durable: true)
        say("\(journal.durableOffset)")
        say("resumed")
    }

    /// Writes a line at once: the process may not live to flush a buffer.
    static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        let written = unsafe write(STDOUT_FILENO, bytes, bytes.count)
        if written != bytes.count { exit(2) }
    }

    private static func appendGroup(
        to journal: inout Journal, state: inout UInt64, count: Int
    ) throws(StorageError) {
        for _ in 0..<count {
            let record = StoredEvents.record(at: journal.appendedOffset + 1)
            let offset = try journal.append(record)
            state = StoredEvents.state(after: state, record)
            try journal.mark(
                producer: StoredEvents.producer(of: offset),
                sequence: StoredEvents.sequence(of: offset), offset: offset)
        }
    }

    private static func checkpoint(_ journal: inout Journal, _ state: UInt64) {
        journal.putCheckpoint(
            Checkpoint(
                offset: journal.appendedOffset, samples: journal.appendedOffset, structure: 0,
                state: (0..<8).map { UInt8(truncatingIfNeeded: state >> (8 * UInt64($0))) }))
    }

    private static func recover(_ journal: inout Journal) throws(StorageError) -> UInt64 {
        var state = StoredEvents.initialState
        var offset = 0
        if let checkpoint = journal.takeCheckpoint() {
            state = checkpoint.state.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            offset = checkpoint.offset
        }
        var cursor = try journal.cursor(after: offset)
        while let group = try journal.next(&cursor) {
            for record in group.records { state = StoredEvents.state(after: state, record.bytes) }
        }
        return state
    }

    private static func setFileSizeLimit(_ limit: rlim_t) {
        var limits = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        guard unsafe getrlimit(resource, &limits) == 0 else { exit(2) }
        limits.rlim_cur = min(limit, limits.rlim_max)
        guard unsafe setrlimit(resource, &limits) == 0 else { exit(2) }
    }
}
