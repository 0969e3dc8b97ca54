import Glibc
import Storage

/// Prints, for several sizes of groups, how fast durable commits are and what a bare sync of the
/// same bytes takes on the same disk.
func measureJournal(in directory: String) throws(StorageError) {
    print("group  sync      commits/s  records/s  p50 us  p99 us  max us | write+fdatasync p50 us")
    for (groupSize, durable) in [
        (1, true), (16, true), (64, true), (256, true), (1024, true), (64, false), (256, false),
    ] {
        let path = "\(directory)/measure-\(groupSize)-\(durable)"
        var journal = try Journal(directory: path, writer: "measure")
        let record = (0..<216).map { UInt8(truncatingIfNeeded: $0 &* 97) }
        let commitCount = 5000
        var latencies: [Double] = []
        var state = [UInt8](repeating: 7, count: 1 << 20)
        let start = now()
        for commit in 0..<commitCount {
            for sequence in 0..<groupSize {
                let offset = try journal.append(record)
                if sequence % 64 == 0 {
                    try journal.mark(producer: "p\(sequence % 4)", sequence: offset, offset: offset)
                }
            }
            if commit % 1000 == 999 {
                state[0] &+= 1
                journal.putCheckpoint(
                    Checkpoint(
                        offset: journal.appendedOffset, samples: 0, structure: 0, state: state))
            }
            let before = now()
            try journal.commit(durable: durable)
            latencies.append(now() - before)
        }
        let seconds = now() - start
        latencies.sort()
        let commits = Double(commitCount) / seconds
        print(
            column(Double(groupSize), 5), durable ? "always  " : "interval",
            column(commits, 10), column(commits * Double(groupSize), 10),
            column(latencies[commitCount / 2] * 1e6, 7),
            column(latencies[commitCount * 99 / 100] * 1e6, 7),
            column(latencies[commitCount - 1] * 1e6, 7), "|",
            column(bareSync(in: directory, byteCount: groupSize * 220) * 1e6, 7))
    }
}

/// Median seconds of appending to a file and syncing it.
private func bareSync(in directory: String, byteCount: Int) -> Double {
    let descriptor = unsafe open("\(directory)/bare", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    guard descriptor >= 0 else { return .nan }
    defer { close(descriptor) }
    let bytes = [UInt8](repeating: 1, count: byteCount)
    let latencies = (0..<500).map { _ in
        let before = now()
        let written = unsafe write(descriptor, bytes, byteCount)
        return written == byteCount && fdatasync(descriptor) == 0 ? now() - before : .nan
    }
    return latencies.sorted()[250]
}

private func now() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func column(_ value: Double, _ width: Int) -> String {
    let text = value.isFinite ? String(Int(value.rounded())) : "-"
    return String(repeating: " ", count: max(0, width - text.count)) + text
}
