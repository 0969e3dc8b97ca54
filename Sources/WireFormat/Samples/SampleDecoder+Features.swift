import Features

extension SampleDecoder {
    /// Reads the value of `x` into a block's storage and sets the draft's shape.
    mutating func readFeatures(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft,
        into block: inout SampleBlock
    ) throws(Refusal) {
        switch kind {
        case .array: try readPositional(&scanner, &draft, into: &block.values)
        case .object: try readNamedOrSparse(&scanner, &draft, into: &block)
        default:
            draft.refuse(
                .wrongType, "\"x\" is \(kind.name); send an array of numbers or an object")
            try scanner.skipValue()
        }
    }

    private func readPositional(
        _ scanner: inout JSONScanner, _ draft: inout SampleDraft, into values: inout [Double]
    ) throws(Refusal) {
        let start = values.count
        guard try scanner.beginArray() else {
            // How many there should be is for the schema to say.
            draft.shape = .positional(start: start, count: 0)
            return
        }
        guard try scanner.scanNumbers(into: &values) else {
            let kind = try scanner.kind()
            draft.refuse(
                .wrongType,
                "x[\(values.count - start)] is \(kind.name); a positional \"x\" holds only "
                    + "numbers; name the features to leave some out")
            try scanner.skipRestOfArray()
            return
        }
        let count = values.count - start
        checkFeatureCount(count, &draft)
        draft.shape = .positional(start: start, count: count)
    }

    private func checkFeatureCount(_ count: Int, _ draft: inout SampleDraft) {
        guard count > limits.maxFeatures else { return }
        draft.refuse(
            .tooManyFeatures,
            "\"x\" has \(count) features, more than \(limits.maxFeatures); send fewer, or raise "
                + "features.max_features")
    }

    private mutating func readNamedOrSparse(
        _ scanner: inout JSONScanner, _ draft: inout SampleDraft, into block: inout SampleBlock
    ) throws(Refusal) {
        let position = scanner.position
        let depth = scanner.depth
        let keyMark = scanner.keyMark
        let mark = BlockMark(block)
        if try readNamed(&scanner, &draft, into: &block) { return }
        // An array under "indices" or "values": the object is sparse, so it is read again as such.
        scanner.position = position
        scanner.depth = depth
        scanner.forgetKeys(since: keyMark)
        mark.restore(&block)
        try readSparse(&scanner, &draft, into: &block)
    }

    /// - Returns: false when the object turns out to be sparse.
    private mutating func readNamed(
        _ scanner: inout JSONScanner, _ draft: inout SampleDraft, into block: inout SampleBlock
    ) throws(Refusal) -> Bool {
        let start = block.names.count
        guard try scanner.beginObject() else {
            draft.refuse(
                .shapeMismatch, "\"x\" has 0 features; send as many as the model has, at least 1")
            return true
        }
        let mark = scanner.keyMark
        var expected = 0
        var isExpected = true
        var isASCII = true
        repeat {
            let key: JSONString
            if isExpected, expected < expectedNames.count,
                let known = expectedNames.pass(expected, &scanner)
            {
                key = known
                try scanner.passColon()
                block.names.append(expectedNames.names[expected])
                expected += 1
            } else {
                key = try scanner.scanKey()
                isExpected = false
                block.names.append(scanner.text(of: key))
            }
            scanner.register(key)
            isASCII = isASCII && key.isASCII
            let kind = try scanner.kind()
            if kind == .array, scanner.isSparseKey(key) { return false }
            block.namedValues.append(try readNamedValue(&scanner, kind, key, &draft))
        } while try scanner.continueObject()
        if isExpected {
            // A beginning of names that are known to be distinct.
            scanner.forgetKeys(since: mark)
        } else {
            try scanner.closeKeys(since: mark)
            checkNames(block.names[start...], isASCII: isASCII, &draft)
            if draft.flaw == nil { expect(block.names[start...]) }
        }
        let count = block.names.count - start
        checkFeatureCount(count, &draft)
        draft.shape = .named(start: start, count: count)
        return true
    }

    private func readNamedValue(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ key: JSONString,
        _ draft: inout SampleDraft
    ) throws(Refusal) -> FeatureValue {
        switch kind {
        case .number: return .number(try scanner.scanDouble())
        case .string: return .category(scanner.text(of: try scanner.scanString()))
        case .boolean: return .boolean(try scanner.scanBoolean())
        case .null:
            try scanner.scanLiteral("null")
            return .missing
        case .array where scanner.matches(key, "shape"):
            draft.refuse(
                .badFrame,
                "\"x\" describes a buffer, but the message has one frame; send the buffers as well")
        case .array, .object:
            let name = RequestRules.excerpt(scanner.text(of: key))
            draft.refuse(
                .wrongType,
                "feature \"\(name)\" is \(kind.name); send a number, a boolean, a string or null")
        }
        try scanner.skipValue()
        return .missing
    }

    private func checkNames(
        _ names: ArraySlice<String>, isASCII: Bool, _ draft: inout SampleDraft
    ) {
        let limit = DecodingLimits.maxNameBytes
        for name in names where name.utf8.count > limit {
            draft.refuse(
                .tooLarge, "a feature's name has \(name.utf8.count) bytes, more than \(limit)")
        }
        // Different bytes can be the same text: é is one scalar or two. ASCII has one spelling.
        guard !isASCII else { return }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            draft.refuse(
                .badValue,
                "feature \"\(RequestRules.excerpt(name))\" comes twice in two spellings of "
                    + "Unicode; send one")
        }
    }

    private mutating func expect(_ names: ArraySlice<String>) {
        expectedNames.removeAll()
        for name in names { expectedNames.append(name) }
    }
}

extension JSONScanner {
    /// Whether a key holds an array in a sparse `x`.
    fileprivate func isSparseKey(_ key: JSONString) -> Bool {
        matches(key, "indices") || matches(key, "values")
    }

    /// Passes the elements of the open array from this one on, and its end.
    mutating func skipRestOfArray() throws(Refusal) {
        repeat { try skipValue() } while try continueArray()
    }
}
