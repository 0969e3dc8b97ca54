import Features

extension SampleDecoder {
    /// Decodes a JSON body: an object, an array of objects, or a line for each object.
    ///
    /// - Parameters:
    ///   - start: What a header frame said; else empty.
    ///   - hasHeader: The request's own keys stand in the header, not in the object.
    mutating func decodeBody(
        _ body: RawSpan, _ start: RequestEnvelope, hasHeader: Bool = false,
        into block: inout SampleBlock
    ) throws(Refusal) -> RequestEnvelope {
        var envelope = start
        var scratch = JSONScratch()
        swap(&scratch, &self.scratch)
        defer { swap(&scratch, &self.scratch) }
        try JSONScanner.withBytes(of: body, scratch: &scratch) { (scanner) throws(Refusal) in
            scanner.skipWhitespace()
            if scanner.current == UInt8(ascii: "[") {
                envelope.form = .array
                try decodeArray(&scanner, &envelope, into: &block)
                return
            }
            let bodyStart = scanner.position
            do throws(Refusal) {
                envelope.form = .object
                try decodeObject(&scanner, hasHeader: hasHeader, &envelope, into: &block)
            } catch {
                // What is no single JSON text may be one text for each line.
                scanner.restrict(to: bodyStart..<body.byteCount)
                guard error.code == .badJSON || error.code == .tooDeep,
                    scanner.secondLineBeginsObject()
                else { throw error }
                block.removeAll()
                envelope = start
                envelope.form = .lines
                requestIdentifier = start.identifier
                decodeLines(&scanner, &envelope, into: &block)
            }
        }
        if envelope.hello == nil, envelope.sampleCount == 0 {
            throw Refusal(.badValue, "the message holds no sample; send at least one")
        }
        return envelope
    }

    private mutating func decodeObject(
        _ scanner: inout JSONScanner, hasHeader: Bool, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) throws(Refusal) {
        let kind = try scanner.kind()
        guard kind == .object else {
            try scanner.skipValue()
            try scanner.expectEnd()
            throw Refusal(
                .wrongType, "the message is \(kind.name); send a sample object or an array of them")
        }
        let mark = BlockMark(block)
        var draft = SampleDraft()
        let role = hasHeader ? SampleRole.element : .request
        try readObject(&scanner, role, &draft, into: &block)
        try scanner.expectEnd()
        if !hasHeader {
            envelope.identifier = draft.identifier
            requestIdentifier = draft.identifier
            try completeRequest(&draft, &envelope)
            if envelope.hello != nil {
                block.removeAll()
                return
            }
        }
        finish(&draft, mark, &envelope, into: &block)
    }

    private mutating func decodeArray(
        _ scanner: inout JSONScanner, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) throws(Refusal) {
        if try scanner.beginArray() {
            repeat {
                try decodeElement(&scanner, &envelope, into: &block)
            } while try scanner.continueArray()
        }
        try scanner.expectEnd()
    }

    private mutating func decodeLines(
        _ scanner: inout JSONScanner, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) {
        let end = scanner.end
        while let line = scanner.nextLine(before: end) {
            scanner.restrict(to: line)
            let mark = BlockMark(block)
            let rowCount = block.rows.count
            let refusalCount = block.refusals.count
            let sampleCount = envelope.sampleCount
            do throws(Refusal) {
                scanner.skipWhitespace()
                try decodeElement(&scanner, &envelope, into: &block)
                try scanner.expectEnd()
            } catch {
                scanner.forgetKeys(since: 0)
                mark.restore(&block)
                block.rows.removeLast(block.rows.count - rowCount)
                let surplus = block.refusals.count - refusalCount
                block.refusals.removeLast(surplus)
                envelope.refusedIdentifiers.removeLast(surplus)
                envelope.sampleCount = sampleCount
                append(error, nil, &envelope, into: &block)
            }
            scanner.restrict(to: line.upperBound..<end)
        }
    }

