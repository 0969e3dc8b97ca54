/// What is known of a row between its check and its commitment.
struct RowDraft {
    enum Target {
        case none
        case classIndex(Int)
        case number(Double)
        case vector([Double])
    }

    /// Entries of the row begin here; a refused row takes them away again.
    let entryStart: Int
    /// Whether the row may teach the schema.
    let learns: Bool
    var features = AdmittedBlock.Features.entries(start: 0, count: 0)
    /// ``Target/none`` as well while the class is still in ``newClass``.
    var target = Target.none

    var newForm: SchemaChange?
    var newTask: Task?
    var newOutputCount: Int?
    var newClass: Label?
    var newFeatureCount = 0
    var hasNewCategories = false

    init(entryStart: Int, learns: Bool) {
        self.entryStart = entryStart
        self.learns = learns
    }

    /// Whether the schema has to change before the row can be taken.
    var bringsSomethingNew: Bool {
        newForm != nil || newTask != nil || newOutputCount != nil || newClass != nil
            || newFeatureCount > 0 || hasNewCategories
    }
}

/// Where the named columns of a buffer message go: resolved once for all its rows.
struct ColumnMap {
    /// By column; -1 when the schema does not know the name. `nil`: the columns have no names.
    private(set) var features: [Int]?
    /// Whether the columns are exactly the schema's features in the schema's order.
    private(set) var isIdentity = false
    /// A name that stands twice.
    private(set) var repeatedName: String?

    /// The columns have no names.
    init() {}

    init(names: [String], in schema: borrowing SampleSchema) {
        var seen: Set<String> = []
        var features: [Int] = []
        features.reserveCapacity(names.count)
        for name in names {
            if !seen.insert(name).inserted { repeatedName = name }
            let expected = (features.last ?? -1) + 1
            features.append(schema.featureIndex(of: name, expecting: expected) ?? -1)
        }
        isIdentity =
            features.count == schema.featureCount
            && features.indices.allSatisfy { features[$0] == $0 }
        self.features = features
    }
}

extension SampleSchema {
    /// Where the columns of a message go.
    func columnMap(of block: borrowing SampleBlock) -> ColumnMap {
        block.columnNames.map { ColumnMap(names: $0, in: self) } ?? ColumnMap()
    }
}
