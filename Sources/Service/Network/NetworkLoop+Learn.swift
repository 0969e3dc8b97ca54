import Features
import WireFormat
import ZeroMQ

/// What a `learn` request is answered, and when.
struct LearnAnswer {
    var reply: [UInt8]
    /// The event that has to be learned, and safe, before the reply is sent; `nil`: none.
    var offset: Int?

    static func now(_ reply: [UInt8]) -> LearnAnswer { LearnAnswer(reply: reply, offset: nil) }
}

/// A reply that waits for an event, or for such a one of the same client before it.
struct OpenAcknowledgement {
    let address: [[UInt8]]
    let reply: [UInt8]
    let offset: Int?
}

/// The `learn` socket: every request is answered, and what is acknowledged is in the journal and
/// learned, once.
extension NetworkLoop {
    /// Replies that may wait; beyond it requests are told `busy`.
    static var maxOpenAcknowledgements: Int { 8_192 }

    /// Answers what is there. A full queue is told (`busy`), not waited for.
    mutating func serveLearn(budget: Int) throws(ZeroMQError) {
        guard let requests = learnSocket else { return }
        var left = budget
        while left > 0, try requests.receive() {
            left -= 1
            noteArrival()
            let answer = try answerLearn(requests.request, from: requests.bodyStart)
            let address = requests.returnAddress()
            let mustWait = answer.offset.map { $0 > acknowledgedOffset } ?? false
            if mustWait || openAcknowledgements.contains(where: { $0.address == address }) {
                openAcknowledgements.append(
                    OpenAcknowledgement(
                        address: address, reply: answer.reply, offset: answer.offset))
            } else {
                try requests.answer([answer.reply])
            }
        }
    }

    /// Up to here everything is learned, and as safe as the settings ask for.
    var acknowledgedOffset: Int { min(learnedOffset, committedOffset) }

    /// Sends the replies whose time has come, in the order of the requests.
    mutating func acknowledge() throws(ZeroMQError) {
        guard let requests = learnSocket else { return }
        while let open = openAcknowledgements.first, open.offset ?? 0 <= acknowledgedOffset {
            openAcknowledgements.removeFirst()
            try requests.answer([open.reply], to: open.address)
        }
    }

    private mutating func answerLearn(
        _ request: Multipart, from first: Int
    ) throws(ZeroMQError) -> LearnAnswer {
        let envelope: RequestEnvelope
        do throws(Refusal) {
            try request.checkFrameCount()
            envelope = try intake.decode { (block) throws(Refusal) in
                try learnDecoder.decode(request, from: first, into: &block)
            }
        } catch {
            note(error, request, from: first)
            return .now(ErrorReply(error, identifier: learnDecoder.requestIdentifier).encoded)
        }
        if let hello = envelope.hello {
            // Only what is safe is told: the producer forgets it.
            return LearnAnswer(
                reply: try answer(hello, of: envelope).encoded,
                offset: producers.lastOffset(of: envelope.producer ?? ""))
        }
        do throws(Refusal) {
            if isPaused {
                return .now(ErrorReply(.paused, identifier: envelope.identifier).encoded)
            }
            if case .failed(let message) = intake.hold { throw Refusal(.readOnly, message) }
            if !intake.hasRoom || phase == .finishing
                || openAcknowledgements.count >= Self.maxOpenAcknowledgements
            {
                return .now(busyReply(to: envelope).encoded)
            }
            return try answerSamples(envelope, request, from: first)
        } catch {
            note(error, request, from: first)
            return .now(ErrorReply(error, identifier: learnDecoder.requestIdentifier).encoded)
        }
    }

    private func busyReply(to envelope: RequestEnvelope) -> ErrorReply {
        let limit = intake.queueLimit
        let cause =
            limit < settings.queueCapacity
            ? "\(limit), which take half of budget.max_lag_seconds" : "learning.queue = \(limit)"
        var message =
            "\(gauges.queuedSamples) samples wait, the limit is \(cause); "
            + "send this request again in 10 ms"
        var pause = 10
        if case .journal(let hold, let reason) = intake.hold {
            pause = hold == .diskFull ? 500 : 50
            message = "\(reason); send this request again in \(pause) ms"
        }
        var reply = ErrorReply(Refusal(.busy, message), identifier: envelope.identifier)
        reply.retryAfterMilliseconds = pause
        return reply
    }

    private mutating func answer(
        _ hello: RequestEnvelope.Hello, of envelope: RequestEnvelope
    ) throws(ZeroMQError) -> HelloReply {
        let producer = envelope.producer ?? ""
        let last = producers.lastSequence(of: producer)
        var reply = HelloReply()
        reply.lastSequence = last
        reply.credit = ProducerTable.credit
        reply.isDurable = isDurable
        if let acknowledged = hello.lastAcknowledged, acknowledged > last {
            reply.isLost = true
            try alert(
                .error, code: "data_lost",
                "producer \"\(producer)\" was acknowledged up to seq \(acknowledged), but \(last) "
                    + "is the last one here: acknowledged data is gone; send it again from "
                    + "\(last + 1)")
        }
        return reply
    }

    private mutating func answerSamples(
        _ envelope: RequestEnvelope, _ request: Multipart, from first: Int
    ) throws(Refusal) -> LearnAnswer {
        var reply = LearnReply()
        reply.identifier = envelope.identifier
        reply.sequence = envelope.sequence
        reply.isDurable = isDurable
        if let producer = envelope.producer, let sequence = envelope.sequence {
            switch try producers.verdict(producer: producer, sequence: sequence) {
            case .next: break
            case .duplicate(let offset):
                reply.isDuplicate = true
                reply.offset = offset.map(Int64.init)
                reply.accepted = envelope.sampleCount
                // It may have been taken in a moment ago, and not be safe yet.
                return LearnAnswer(
                    reply: reply.encoded, offset: producers.lastOffset(of: producer))
            case .gap(let expected):
                return .now(gapReply(to: envelope, expected: expected).encoded)
            }
        }
        var counted: ProducerRequest?
        if let producer = envelope.producer, let sequence = envelope.sequence {
            counted = ProducerRequest(producer: producer, sequence: sequence)
        }
        let outcome = intake.admit(arrival: .now, isAwaited: true, request: counted)
        if let counted {
            // Also when all samples were refused: they are refused for good.
            producers.advance(
                producer: counted.producer, to: counted.sequence, offset: intake.eventCount)
        }
        for refused in outcome.refusals {
            note(refused.refusal, request, from: first)
        }
        if envelope.sampleCount == 1,
            let refusal = outcome.refusals.first?.refusal
        {
            return LearnAnswer(
                reply: ErrorReply(refusal, identifier: envelope.identifier).encoded,
                offset: outcome.offset)
        }
        reply.accepted = outcome.acceptedCount
        reply.rejected = outcome.refusals
        reply.offset = Int64(intake.eventCount)
        return LearnAnswer(reply: reply.encoded, offset: outcome.offset)
    }

    private func gapReply(to envelope: RequestEnvelope, expected: Int64) -> ErrorReply {
        var reply = ErrorReply(
            Refusal(
                .gap,
                "producer \"\(envelope.producer ?? "")\" sent seq \(envelope.sequence ?? 0), "
                    + "expected \(expected); send again from \(expected)"),
            identifier: envelope.identifier)
        reply.expected = expected
        return reply
    }

    private mutating func note(_ refusal: Refusal, _ request: Multipart, from first: Int) {
        rejections.record(refusal, socket: "learn") {
            request.excerpt(ofFrame: request.frameCount - 1)
        }
        deadLetters?.append(request, from: first, refusal: refusal, socket: "learn")
    }
}