    /// One sample of several: an element or a line.
    private mutating func decodeElement(
        _ scanner: inout JSONScanner, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) throws(Refusal) {
        let kind = try scanner.kind()
        guard kind == .object else {
            try scanner.skipValue()
            let refusal = Refusal(
                .wrongType, "the sample is \(kind.name); send an object such as {\"x\":[…],\"y\":…}"
            )
            append(refusal, nil, &envelope, into: &block)
            return
        }
        let mark = BlockMark(block)
        var draft = SampleDraft()
        try readObject(&scanner, .element, &draft, into: &block)
        finish(&draft, mark, &envelope, into: &block)
    }

    /// Makes a row or a refusal of a sample that was read.
    private func finish(
        _ draft: inout SampleDraft, _ mark: BlockMark, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) {
        complete(&draft, rememberAll: envelope.remembersAll)
        if purpose == .predict {
            envelope.remember = envelope.remember || draft.remember
            envelope.consistent = envelope.consistent || draft.consistent
        }
        guard draft.flaw == nil, let shape = draft.shape else {
            mark.restore(&block)
            let flaw = draft.flaw ?? Refusal(.missingField, "the sample has no \"x\"; send one")
            append(flaw, draft.identifier, &envelope, into: &block)
            return
        }
        block.rows.append(
            .init(
                shape: shape, target: draft.target, weight: draft.weight, time: draft.time,
                identifier: draft.identifier, index: envelope.sampleCount))
        if draft.remember || envelope.remembersAll {
            block.rows[block.rows.count - 1].isRemembered = true
        }
        envelope.sampleCount += 1
    }

    private func append(
        _ refusal: Refusal, _ identifier: SampleIdentifier?, _ envelope: inout RequestEnvelope,
        into block: inout SampleBlock
    ) {
        block.refusals.append(IndexedRefusal(index: envelope.sampleCount, refusal: refusal))
        envelope.refusedIdentifiers.append(identifier)
        envelope.sampleCount += 1
    }

    /// Settles what only the whole object tells.
    private func complete(_ draft: inout SampleDraft, rememberAll: Bool) {
        let isLateLabel =
            purpose != .predict && draft.identifier != nil && draft.target != .none
        if draft.shape == nil, isLateLabel { draft.shape = .absent }
        if draft.shape == nil {
            let hint = purpose == .predict ? "" : ", or \"id\" and \"y\" for a late label"
            draft.refuse(
                .missingField, "the sample has no \"x\"; send the features as \"x\"" + hint)
        }
        if draft.identifier == nil, purpose == .predict, draft.remember || rememberAll {
            draft.refuse(
                .missingField, "\"remember\" needs an \"id\" to join the late label; add one")
        }
    }

    /// Moves what belongs to the request from its only object into the envelope.
    private func completeRequest(
        _ draft: inout SampleDraft, _ envelope: inout RequestEnvelope
    ) throws(Refusal) {
        if let flaw = draft.requestFlaw { throw flaw }
        guard purpose == .learn else { return }
        envelope.producer = draft.producer
        envelope.sequence = draft.sequence
        if let operation = draft.operation {
            try RequestRules.checkHello(operation, producer: draft.producer)
            envelope.hello = .init(lastAcknowledged: draft.lastAcknowledged)
            envelope.sequence = nil
        } else {
            try RequestRules.checkPair(draft.producer, draft.sequence)
        }
    }
}

extension JSONScanner {
    /// The next line that is not blank, from where the scanner stands.
    func nextLine(before end: Int) -> Range<Int>? {
        var start = position
        while start < end {
            var next = start
            var isBlank = true
            while next < end, byte(at: next) != 0x0A {
                let found = byte(at: next)
                if found != 0x20, found != 0x09, found != 0x0D { isBlank = false }
                next += 1
            }
            if !isBlank { return start..<next }
            start = next + 1
        }
        return nil
    }

    /// Whether the text has several lines, and the second that is not blank begins with `{`.
    func secondLineBeginsObject() -> Bool {
        guard let first = nextLine(before: end) else { return false }
        var next = first.upperBound
        while next < end {
            switch byte(at: next) {
            case 0x20, 0x09, 0x0D, 0x0A: next += 1
            case UInt8(ascii: "{"): return true
            default: return false
            }
        }
        return false
    }
}
