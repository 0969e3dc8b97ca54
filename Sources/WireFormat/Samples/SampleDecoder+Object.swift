import Features

/// Whether an object is the whole request, or one sample of several.
enum SampleRole { case request, element }

extension SampleDecoder {
    /// Reads a sample object into a draft; what is wrong with it goes there as well.
    ///
    /// - Throws: When the object is not JSON.
    mutating func readObject(
        _ scanner: inout JSONScanner, _ role: SampleRole, _ draft: inout SampleDraft,
        into block: inout SampleBlock
    ) throws(Refusal) {
        let wanted = wantedKeys(role)
        guard try scanner.beginObject() else { return }
        let mark = scanner.keyMark
        repeat {
            let key = try scanner.scanKey()
            let known = scanner.sampleKey(key)
            if known.isEmpty {
                scanner.register(key)
            } else if draft.keys.contains(known) {
                throw scanner.failure(.duplicateKey, at: key.range.lowerBound - 1)
            }
            draft.keys.formUnion(known)
            let kind = try scanner.kind()
            if known.isEmpty || kind == .null || !wanted.contains(known) {
                try scanner.skipValue()
            } else if known == .x {
                try readFeatures(&scanner, kind, &draft, into: &block)
            } else {
                try readField(&scanner, known, kind, &draft)
            }
        } while try scanner.continueObject()
        try scanner.closeKeys(since: mark)
    }

    /// The keys that mean something; null is the same as leaving a key out.
    private func wantedKeys(_ role: SampleRole) -> SampleKey {
        var keys: SampleKey = [.x, .identifier, .time]
        switch purpose {
        case .predict: keys.formUnion([.remember, .consistent])
        case .samples: keys.formUnion([.y, .weight])
        case .learn:
            keys.formUnion([.y, .weight])
            if role == .request {
                keys.formUnion([.producer, .sequence, .operation, .lastAcknowledged])
            }
        }
        return keys
    }

    private func readField(
        _ scanner: inout JSONScanner, _ key: SampleKey, _ kind: JSONKind,
        _ draft: inout SampleDraft
    ) throws(Refusal) {
        switch key {
        case .y: try readTarget(&scanner, kind, &draft)
        case .identifier: try readIdentifier(&scanner, kind, &draft)
        case .weight: try readWeight(&scanner, kind, &draft)
        case .time:
            guard kind == .number else {
                return try refuse("t", kind, "a number", &scanner, &draft)
            }
            draft.time = try scanner.scanDouble()
        case .remember: draft.remember = try readOption(&scanner, "remember", kind, &draft)
        case .consistent: draft.consistent = try readOption(&scanner, "consistent", kind, &draft)
        default: try readRequestField(&scanner, key, kind, &draft)
        }
    }

    private func readTarget(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft
    ) throws(Refusal) {
        switch kind {
        case .string:
            let label = scanner.text(of: try scanner.scanString())
            let limit = DecodingLimits.maxNameBytes
            if label.utf8.count > limit {
                draft.refuse(
                    .tooLarge,
                    "\"y\" is a label of \(label.utf8.count) bytes, more than \(limit); shorten it")
            }
            draft.target = .label(.text(label))
        case .boolean: draft.target = .label(.boolean(try scanner.scanBoolean()))
        case .number:
            let number = try scanner.scanNumber()
            draft.target =
                number.integer.map { .label(.integer($0)) } ?? .number(number.value)
        case .array: try readTargets(&scanner, &draft)
        case .object, .null:
            try refuse("y", kind, "a label, a number or an array of numbers", &scanner, &draft)
        }
    }

    private func readTargets(
        _ scanner: inout JSONScanner, _ draft: inout SampleDraft
    ) throws(Refusal) {
        var values: [Double] = []
        guard try scanner.beginArray() else {
            draft.refuse(.badValue, "\"y\" is an empty array; send one number for each output")
            return
        }
        repeat {
            let kind = try scanner.kind()
            if kind == .number {
                values.append(try scanner.scanDouble())
            } else {
                draft.refuse(
                    .wrongType, "y[\(values.count)] is \(kind.name); send an array of numbers")
                try scanner.skipValue()
            }
        } while try scanner.continueArray()
        draft.target = .vector(values)
    }

