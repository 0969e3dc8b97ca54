import Features

/// The buffers of positional samples that are all alike.
struct BufferMessage {
    private var names: [String] = []
    private var descriptions: [(dtype: BufferDtype, shape: [Int])] = []
    private var buffers: [[UInt8]] = []
    private var columnNames: [String]?
    private var classes: [Label]?

    init(
        _ block: SampleBlock, _ range: Range<Int>, _ precision: BufferDtype
    ) throws(Refusal) {
        let rows = block.rows[range]
        columnNames = block.columnNames
        try addFeatures(block, rows, precision)
        try addTargets(rows)
        if rows.contains(where: { $0.weight != 1 }) {
            add("w", .float32, [rows.count], BufferWriter.bytes(of: rows.map(\.weight)))
        }
        if rows.contains(where: { $0.time != nil }) {
            let times = rows.compactMap(\.time)
            guard times.count == rows.count else {
                throw Self.refusal("some samples have no \"t\"")
            }
            add("t", .float64, [rows.count], BufferWriter.bytes(of: times))
        }
        try addIdentifiers(rows)
    }

    /// Header and buffers.
    func frames(_ request: RequestEnvelope) throws(Refusal) -> [[UInt8]] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, description) in zip(names, descriptions) {
            writer.key(name)
            BufferWriter.describe(description.dtype, description.shape, in: &writer)
        }
        if let columnNames {
            writer.key("features")
            columnNames.write(to: &writer)
        }
        if let classes {
            writer.key("classes")
            classes.write(to: &writer)
        }
        if let identifier = request.identifier {
            guard !names.contains("id") else {
                throw Self.refusal("\"id\" is a buffer and the request's own at once")
            }
            writer.key("id")
            writer.write(identifier)
        }
        request.writeOptions(to: &writer)
        writer.endObject()
        return [writer.bytes] + buffers
    }

    private mutating func add(
        _ name: String, _ dtype: BufferDtype, _ shape: [Int], _ bytes: [UInt8]
    ) {
        names.append(name)
        descriptions.append((dtype, shape))
        buffers.append(bytes)
    }

    private static func refusal(_ reason: String) -> Refusal {
        Refusal(.unsupported, "buffers cannot hold the samples: \(reason); send them as JSON")
    }

    private mutating func addFeatures(
        _ block: SampleBlock, _ rows: ArraySlice<SampleBlock.Row>, _ precision: BufferDtype
    ) throws(Refusal) {
        if rows.allSatisfy({ $0.shape == .absent }) { return }
        var values: [Double] = []
        var width: Int?
        for row in rows {
            guard case .positional(let start, let count) = row.shape else {
                throw Self.refusal("a sample is not positional")
            }
            guard width == nil || width == count else {
                throw Self.refusal("samples differ in their number of features")
            }
            width = count
            values.append(contentsOf: block.values[start..<start + count])
        }
        let bytes =
            precision == .float32
            ? BufferWriter.bytes(of: values.map { Float($0) }) : BufferWriter.bytes(of: values)
        add("x", precision, [rows.count, width ?? 0], bytes)
    }

    private mutating func addTargets(_ rows: ArraySlice<SampleBlock.Row>) throws(Refusal) {
        var integers: [Int64] = []
        var booleans: [UInt8] = []
        var texts: [String] = []
        var numbers: [Double] = []
        var vectors: [[Double]] = []
        for row in rows {
            switch row.target {
            case .none: numbers.append(.nan)
            case .number(let number): numbers.append(number)
            case .label(.integer(let integer)): integers.append(integer)
            case .label(.boolean(let boolean)): booleans.append(boolean ? 1 : 0)
            case .label(.text(let text)): texts.append(text)
            case .vector(let vector): vectors.append(vector)
            }
        }
        let shape = [rows.count]
        if numbers.count == rows.count {
            guard rows.contains(where: { $0.target != .none }) else { return }
            add("y", .float64, shape, BufferWriter.bytes(of: numbers))
        } else if integers.count == rows.count {
            add("y", .int64, shape, BufferWriter.bytes(of: integers))
        } else if booleans.count == rows.count {
            add("y", .bool, shape, booleans)
        } else if texts.count == rows.count {
            add("y", .int32, shape, BufferWriter.bytes(of: indices(of: texts)))
        } else if vectors.count == rows.count, Set(vectors.map(\.count)).count == 1 {
            let outputs = [rows.count, vectors[0].count]
            add("y", .float64, outputs, BufferWriter.bytes(of: vectors.flatMap { $0 }))
        } else {
            throw Self.refusal("the kinds of \"y\" differ")
        }
    }

    private mutating func indices(of texts: [String]) -> [Int32] {
        var known: [String: Int32] = [:]
        var labels: [Label] = []
        let indices = texts.map { text -> Int32 in
            if let index = known[text] { return index }
            let index = Int32(labels.count)
            known[text] = index
            labels.append(.text(text))
            return index
        }
        classes = labels
        return indices
    }

    private mutating func addIdentifiers(_ rows: ArraySlice<SampleBlock.Row>) throws(Refusal) {
        var integers: [Int64] = []
        for row in rows {
            if case .integer(let integer) = row.identifier { integers.append(integer) }
        }
        if rows.allSatisfy({ $0.identifier == nil }) { return }
        guard integers.count == rows.count else {
            throw Self.refusal("an \"id\" is missing or a string")
        }
        add("id", .int64, [rows.count], BufferWriter.bytes(of: integers))
    }
}
