extension SampleSchema {
    /// Checks the samples of a message, one after the other, and learns what labelled ones bring:
    /// the form, features, categories, the task, classes.
    ///
    /// A sample is taken whole or refused whole: a refused one changes nothing. Unlabelled samples
    /// are resolved as by ``resolve(_:)``.
    public mutating func admit(_ block: consuming SampleBlock) -> AdmittedBlock {
        var block = block
        return admit(takingNumbersOf: &block)
    }

    /// Checks the samples of a message as ``admit(_:)`` does, without copying their numbers. No
    /// sample waits for a label, so labels without features are refused.
    ///
    /// - Parameter block: Keeps its rows, and loses ``SampleBlock/values`` and
    ///   ``SampleBlock/indices`` to the result; fit to be filled anew.
    public mutating func admit(takingNumbersOf block: inout SampleBlock) -> AdmittedBlock {
        var nothingWaits = JoinConfiguration()
        nothingWaits.capacity = 0
        var door = LabelDoor(configuration: nothingWaits)
        return admit(takingNumbersOf: &block, arrival: 0, joining: &door)
    }

    /// Checks the samples of a message. An unlabelled one with an identifier is kept for its label,
    /// so it teaches the schema as a labelled one does.
    ///
    /// - Parameters:
    ///   - block: As in ``admit(takingNumbersOf:)``.
    ///   - arrival: Seconds on a clock that does not go back.
    ///   - door: Who waits for a label.
    ///   - spent: A block that nobody needs any more, for its memory.
    public mutating func admit(
        takingNumbersOf block: inout SampleBlock, arrival: Double, joining door: inout LabelDoor,
        reusing spent: consuming AdmittedBlock = AdmittedBlock()
    ) -> AdmittedBlock {
        var admitted = spent
        admitted.removeAll()
        admitted.takeNumbers(of: &block)
        admitted.arrival = arrival
        door.advance(to: arrival)
        var columns = columnMap(of: block)
        for row in block.rows {
            let isKept = !row.isLabelled && row.identifier != nil && door.keepsSamples
            var draft = RowDraft(
                entryStart: admitted.entries.count, learns: row.isLabelled || isKept)
            do throws(Refusal) {
                if case .absent = row.shape {
                    try checkLateLabel(row, draft: &draft, at: &door)
                } else {
                    try check(row, of: block, columns: columns, draft: &draft, into: &admitted)
                    try check(row.target, draft: &draft)
                }
                if draft.bringsSomethingNew {
                    commit(row, of: block, draft: &draft, into: &admitted)
                    columns = columnMap(of: block)
                }
                admitted.append(row, draft: draft)
                if let identifier = row.identifier {
                    if isKept { door.insert(identifier) }
                    if case .remembered = draft.features { door.take(identifier) }
                }
            } catch {
                admitted.refuse(row, error, entryStart: draft.entryStart)
            }
        }
        admitted.mergeRefusals(of: block)
        return admitted
    }

    /// Checks a label whose features came before.
    private func checkLateLabel(
        _ row: SampleBlock.Row, draft: inout RowDraft, at door: inout LabelDoor
    ) throws(Refusal) {
        guard let identifier = row.identifier, row.isLabelled else { throw .missingFeatures }
        guard row.weight >= 0, row.weight.isFinite else { throw .badWeight(row.weight) }
        if let time = row.time, !time.isFinite { throw .badTime(time) }
        try door.check(identifier)
        try check(row.target, draft: &draft)
        draft.features = .remembered
    }

    /// Checks samples and resolves them with what is known, for predictions: targets are ignored,
    /// and nothing is learned.
    public func resolve(_ block: consuming SampleBlock) -> AdmittedBlock {
        var block = block
        var admitted = AdmittedBlock()
        resolve(takingNumbersOf: &block, into: &admitted)
        return admitted
    }

    /// Resolves samples as ``resolve(_:)`` does, without copying their numbers, in memory that is
    /// there.
    ///
    /// - Parameters:
    ///   - block: Keeps its rows, and loses ``SampleBlock/values`` and ``SampleBlock/indices`` to
    ///     the result until ``AdmittedBlock/returnNumbers(to:)``.
    ///   - admitted: Emptied first.
    public func resolve(
        takingNumbersOf block: inout SampleBlock, into admitted: inout AdmittedBlock
    ) {
        admitted.removeAll()
        admitted.takeNumbers(of: &block)
        let columns = columnMap(of: block)
        for row in block.rows {
            var draft = RowDraft(entryStart: admitted.entries.count, learns: false)
            do throws(Refusal) {
                if case .absent = row.shape { throw .missingFeatures }
                try check(row, of: block, columns: columns, draft: &draft, into: &admitted)
                admitted.append(row, draft: draft)
            } catch {
                admitted.refuse(row, error, entryStart: draft.entryStart)
            }
        }
        admitted.mergeRefusals(of: block)
    }

