import Foundation
import StructureControl

import struct Features.Refusal
import struct WireFormat.StatusReport

extension CostModel {
    /// What a daemon has measured and published in its status.
    ///
    /// - Parameter statusFile: What `osier status --json` printed.
    /// - Throws: ``ExitStatus``, after a line that says what is wrong.
    init(statusFile path: String) throws {
        let status: StatusReport
        do {
            let text = try Data(contentsOf: URL(filePath: path))
            status = try StatusReport(decoding: Array(text))
        } catch let error as Refusal {
            StandardError.write("osier: \(path): is no status: \(error.message)")
            throw ExitStatus.failure
        } catch {
            StandardError.write(
                "osier: \(path): \(error.localizedDescription) Name a readable file.")
            throw ExitStatus.failure
        }
        let times = ServiceTimes(
            status.controller.serviceTimes.map { time in
                ServiceTimes.Entry(
                    architecture: .init(
                        hidden: time.hidden, members: time.members, isReplaying: time.replay),
                    parameterCount: time.parameters, seconds: time.seconds, samples: time.samples)
            })
        guard let measured = CostModel(times) else {
            StandardError.write(
                "osier: \(path): controller.service_times has \(times.entries.count) entries, and "
                    + "no line rises through them. Let the daemon learn with two sizes that differ "
                    + "by a quarter at least.")
            throw ExitStatus.failure
        }
        self = measured
    }
}
