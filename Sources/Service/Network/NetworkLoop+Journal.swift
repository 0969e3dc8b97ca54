import Features
import Storage
import WireFormat
import ZeroMQ

/// What the journal thread says.
extension NetworkLoop {
    /// How long predictions go on after the journal has failed.
    private static var failureTime: Duration { .seconds(1) }

    mutating func takeJournalReplies() throws(ZeroMQError) {
        guard let journal else { return }
        while let reply = journal.outbox.receive() {
            switch reply {
            case .committed(let offset):
                committedOffset = offset
                try answerCommittedCommand()
            case .checkpoint(let summary, let seconds, let isAwaited):
                try publish(summary, seconds: seconds)
                if isAwaited {
                    let report = CheckpointReport(
                        path: checkpointPath(), samples: summary.samples)
                    try self.reply(.checkpoint(report))
                }
            case .checkpointRefused(let reason, let isAwaited):
                let text =
                    "the checkpoint could not be read back and was not written (\(reason)); the "
                    + "journal is kept instead, nothing is lost: please report this"
                try alert(.error, code: "checkpoint_failed", text)
                if isAwaited { try refuseOpenControl(Refusal(.internal, text)) }
            case .held(let hold, let message):
                intake.hold = .journal(hold, message: message)
                let code = hold == .diskFull ? "disk_full" : "journal_full"
                try alert(hold == .diskFull ? .error : .warning, code: code, message)
            case .released(let hold):
                intake.hold = nil
                let code = hold == .diskFull ? "disk_full" : "journal_full"
                try alert(.info, code: code, "the journal has room again; learning goes on")
            case .failed(let error):
                try noteFailure(of: error)
            case .finished:
                isJournalFinished = true
            }
        }
    }

    /// Nothing is acknowledged any more. The process ends soon, and what it has not acknowledged
    /// is sent again by those who sent it.
    private mutating func noteFailure(of error: StorageError) throws(ZeroMQError) {
        isJournalFinished = true
        intake.hold = .failed(message: "\(error)")
        try alert(.error, code: "journal_failed", "\(error)")
        try refuseOpenControl(Refusal(.readOnly, "\(error)"))
        if phase != .finishing { phase = .failing(deadline: .now + Self.failureTime) }
    }
}
