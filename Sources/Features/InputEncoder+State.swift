import StateCoding

extension InputEncoder: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(settings)
        writer.write(observedRowCount)
        features.encode(to: &writer)
        buckets.encode(to: &writer)
        writer.write(tallies)
        writer.write(categoryColumns.map(\.count))
        writer.write(distinct)
        writer.write(history)
        writer.write(columns)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        self.init(settings: try reader.read())
        observedRowCount = try reader.readInt()
        features = try MomentsBank(from: &reader, rule: settings.rule)
        buckets = try MomentsBank(from: &reader, rule: settings.rule)
        tallies = try reader.readArray()
        let categoryCounts = try reader.readInts()
        distinct = try reader.readArray()
        history = try reader.read()
        let count = features.count
        let limit = SampleSchema.categoryLimit + SampleSchema.overflowCategoryCount
        guard tallies.count == count, categoryCounts.count == count,
            distinct.count == (settings.oneHotLimit > 0 ? count : 0),
            categoryCounts.allSatisfy({ (0...limit).contains($0) })
        else { throw .invalid(what: "number of features", offset: reader.offset) }
        hasSparse = tallies.contains { $0.isSparse }
        centred = (0..<count).filter { !tallies[$0].isSparse }.map(Int32.init)
        numberColumns = [Int32](repeating: -1, count: count)
        categoryColumns = categoryCounts.map { [Int32](repeating: -1, count: $0) }
        columns = try reader.readArray()
        var bucketPosition: Int32 = 0
        for column in columns {
            guard isConsistent(column) else {
                throw .invalid(what: "input column", offset: reader.offset)
            }
            if case .bucket(let bucket) = column {
                bucketPositions[bucket] = bucketPosition
                bucketPosition += 1
            }
        }
        guard Int(bucketPosition) == buckets.count else {
            throw .invalid(what: "number of hash buckets", offset: reader.offset)
        }
        indexColumns()
    }

    /// Whether what a column stands for exists.
    private func isConsistent(_ column: InputColumn) -> Bool {
        switch column {
        case .number(let feature):
            feature < features.count
        case .category(let feature, let category):
            feature < features.count && category < categoryColumns[feature].count
        case .indicator(let feature, let value):
            feature < distinct.count && distinct[feature].position(of: value) != nil
        case .bucket(let bucket):
            bucket < bucketColumns.count
        case .pastClass(let lag, let classIndex):
            lag < history.length && classIndex < history.classColumns.count / history.length
        case .pastNumber(let lag, let output):
            lag < history.length && output < history.numberColumns.count / history.length
        }
    }
}
