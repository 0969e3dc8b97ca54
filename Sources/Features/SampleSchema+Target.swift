extension SampleSchema {
    /// Checks what a row says is to be learned against the task, or finds the task in it.
    ///
    /// Strings, Booleans and integers are classes, other numbers and arrays are regression targets;
    /// a known task reads an integer as what it needs.
    func check(_ target: Target, draft: inout RowDraft) throws(Refusal) {
        switch target {
        case .none:
            return
        case .label(let label):
            if task == .regression {
                guard case .integer(let integer) = label else { throw .labelForNumber(label) }
                try checkOutputs([Double(integer)], draft: &draft)
                draft.target = .number(Double(integer))
            } else {
                try checkClass(label, draft: &draft)
            }
        case .number(let number):
            if task == .classification {
                // Beyond 2⁵³ a double no longer tells which integer was meant.
                guard number.rounded(.towardZero) == number, number.magnitude <= 0x1p53 else {
                    throw number.isFinite
                        ? .numberForLabel(number)
                        : .notFinite(feature: nil, value: number)
                }
                try checkClass(.integer(Int64(number)), draft: &draft)
            } else {
                try checkOutputs([number], draft: &draft)
                draft.target = .number(number)
            }
        case .vector(let numbers):
            guard task != .classification else { throw .vectorForLabel(numbers.count) }
            try checkOutputs(numbers, draft: &draft)
            draft.target = .vector(numbers)
        }
    }

    private func checkClass(_ label: Label, draft: inout RowDraft) throws(Refusal) {
        if let index = classIndex(of: label) {
            draft.target = .classIndex(index)
            return
        }
        guard classes.count < maxClasses else { throw .tooManyClasses(label, limit: maxClasses) }
        if case .text(let text) = label, text.utf8.count > Self.textLimit {
            throw .labelTooLong(text)
        }
        draft.newClass = label
        if task == nil { draft.newTask = .classification }
    }

    private func checkOutputs(_ numbers: [Double], draft: inout RowDraft) throws(Refusal) {
        for number in numbers where !number.isFinite {
            throw .notFinite(feature: nil, value: number)
        }
        if outputCount == 0 {
            guard !numbers.isEmpty else { throw .outputCount(received: 0, expected: 1) }
            guard numbers.count <= Self.outputLimit else {
                throw .tooManyOutputs(numbers.count, limit: Self.outputLimit)
            }
            draft.newOutputCount = numbers.count
        } else if numbers.count != outputCount {
            throw .outputCount(received: numbers.count, expected: outputCount)
        }
        if task == nil { draft.newTask = .regression }
    }
}
