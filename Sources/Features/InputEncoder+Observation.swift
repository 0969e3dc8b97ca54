extension InputEncoder {
    /// Takes a labelled row into the statistics and gives inputs to what is new in it.
    ///
    /// - Returns: How the inputs changed. The network has to follow.
    public mutating func observe(_ block: AdmittedBlock, row: Int) -> InputChange {
        let countBefore = columns.count
        var retired: [Int] = []
        switch block.rows[row].features {
        case .dense(let start, let count):
            addNumbers(upTo: count)
            for feature in 0..<count {
                let value = block.values[start + feature]
                if !value.isNaN { observe(value, feature: feature, retired: &retired) }
            }
        case .sparse(let start, let valueStart, let count, let size):
            addNumbers(upTo: size, areSparse: Self.isSparse(count: count, of: size))
            var walk = SparseWalk(start: start, valueStart: valueStart, count: count)
            while hasSparse, let (feature, value) = walk.next(in: block) {
                guard tallies[feature].isSparse, !value.isNaN else { continue }
                observe(value, feature: feature, retired: &retired)
            }
            walk.restart()
            for place in centred.indices {
                let feature = Int(centred[place])
                guard feature < size else { break }
                let value = walk.value(of: feature, in: block)
                if !value.isNaN { observe(value, feature: feature, retired: &retired) }
            }
        case .entries(let start, let count):
            addColumns(for: block, entries: start..<start + count)
            for position in start..<start + count {
                observe(block.entries[position], retired: &retired)
            }
        case .remembered:
            preconditionFailure("remembered features are looked up before they are observed")
        }
        observedRowCount += 1
        return finish(countBefore: countBefore, retired: retired)
    }

    /// Takes the class of a labelled sample into the history of targets.
    ///
    /// - Returns: How the inputs changed: a class new to the history has inputs from now on.
    public mutating func observeTarget(classIndex: Int) -> InputChange {
        guard history.length > 0 else { return InputChange() }
        let countBefore = columns.count
        history.push(classIndex: classIndex)
        while history.classColumns.count < (classIndex + 1) * history.length {
            let position = history.classColumns.count
            let (newClass, lag) = position.quotientAndRemainder(dividingBy: history.length)
            history.classColumns.append(
                appendLimited(.pastClass(lag: lag, classIndex: newClass)))
        }
        return finish(countBefore: countBefore, retired: [])
    }

    /// Takes the standardised numbers of a labelled sample into the history of targets.
    ///
    /// - Returns: How the inputs changed: the first target gives the history its inputs.
    public mutating func observeTarget(standardised values: [Float]) -> InputChange {
        guard history.length > 0 else { return InputChange() }
        let countBefore = columns.count
        history.push(values)
        while history.numberColumns.count < values.count * history.length {
            let position = history.numberColumns.count
            let (output, lag) = position.quotientAndRemainder(dividingBy: history.length)
            history.numberColumns.append(appendLimited(.pastNumber(lag: lag, output: output)))
        }
        return finish(countBefore: countBefore, retired: [])
    }

    private mutating func observe(_ entry: AdmittedBlock.Entry, retired: inout [Int]) {
        let feature = Int(entry.feature)
        switch entry.content {
        case .number(let value):
            if feature >= settings.bucketBase {
                let position = Int(bucketPositions[feature - settings.bucketBase])
                _ = buckets.observe(value, at: position)
            } else {
                observe(value, feature: feature, retired: &retired)
            }
        case .category, .otherCategory:
            if feature < settings.bucketBase { tallies[feature].categoryCount += 1 }
        case .missing:
            break
        }
    }

    private mutating func observe(_ value: Double, feature: Int, retired: inout [Int]) {
        if hasSparse, value == 0, tallies[feature].isSparse { return }
        let isPlausible = features.observe(value, at: feature)
        // An outlier is no value of a scale, and would use up the room of one.
        guard isPlausible, feature < distinct.count, distinct[feature].state != .continuous else {
            return
        }
        watch(value, feature: feature, retired: &retired)
    }

    /// Keeps account of a feature's distinct values, and of the inputs that stand for them.
    private mutating func watch(_ value: Double, feature: Int, retired: inout [Int]) {
        let isKnown = distinct[feature].position(of: value) != nil
        switch distinct[feature].state {
        case .continuous:
            return
        case .watching:
            if !isKnown { distinct[feature].append(value) }
            let count = distinct[feature].values.count
            if count > settings.oneHotLimit {
                distinct[feature].giveUp()
            } else if count >= 2, features[feature].count >= Self.watchCount {
                indicate(feature, from: 0, retired: &retired)
            }
        case .indicated:
            if isKnown { return }
            distinct[feature].append(value)
            indicate(feature, from: distinct[feature].values.count - 1, retired: &retired)
        }
    }

    /// Gives inputs to a feature's values from a position on, or takes all of them back when there
    /// are too many.
    private mutating func indicate(_ feature: Int, from first: Int, retired: inout [Int]) {
        let count = distinct[feature].values.count
        guard count <= settings.oneHotLimit, indicatorCount + count - first <= Self.indicatorLimit
        else {
            for column in distinct[feature].columns where column >= 0 {
                retired.append(Int(column))
            }
            indicatorCount -= first
            distinct[feature].giveUp()
            return
        }
        for position in first..<count {
            distinct[feature].setColumn(columns.count, at: position)
            columns.append(
                .indicator(feature: feature, value: distinct[feature].values[position]))
            indicatorCount += 1
        }
    }

    /// Removes retired columns and says what has changed.
    private mutating func finish(countBefore: Int, retired: [Int]) -> InputChange {
        if retired.isEmpty { return InputChange(appended: columns.count - countBefore) }
        let removed = retired.sorted()
        var next = 0
        var kept: [InputColumn] = []
        kept.reserveCapacity(columns.count - removed.count)
        for (index, column) in columns.enumerated() {
            if next < removed.count, removed[next] == index {
                next += 1
            } else {
                kept.append(column)
            }
        }
        columns = kept
        indexColumns()
        // What came and went within the one row never existed for the network.
        let old = removed.filter { $0 < countBefore }
        return InputChange(removed: old, appended: columns.count - (countBefore - old.count))
    }
}
