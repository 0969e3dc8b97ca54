extension InputEncoder {
    /// Makes room for features up to a count.
    mutating func addFeatures(upTo count: Int, areSparse: Bool = false) {
        while features.count < count {
            let isSparse = areSparse && settings.scaling != .minmax
            if isSparse { hasSparse = true } else { centred.append(Int32(features.count)) }
            features.append()
            tallies.append(Tally(firstRow: observedRowCount, isSparse: isSparse))
            numberColumns.append(-1)
            categoryColumns.append([])
            if settings.oneHotLimit > 0 {
                distinct.append(DistinctValues())
                // Zero is what it is nearly always, and that has no input.
                if isSparse { distinct[distinct.count - 1].giveUp() }
            }
        }
    }

    /// Whether features that are first met in a sample which names this many of them are sparse:
    /// zero as a rule. Of these, zeros enter no statistics and the scale leaves them zero, so that
    /// they cost nothing. It is so from then on, in whatever form they come.
    static func isSparse(count: Int, of size: Int) -> Bool {
        size >= leastSparseSize && count * 10 <= size
    }

    /// Gives each feature up to a count the input of its number.
    mutating func addNumbers(upTo count: Int, areSparse: Bool = false) {
        if features.count < count { addFeatures(upTo: count, areSparse: areSparse) }
        for feature in 0..<count where numberColumns[feature] < 0 { addNumber(feature) }
    }

    /// Gives inputs to the entries of one row that have none yet, by rising feature index, so that
    /// the order in which a sender writes names does not matter.
    mutating func addColumns(for block: AdmittedBlock, entries range: Range<Int>) {
        var fresh: [AdmittedBlock.Entry] = []
        for position in range {
            let entry = block.entries[position]
            if entry.feature < settings.bucketBase {
                addFeatures(upTo: Int(entry.feature) + 1)
            }
            if needsColumn(entry) { fresh.append(entry) }
        }
        if fresh.isEmpty { return }
        for entry in fresh.sorted(by: { $0.feature < $1.feature }) where needsColumn(entry) {
            let feature = Int(entry.feature)
            if feature >= settings.bucketBase {
                addBucket(feature - settings.bucketBase)
            } else if case .category(let category) = entry.content {
                addCategory(category, feature: feature)
            } else {
                addNumber(feature)
            }
        }
    }

    private func needsColumn(_ entry: AdmittedBlock.Entry) -> Bool {
        let feature = Int(entry.feature)
        if feature >= settings.bucketBase {
            if case .missing = entry.content { return false }
            return bucketColumns[feature - settings.bucketBase] < 0
        }
        switch entry.content {
        case .number:
            return numberColumns[feature] < 0
        case .category(let category):
            guard category < categoryColumns[feature].count else {
                return categoryColumnCount < Self.categoryColumnLimit
            }
            return categoryColumns[feature][category] < 0
                && categoryColumnCount < Self.categoryColumnLimit
        case .missing:
            // Until it shows what it is, a feature counts as a number.
            return numberColumns[feature] < 0 && categoryColumns[feature].isEmpty
        case .otherCategory:
            return false
        }
    }

    private mutating func addNumber(_ feature: Int) {
        numberColumns[feature] = Int32(columns.count)
        columns.append(.number(feature: feature))
    }

    private mutating func addCategory(_ category: Int, feature: Int) {
        let missing = category + 1 - categoryColumns[feature].count
        if missing > 0 {
            categoryColumns[feature].append(contentsOf: repeatElement(-1, count: missing))
        }
        categoryColumns[feature][category] = appendLimited(
            .category(feature: feature, category: category))
    }

    private mutating func addBucket(_ bucket: Int) {
        bucketPositions[bucket] = Int32(buckets.count)
        buckets.append()
        bucketColumns[bucket] = Int32(columns.count)
        columns.append(.bucket(bucket))
    }

    /// Appends a column of a kind that has a limit.
    ///
    /// - Returns: The column, or -1 when the limit is reached.
    mutating func appendLimited(_ column: InputColumn) -> Int32 {
        guard categoryColumnCount < Self.categoryColumnLimit else { return -1 }
        categoryColumnCount += 1
        columns.append(column)
        return Int32(columns.count - 1)
    }

    /// Derives every look-up of columns, and their counts, from ``columns``.
    mutating func indexColumns() {
        indicatorCount = 0
        categoryColumnCount = 0
        for feature in distinct.indices { distinct[feature].clearColumns() }
        for (index, column) in columns.enumerated() {
            let position = Int32(index)
            switch column {
            case .number(let feature):
                numberColumns[feature] = position
            case .category(let feature, let category):
                categoryColumns[feature][category] = position
                categoryColumnCount += 1
            case .indicator(let feature, let value):
                if let place = distinct[feature].position(of: value) {
                    distinct[feature].setColumn(index, at: place)
                }
                indicatorCount += 1
            case .bucket(let bucket):
                bucketColumns[bucket] = position
            case .pastClass(let lag, let classIndex):
                history.classColumns[classIndex * history.length + lag] = position
                categoryColumnCount += 1
            case .pastNumber(let lag, let output):
                history.numberColumns[output * history.length + lag] = position
                categoryColumnCount += 1
            }
        }
    }
}
