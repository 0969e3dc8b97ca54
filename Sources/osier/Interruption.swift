import Foundation
import Service
import ZeroMQ

/// Ctrl-C. Lets the work come to an orderly end, and ends the process with 130 when it is stuck.
final class Interruption {
    private let wish: EventDescriptor
    private let source: SignalSource
    private var isNoted = false

    /// - Parameter grace: How long the work may take to look at ``isRequested``; a command that
    ///   never does has none.
    init(grace: Duration = .zero) throws(ZeroMQError) {
        let wish = try EventDescriptor()
        let milliseconds = Int(grace / .milliseconds(1))
        self.wish = wish
        // Until it is in place, the default action ends the process.
        source = SignalSource(SIGINT) {
            wish.signal()
            // Ordinary exit would wait for messages that nobody takes.
            guard milliseconds > 0 else { _exit(ExitStatus.interrupted.rawValue) }
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
                _exit(ExitStatus.interrupted.rawValue)
            }
        }
    }

    var isRequested: Bool {
        if !isNoted { isNoted = wish.clear() > 0 }
        return isNoted
    }

    /// Whether it is wished for, or is within so long: what ends another process of a pipeline may
    /// be seen before the signal is.
    func isRequested(within patience: Duration) -> Bool {
        let end = ContinuousClock.now + patience
        while !isRequested, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.005) }
        return isRequested
    }
}
