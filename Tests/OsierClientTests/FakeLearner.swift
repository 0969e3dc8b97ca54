import Features
import Randomness
import Synchronization
import WireFormat

/// Answers like the `learn` socket, and as often as told does something wrong instead.
final class FakeLearner: Sendable {
    struct Behaviour: Sendable {
        var seed: UInt64 = 1
        /// Share of the requests that meet with an accident.
        var faultShare = 0.0
        var credit = 8
        /// A request with this target is refused.
        var refusedTarget: Int64?
        /// Whether the number of a refused request is used up.
        var countsRefused = true
        /// Whether every request is answered with `busy`.
        var isBusy = false
        /// Whether samples are not answered at all.
        var isSilent = false
    }

    private struct State: Sendable {
        var generator: SeededGenerator
        var decoder = SampleDecoder(purpose: .learn)
        var lastSequence: Int64 = 0
        var learned: [Int64] = []
        var requestCount = 0
        /// Replies that wait for the next request.
        var late: [[[UInt8]]] = []
    }

    private let behaviour: Behaviour
    private let state: Mutex<State>

    init(_ behaviour: Behaviour = Behaviour(), lastSequence: Int64 = 0) {
        self.behaviour = behaviour
        var state = State(generator: SeededGenerator(seed: behaviour.seed))
        state.lastSequence = lastSequence
        self.state = Mutex(state)
    }

    /// The targets, in the order in which they were learned.
    var learned: [Int64] { state.withLock { $0.learned } }
    /// Requests with samples that came in, repeated ones included.
    var requestCount: Int { state.withLock { $0.requestCount } }

    func answer(_ frames: [[UInt8]]) -> FakeDaemon.Verdict {
        state.withLock { state in
            if state.generator.nextUniformDouble() >= behaviour.faultShare {
                defer { state.late = [] }
                return .init(state.late + [process(frames, &state)].filter { !$0.isEmpty })
            }
            switch state.generator.nextIndex(below: 6) {
            case 0: return .init()
            case 1:
                _ = process(frames, &state)
                return .init()
            case 2: return .init([busy(frames, &state)])
            case 3:
                let reply = process(frames, &state)
                return .init([reply, reply])
            case 4:
                state.late.append(process(frames, &state))
                return .init()
            default:
                _ = process(frames, &state)
                state.late = []
                return .init(restarts: true)
            }
        }
    }

    private func busy(_ frames: [[UInt8]], _ state: inout State) -> [[UInt8]] {
        var block = SampleBlock()
        _ = try? state.decoder.decode(frames, into: &block)
        var error = ErrorReply(
            Refusal(.busy, "the queue is full"), identifier: state.decoder.requestIdentifier)
        error.retryAfterMilliseconds = 1
        return [error.encoded]
    }

    /// The frames of the reply; none when there is no reply.
    private func process(_ frames: [[UInt8]], _ state: inout State) -> [[UInt8]] {
        var block = SampleBlock()
        let request: RequestEnvelope
        do throws(Refusal) {
            request = try state.decoder.decode(frames, into: &block)
        } catch {
            return [ErrorReply(error, identifier: state.decoder.requestIdentifier).encoded]
        }
        if let hello = request.hello {
            var reply = HelloReply()
            reply.lastSequence = state.lastSequence
            reply.credit = behaviour.credit
            reply.isLost = (hello.lastAcknowledged ?? 0) > state.lastSequence
            return [reply.encoded]
        }
        state.requestCount += 1
        if behaviour.isBusy { return busy(frames, &state) }
        if behaviour.isSilent { return [] }
        return [learn(block, request, &state)]
    }

    private func learn(
        _ block: SampleBlock, _ request: RequestEnvelope, _ state: inout State
    ) -> [UInt8] {
        var reply = LearnReply()
        reply.identifier = request.identifier
        reply.sequence = request.sequence
        reply.accepted = block.rows.count
        let sequence = request.sequence ?? 0
        if sequence <= state.lastSequence {
            reply.isDuplicate = true
            return reply.encoded
        }
        guard sequence == state.lastSequence + 1 else {
            var error = ErrorReply(
                Refusal(.gap, "\(sequence) is not next"), identifier: request.identifier)
            error.expected = state.lastSequence + 1
            return error.encoded
        }
        let targets = block.rows.compactMap { row -> Int64? in
            if case .label(.integer(let integer)) = row.target { integer } else { nil }
        }
        if let refused = behaviour.refusedTarget, targets.contains(refused) {
            if behaviour.countsRefused { state.lastSequence = sequence }
            return ErrorReply(
                Refusal(.badValue, "not this one"), identifier: request.identifier
            ).encoded
        }
        state.lastSequence = sequence
        state.learned += targets
        return reply.encoded
    }
}
