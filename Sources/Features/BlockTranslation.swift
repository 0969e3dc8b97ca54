/// Carries blocks that one schema has admitted over to another one, which may have met less: what a
/// replay needs that leaves samples out, or begins with other settings.
///
/// Features, categories and classes are found by their names, and are learned by the other schema
/// in the order in which it meets them, as if the samples had been admitted by it in the first
/// place. A hashed category keeps its place: its text is not kept anywhere.
public struct BlockTranslation: Sendable {
    /// The schema that admitted the blocks, as it is before the next one.
    public private(set) var source: SampleSchema
    /// The schema that they are carried over to.
    public private(set) var target: SampleSchema

    public init(from source: SampleSchema, to target: SampleSchema) {
        self.source = source
        self.target = target
    }

    /// Passes a block that is left out: the source learns from it, the target does not.
    public mutating func skip(_ block: AdmittedBlock) {
        for placed in block.changes { source.apply(placed.change) }
    }

    /// Carries a block over.
    public mutating func translate(_ block: AdmittedBlock) -> AdmittedBlock {
        var result = block
        result.changes = []
        result.entries = []
        var next = 0
        for row in block.rows.indices {
            while next < block.changes.count, block.changes[next].row <= row {
                source.apply(block.changes[next].change)
                next += 1
            }
            translate(row, of: block, into: &result)
        }
        for placed in block.changes[next...] { source.apply(placed.change) }
        return result
    }

    private mutating func translate(
        _ index: Int, of block: AdmittedBlock, into result: inout AdmittedBlock
    ) {
        let row = block.rows[index]
        if row.isLabelled { translateTarget(row, at: index, into: &result) }
        // What waits for its label teaches a schema as a labelled sample does.
        let learns = !block.isPrediction && (row.isLabelled || row.identifier != nil)
        switch row.features {
        case .dense(_, let count), .sparse(_, _, _, let count):
            if learns, source.form == .positional, target.form == .unknown {
                change(.positional(featureCount: count), at: index, in: &result)
            }
            guard source.form == .named, !sharesNames(count) else { return }
        case .entries: break
        case .remembered: return
        }
        if learns, target.form == .unknown { change(.named, at: index, in: &result) }
        let start = result.entries.count
        for entry in entries(of: row, in: block) {
            if let entry = translate(entry, learns: learns, at: index, into: &result) {
                result.entries.append(entry)
            }
        }
        result.rows[index].features = .entries(start: start, count: result.entries.count - start)
    }

    private mutating func translateTarget(
        _ row: AdmittedBlock.Row, at index: Int, into result: inout AdmittedBlock
    ) {
        if target.task == nil, let task = source.task {
            change(.task(task), at: index, in: &result)
        }
        switch row.target {
        case .none: return
        case .values(_, let count):
            if target.outputCount == 0 { change(.outputs(count: count), at: index, in: &result) }
        case .classIndex(let known):
            let label = source.classes[known]
            if target.classIndex(of: label) == nil {
                change(.newClass(label), at: index, in: &result)
            }
            result.rows[index].target = .classIndex(target.classIndex(of: label) ?? 0)
        }
    }

    /// Whether the first features of both schemas have the same names.
    private func sharesNames(_ count: Int) -> Bool {
        source.featureNames.prefix(count) == target.featureNames.prefix(count)
    }

    /// The named values of a row, in the source's indices.
    private func entries(
        of row: AdmittedBlock.Row, in block: AdmittedBlock
    ) -> [AdmittedBlock.Entry] {
        func entry(_ feature: Int, _ value: Double) -> AdmittedBlock.Entry {
            .init(feature: Int32(feature), content: value.isNaN ? .missing : .number(value))
        }
        switch row.features {
        case .remembered:
            return []
        case .entries(let start, let count):
            return Array(block.entries[start..<start + count])
        case .dense(let start, let count):
            return (0..<count).map { entry($0, block.values[start + $0]) }
        case .sparse(let start, let valueStart, let count, let size):
            var values = [Double](repeating: 0, count: size)
            for place in 0..<count {
                values[Int(block.indices[start + place])] = block.values[valueStart + place]
            }
            return values.enumerated().map { entry($0.offset, $0.element) }
        }
    }

    /// - Returns: `nil` for a feature that the target does not know and may not learn.
    private mutating func translate(
        _ entry: AdmittedBlock.Entry, learns: Bool, at index: Int, into result: inout AdmittedBlock
    ) -> AdmittedBlock.Entry? {
        guard Int(entry.feature) < source.bucketBase else { return entry }
        let name = source.featureNames[Int(entry.feature)]
        if target.featureIndices[name] == nil {
            guard learns else { return nil }
            change(.feature(name: name), at: index, in: &result)
        }
        guard let feature = target.featureIndices[name] else { return nil }
        var translated = entry
        translated.feature = Int32(feature)
        if case .category(let category) = entry.content,
            category < SampleSchema.categoryLimit
        {
            let text = source.categories(ofFeature: Int(entry.feature))[category]
            if learns, target.categories[feature].index(of: text) == nil {
                change(.category(feature: feature, text: text), at: index, in: &result)
            }
            let known = target.categories[feature].index(of: text)
            translated.content = known.map { .category($0) } ?? .otherCategory
        }
        return translated
    }

    private mutating func change(
        _ change: SchemaChange, at row: Int, in result: inout AdmittedBlock
    ) {
        target.apply(change)
        result.changes.append(PlacedChange(row: row, change: change))
    }
}

extension AdmittedBlock {
    /// The first rows of the block alone.
    public func prefix(_ count: Int) -> AdmittedBlock {
        guard count < rows.count else { return self }
        var result = self
        result.rows = Array(rows.prefix(count))
        result.changes = changes.filter { $0.row < count }
        return result
    }
}