    /// Makes the changes that a checked row asks for, and fills in the indices that they give.
    private mutating func commit(
        _ row: SampleBlock.Row, of block: SampleBlock, draft: inout RowDraft,
        into admitted: inout AdmittedBlock
    ) {
        if let change = draft.newForm { record(change, in: &admitted) }
        if let task = draft.newTask { record(.task(task), in: &admitted) }
        if let count = draft.newOutputCount { record(.outputs(count: count), in: &admitted) }
        if let label = draft.newClass {
            draft.target = .classIndex(classes.count)
            record(.newClass(label), in: &admitted)
        }
        guard draft.newFeatureCount > 0 || draft.hasNewCategories else { return }
        for (offset, position) in (draft.entryStart..<admitted.entries.count).enumerated() {
            commitEntry(at: position, offset: offset, of: row, in: block, into: &admitted)
        }
    }

    private mutating func commitEntry(
        at position: Int, offset: Int, of row: SampleBlock.Row, in block: SampleBlock,
        into admitted: inout AdmittedBlock
    ) {
        if admitted.entries[position].feature < 0 {
            let name = block.name(ofValue: offset, in: row)
            if featureIndices[name] == nil { record(.feature(name: name), in: &admitted) }
            admitted.entries[position].feature = Int32(featureIndices[name] ?? 0)
        }
        guard case .otherCategory = admitted.entries[position].content,
            let text = block.category(ofValue: offset, in: row)
        else { return }
        let feature = Int(admitted.entries[position].feature)
        if categories[feature].index(of: text) == nil {
            record(.category(feature: feature, text: text), in: &admitted)
        }
        if let index = categories[feature].index(of: text) {
            admitted.entries[position].content = .category(index)
        }
    }

    private mutating func record(_ change: SchemaChange, in admitted: inout AdmittedBlock) {
        apply(change)
        admitted.changes.append(PlacedChange(row: admitted.rows.count, change: change))
    }
}

extension SampleBlock.Row {
    var isLabelled: Bool {
        if case .none = target { false } else { true }
    }
}

extension SampleBlock {
    /// The name of the value at `offset` in a row of named values.
    func name(ofValue offset: Int, in row: Row) -> String {
        switch row.shape {
        case .named(let start, _): names[start + offset]
        case .positional: columnNames?[offset] ?? ""
        case .absent, .sparse: ""
        }
    }

    /// The category at `offset` in a row of named values; `nil` when it is none.
    func category(ofValue offset: Int, in row: Row) -> String? {
        guard case .named(let start, _) = row.shape else { return nil }
        return namedValues[start + offset].categoryText
    }
}

extension FeatureValue {
    /// The category that the value is; a Boolean is one of two.
    var categoryText: String? {
        switch self {
        case .category(let text): text
        case .boolean(let boolean): boolean ? "true" : "false"
        case .number, .missing: nil
        }
    }
}

extension AdmittedBlock {
    /// Gives a block of samples the numbers back that were taken from it.
    public mutating func returnNumbers(to block: inout SampleBlock) {
        swap(&values, &block.values)
        swap(&indices, &block.indices)
    }

    mutating func takeNumbers(of block: inout SampleBlock) {
        swap(&values, &block.values)
        swap(&indices, &block.indices)
        rows.reserveCapacity(block.rows.count)
        if !block.namedValues.isEmpty { entries.reserveCapacity(block.namedValues.count) }
    }

    mutating func append(_ row: SampleBlock.Row, draft: RowDraft) {
        rows.append(
            Row(
                features: draft.features, target: keep(draft.target), weight: row.weight,
                time: row.time, identifier: row.identifier, index: row.index))
    }

    private mutating func keep(_ target: RowDraft.Target) -> Target {
        switch target {
        case .none:
            return .none
        case .classIndex(let index):
            return .classIndex(index)
        case .number(let number):
            targets.append(number)
            return .values(start: targets.count - 1, count: 1)
        case .vector(let numbers):
            targets.append(contentsOf: numbers)
            return .values(start: targets.count - numbers.count, count: numbers.count)
        }
    }

    mutating func refuse(_ row: SampleBlock.Row, _ refusal: Refusal, entryStart: Int) {
        entries.removeSubrange(entryStart...)
        refusals.append(IndexedRefusal(index: row.index, refusal: refusal))
    }

    /// Puts the samples that could not be read among those that were refused, by index.
    mutating func mergeRefusals(of block: SampleBlock) {
        if block.refusals.isEmpty { return }
        let own = refusals
        refusals = []
        refusals.reserveCapacity(own.count + block.refusals.count)
        var next = 0
        for refusal in block.refusals {
            while next < own.count, own[next].index < refusal.index {
                refusals.append(own[next])
                next += 1
            }
            refusals.append(refusal)
        }
        refusals.append(contentsOf: own[next...])
    }
}