    private func readIdentifier(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft
    ) throws(Refusal) {
        switch kind {
        case .string:
            let text = scanner.text(of: try scanner.scanString())
            if let flaw = RequestRules.flaw(inIdentifier: text) {
                draft.refuse(flaw.code, flaw.message)
            } else {
                draft.identifier = .text(text)
            }
        case .number:
            let number = try scanner.scanNumber()
            if let integer = number.integer {
                draft.identifier = .integer(integer)
            } else {
                draft.refuse(
                    .wrongType, "\"id\" is \(number.value); send a string or a 64-bit integer")
            }
        default: try refuse("id", kind, "a string or an integer", &scanner, &draft)
        }
    }

    private func readWeight(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft
    ) throws(Refusal) {
        guard kind == .number else { return try refuse("w", kind, "a number", &scanner, &draft) }
        let weight = try scanner.scanDouble()
        if let flaw = Self.flaw(inWeight: weight) { draft.refuse(flaw.code, flaw.message) }
        draft.weight = Float(weight)
    }

    /// What is wrong with an importance weight.
    static func flaw(inWeight weight: Double) -> Refusal? {
        if !weight.isFinite {
            return Refusal(.notFinite, "\"w\" is \(weight); send a finite weight of 0 or more")
        }
        guard weight < 0 || !Float(weight).isFinite else { return nil }
        return Refusal(.badValue, "\"w\" is \(weight); send a weight from 0 to 3e38")
    }

    private func readOption(
        _ scanner: inout JSONScanner, _ name: String, _ kind: JSONKind,
        _ draft: inout SampleDraft
    ) throws(Refusal) -> Bool {
        if kind == .boolean { return try scanner.scanBoolean() }
        try refuse(name, kind, "true or false", &scanner, &draft)
        return false
    }

    private func readRequestField(
        _ scanner: inout JSONScanner, _ key: SampleKey, _ kind: JSONKind,
        _ draft: inout SampleDraft
    ) throws(Refusal) {
        switch (key, kind) {
        case (.producer, .string):
            let name = scanner.text(of: try scanner.scanString())
            if let flaw = RequestRules.flaw(inProducer: name) {
                draft.refuseRequest(flaw.code, flaw.message)
            }
            draft.producer = name
        case (.operation, .string):
            draft.operation = scanner.text(of: try scanner.scanString())
        case (.sequence, .number):
            let number = try scanner.scanNumber()
            if let integer = number.integer {
                if let flaw = RequestRules.flaw(inSequence: integer) {
                    draft.refuseRequest(flaw.code, flaw.message)
                }
            } else {
                draft.refuseRequest(.wrongType, "\"seq\" is \(number.value); send an integer")
            }
            draft.sequence = number.integer
        case (.lastAcknowledged, .number):
            let number = try scanner.scanNumber()
            if number.integer == nil || number.value < 0 {
                draft.refuseRequest(
                    .badValue, "\"last_acked\" is \(number.value); send an integer of 0 or more")
            }
            draft.lastAcknowledged = number.integer
        default:
            let name = key == .producer ? "producer" : key == .operation ? "op" : "seq"
            let shown = key == .lastAcknowledged ? "last_acked" : name
            let type = key == .producer || key == .operation ? "a string" : "an integer"
            draft.refuseRequest(.wrongType, "\"\(shown)\" is \(kind.name); send \(type)")
            try scanner.skipValue()
        }
    }

    private func refuse(
        _ name: String, _ kind: JSONKind, _ expected: String, _ scanner: inout JSONScanner,
        _ draft: inout SampleDraft
    ) throws(Refusal) {
        draft.refuse(.wrongType, "\"\(name)\" is \(kind.name); send \(expected)")
        try scanner.skipValue()
    }
}
