/// Resident memory of the daemon, as it starts and behind a fast stream.
struct MemorySection {
    let effort: Effort
    let programs: Programs

    func run(into report: inout Report) throws {
        let daemon = try DaemonProcess(programs)
        report.add(.memory, "started, nothing learned", .bytes, [daemon.residentBytes])
        let sender = try SenderProcess(
            programs, to: daemon, form: .float32, seconds: effort.sendingSeconds, rounds: 1)
        _ = try sender.result()
        report.add(
            .memory, "after a stream of buffers at full speed", .bytes, [daemon.residentBytes])
    }
}
