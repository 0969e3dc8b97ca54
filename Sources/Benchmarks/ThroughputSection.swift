/// Samples per second that the daemon learns from one sender.
struct ThroughputSection {
    let effort: Effort
    let programs: Programs

    func run(into report: inout Report) throws {
        for form in SenderProcess.Form.allCases {
            let daemon = try DaemonProcess(programs)
            let sender = try SenderProcess(
                programs, to: daemon, form: form, seconds: effort.sendingSeconds,
                rounds: effort.rounds)
            let (sampleCount, rounds) = try sender.result()
            report.add(
                .throughput, form.title, .samplesPerSecond,
                rounds.map { $0.sampleCount / $0.seconds })
            for thread in daemon.threadNanoseconds() {
                report.add(
                    .throughput, "\(form.title): \(thread.name)", .nanosecondsPerSample,
                    [thread.nanoseconds / sampleCount])
            }
        }
    }
}
