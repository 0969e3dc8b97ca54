extension SampleSchema {
    /// Checks a row's features and weight, and appends its entries, if it has any, to `admitted`.
    ///
    /// In a row that learns, what the schema does not know yet becomes an entry without an index,
    /// to be filled in on commitment; in any other row it is left out.
    func check(
        _ row: SampleBlock.Row, of block: SampleBlock, columns: ColumnMap,
        draft: inout RowDraft, into admitted: inout AdmittedBlock
    ) throws(Refusal) {
        guard row.weight >= 0, row.weight.isFinite else { throw .badWeight(row.weight) }
        if let time = row.time, !time.isFinite { throw .badTime(time) }
        switch row.shape {
        case .absent:
            throw .missingFeatures
        case .positional(let start, let count):
            if let map = columns.features, form != .positional, !columns.isIdentity {
                try checkColumns(
                    map, of: block, start: start, count: count, repeated: columns.repeatedName,
                    draft: &draft, into: &admitted)
            } else {
                if columns.features != nil, form == .positional {
                    throw .namedSample(expected: featureCount)
                }
                try checkPositional(count: count, draft: &draft)
                try checkNumbers(admitted.values, from: start, count: count)
                draft.features = .dense(start: start, count: count)
            }
        case .named(let start, let count):
            guard form != .positional else { throw .namedSample(expected: featureCount) }
            if draft.learns, form == .unknown { draft.newForm = .named }
            try checkNamed(block, start: start, count: count, draft: &draft, into: &admitted)
        case .sparse(let start, let valueStart, let count, let size):
            try checkPositional(count: size, draft: &draft)
            try checkNumbers(admitted.values, from: valueStart, count: count)
            draft.features = .sparse(
                start: start, valueStart: valueStart, count: count, size: size)
        }
    }

    /// A positional sample of a named model is taken in the order in which the features were met.
    private func checkPositional(count: Int, draft: inout RowDraft) throws(Refusal) {
        guard form == .unknown else {
            guard count == featureCount else {
                throw .featureCount(received: count, expected: featureCount)
            }
            return
        }
        guard count > 0 else { throw .noFeatures }
        guard count <= maxFeatures else { throw .tooManyFeatures(count, limit: maxFeatures) }
        if draft.learns { draft.newForm = .positional(featureCount: count) }
    }

    private func checkNumbers(
        _ values: [Double], from start: Int, count: Int
    ) throws(Refusal) {
        // A product with zero is zero exactly for the finite, so one comparison clears the row.
        var sum = 0.0
        for position in start..<start + count { sum += values[position] * 0 }
        if sum == 0 { return }
        for offset in 0..<count {
            let value = values[start + offset]
            if value.isInfinite { throw .notFinite(feature: "\(offset)", value: value) }
            if value.isNaN, refusesMissing { throw .missingValue(feature: "\(offset)") }
        }
    }

    private func checkNamed(
        _ block: SampleBlock, start: Int, count: Int, draft: inout RowDraft,
        into admitted: inout AdmittedBlock
    ) throws(Refusal) {
        if count == 0, featureCount == 0 { throw .noFeatures }
        var expected = 0
        for position in start..<start + count {
            try checkValue(
                block.namedValues[position], of: block.names[position], expecting: &expected,
                draft: &draft, into: &admitted)
        }
        try finishEntries(draft: &draft, in: admitted)
    }

    private func checkColumns(
        _ map: [Int], of block: SampleBlock, start: Int, count: Int, repeated: String?,
        draft: inout RowDraft, into admitted: inout AdmittedBlock
    ) throws(Refusal) {
        guard count == map.count else { throw .columnCount(received: count, expected: map.count) }
        if let repeated { throw .repeatedColumn(repeated) }
        if count == 0 { throw .noFeatures }
        if draft.learns, form == .unknown { draft.newForm = .named }
        for column in 0..<count {
            let number = admitted.values[start + column]
            let value = number.isNaN ? FeatureValue.missing : .number(number)
            if map[column] >= 0 {
                let content = try content(of: value, name: "", feature: map[column], draft: &draft)
                admitted.entries.append(.init(feature: Int32(map[column]), content: content))
            } else {
                var expected = featureCount
                try checkValue(
                    value, of: block.columnNames?[column] ?? "", expecting: &expected,
                    draft: &draft, into: &admitted)
            }
        }
        try finishEntries(draft: &draft, in: admitted)
    }

    /// Resolves one named value into an entry.
    private func checkValue(
        _ value: FeatureValue, of name: String, expecting expected: inout Int,
        draft: inout RowDraft, into admitted: inout AdmittedBlock
    ) throws(Refusal) {
        if bucketCount > 0, let category = value.categoryText {
            let bucket = bucketIndex(name: name, category: category)
            admitted.entries.append(.init(feature: bucket, content: .category(0)))
            return
        }
        if let feature = featureIndex(of: name, expecting: expected) {
            expected = feature + 1
            let content = try content(of: value, name: name, feature: feature, draft: &draft)
            admitted.entries.append(.init(feature: Int32(feature), content: content))
            return
        }
        let content = try content(of: value, name: name, feature: nil, draft: &draft)
        if featureCount + draft.newFeatureCount >= maxFeatures {
            if bucketCount > 0 {
                let bucket = bucketIndex(name: name, category: nil)
                admitted.entries.append(.init(feature: bucket, content: content))
            } else if draft.learns {
                throw .tooManyFeatures(
                    featureCount + draft.newFeatureCount + 1, limit: maxFeatures, name: name)
            }
        } else if draft.learns {
            guard name.utf8.count <= Self.textLimit else { throw .nameTooLong(name) }
            draft.newFeatureCount += 1
            admitted.entries.append(.init(feature: -1, content: content))
        }
    }

    /// - Parameter feature: `nil` for a feature that the schema does not know.
    private func content(
        of value: FeatureValue, name: @autoclosure () -> String, feature: Int?,
        draft: inout RowDraft
    ) throws(Refusal) -> AdmittedBlock.Entry.Content {
        switch value {
        case .number(let number):
            guard number.isFinite else {
                throw .notFinite(feature: describe(feature, name()), value: number)
            }
            return .number(number)
        case .missing:
            if refusesMissing { throw .missingValue(feature: describe(feature, name())) }
            return .missing
        case .category, .boolean:
            guard let text = value.categoryText else { return .missing }
            if let feature, let index = categories[feature].index(of: text) {
                return .category(index)
            }
            if draft.learns { draft.hasNewCategories = true }
            return .otherCategory
        }
    }

    private func describe(_ feature: Int?, _ name: String) -> String {
        guard name.isEmpty, let feature, feature < featureNames.count else { return name }
        return featureNames[feature]
    }

    /// Closes a row of entries, and refuses it when a feature is missing and must not be.
    private func finishEntries(
        draft: inout RowDraft, in admitted: AdmittedBlock
    ) throws(Refusal) {
        let range = draft.entryStart..<admitted.entries.count
        draft.features = .entries(start: draft.entryStart, count: range.count)
        guard refusesMissing else { return }
        var present = [Bool](repeating: false, count: featureCount)
        for position in range {
            let feature = Int(admitted.entries[position].feature)
            if feature >= 0, feature < featureCount { present[feature] = true }
        }
        if let absent = present.firstIndex(of: false) {
            throw .missingValue(feature: featureNames[absent])
        }
    }
}
