import Features

extension SampleDecoder {
    /// Reads `{"indices":[…],"values":[…],"size":n}`, whose keys come in any order.
    func readSparse(
        _ scanner: inout JSONScanner, _ draft: inout SampleDraft, into block: inout SampleBlock
    ) throws(Refusal) {
        let start = block.indices.count
        let valueStart = block.values.count
        var size: Int?
        var hasIndices = false
        var hasValues = false
        guard try scanner.beginObject() else { return }
        let mark = scanner.keyMark
        repeat {
            let key = try scanner.scanKey()
            scanner.register(key)
            let kind = try scanner.kind()
            if scanner.matches(key, "indices") {
                hasIndices = true
                try readIndices(&scanner, kind, &draft, into: &block.indices)
            } else if scanner.matches(key, "values") {
                hasValues = true
                try readValues(&scanner, kind, &draft, into: &block.values)
            } else if scanner.matches(key, "size") {
                size = try readSize(&scanner, kind, &draft)
            } else {
                try scanner.skipValue()
            }
        } while try scanner.continueObject()
        try scanner.closeKeys(since: mark)
        let missing = !hasIndices ? "indices" : !hasValues ? "values" : "size"
        guard hasIndices, hasValues, let size else {
            draft.refuse(
                .missingField,
                "a sparse \"x\" has no \"\(missing)\"; send indices, values and size")
            return
        }
        let count = block.indices.count - start
        let valueCount = block.values.count - valueStart
        guard count == valueCount else {
            draft.refuse(
                .shapeMismatch,
                "a sparse \"x\" has \(count) indices and \(valueCount) values; send as many")
            return
        }
        if let last = block.indices.last, count > 0, Int(last) >= size {
            draft.refuse(
                .badValue, "index \(last) of a sparse \"x\" is not below its size of \(size)")
        }
        draft.shape = .sparse(start: start, valueStart: valueStart, count: count, size: size)
    }

    private func readIndices(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft,
        into indices: inout [Int32]
    ) throws(Refusal) {
        guard kind == .array else { return try refuse("indices", kind, &scanner, &draft) }
        guard try scanner.beginArray() else { return }
        var last: Int32 = -1
        var count = 0
        repeat {
            guard scanner.isAtNumber else {
                return try refuseRest("indices", count, &scanner, &draft)
            }
            let number = try scanner.scanNumber()
            if let integer = number.integer, let index = Int32(exactly: integer), index > last {
                last = index
                indices.append(index)
            } else if number.integer == nil {
                draft.refuse(.wrongType, "indices[\(count)] is \(number.value); send an integer")
            } else {
                draft.refuse(
                    .badValue,
                    "indices[\(count)] is \(number.value) after \(last); indices rise strictly "
                        + "from 0 to at most \(Int32.max)")
            }
            count += 1
        } while try scanner.continueArray()
    }

    private func readValues(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft,
        into values: inout [Double]
    ) throws(Refusal) {
        guard kind == .array else { return try refuse("values", kind, &scanner, &draft) }
        guard try scanner.beginArray() else { return }
        var count = 0
        repeat {
            guard scanner.isAtNumber else {
                return try refuseRest("values", count, &scanner, &draft)
            }
            values.append(try scanner.scanDouble())
            count += 1
        } while try scanner.continueArray()
    }

    private func readSize(
        _ scanner: inout JSONScanner, _ kind: JSONKind, _ draft: inout SampleDraft
    ) throws(Refusal) -> Int? {
        guard kind == .number else {
            draft.refuse(.wrongType, "\"size\" is \(kind.name); send an integer")
            try scanner.skipValue()
            return 0
        }
        let number = try scanner.scanNumber()
        guard let size = number.integer else {
            draft.refuse(.wrongType, "\"size\" is \(number.value); send an integer")
            return 0
        }
        guard size >= 1 else {
            draft.refuse(.badValue, "\"size\" is \(size); a sample has at least one feature")
            return 0
        }
        guard size <= limits.maxFeatures else {
            draft.refuse(
                .tooManyFeatures,
                "\"size\" is \(size), more than \(limits.maxFeatures) features; raise "
                    + "features.max_features")
            return 0
        }
        return Int(size)
    }

    private func refuse(
        _ name: String, _ kind: JSONKind, _ scanner: inout JSONScanner,
        _ draft: inout SampleDraft
    ) throws(Refusal) {
        draft.refuse(.wrongType, "\"\(name)\" is \(kind.name); send an array of numbers")
        try scanner.skipValue()
    }

    private func refuseRest(
        _ name: String, _ count: Int, _ scanner: inout JSONScanner, _ draft: inout SampleDraft
    ) throws(Refusal) {
        let kind = try scanner.kind()
        draft.refuse(
            .wrongType, "\(name)[\(count)] is \(kind.name); a sparse \"x\" holds only numbers")
        try scanner.skipRestOfArray()
    }
}
