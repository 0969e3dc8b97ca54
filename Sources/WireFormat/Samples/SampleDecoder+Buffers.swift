import Features

extension SampleDecoder {
    /// Decodes the buffers behind a header. Nothing is stored before all sizes are checked.
    mutating func decodeBuffers(
        _ frames: some FrameSource, from first: Int, _ header: BufferHeader,
        _ envelope: inout RequestEnvelope, into block: inout SampleBlock
    ) throws(Refusal) {
        let plan = try plan(for: frames, from: first, header)
        let (buffers, layout) = (plan.buffers, plan.layout)
        if layout.featureCount > 0 { block.columnNames = plan.columnNames }

        envelope.sampleCount = layout.rowCount
        layout.appendRows(to: &block)
        var flaws: [IndexedRefusal] = []
        for (offset, buffer) in buffers.enumerated() {
            let isIgnored = purpose == .predict && (buffer.name == "y" || buffer.name == "w")
            if isIgnored { continue }
            frames.withFrame(first + 1 + offset) { frame in
                BufferReader.read(buffer, frame, plan.classes, layout, into: &block, &flaws)
            }
        }
        requireIdentifiers(envelope, block, &flaws)
        drop(flaws, &envelope, from: &block)
        if envelope.remember {
            for row in block.rows.indices { block.rows[row].isRemembered = true }
        }
    }

    /// What the header says of the buffers, after a check of their frames.
    private mutating func plan(
        for frames: some FrameSource, from first: Int, _ header: BufferHeader
    ) throws(Refusal) -> BufferPlan {
        if let known = lastHeader.plan {
            try check(frames, from: first, known.buffers)
            return known
        }
        let buffers = try header.buffers
        try checkCount(of: frames, from: first, buffers)
        let layout = try BufferLayout(buffers, purpose: purpose)
        guard layout.featureCount <= limits.maxFeatures else {
            throw Refusal(
                .tooManyFeatures,
                "\"x\" has \(layout.featureCount) features, more than \(limits.maxFeatures); send "
                    + "fewer, or raise features.max_features")
        }
        try check(frames, from: first, buffers)
        let columnNames =
            layout.featureCount > 0
            ? try header.columnNames(count: layout.featureCount) : nil
        let classes = try header.classes()
        try layout.check(classes)
        let plan = BufferPlan(
            buffers: buffers, layout: layout, columnNames: columnNames, classes: classes)
        lastHeader.keep(plan)
        return plan
    }

    private func check(
        _ frames: some FrameSource, from first: Int, _ buffers: [BufferDescription]
    ) throws(Refusal) {
        try checkCount(of: frames, from: first, buffers)
        for (offset, buffer) in buffers.enumerated() {
            try frames.withFrame(first + 1 + offset) { (frame) throws(Refusal) in
                try buffer.check(frame)
            }
        }
    }

    private func checkCount(
        of frames: some FrameSource, from first: Int, _ buffers: [BufferDescription]
    ) throws(Refusal) {
        let frameCount = frames.frameCount - first
        guard frameCount == buffers.count + 1 else {
            let names = buffers.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw Refusal(
                .badFrame,
                "the header describes \(buffers.count) buffers (\(names)), \(frameCount - 1) "
                    + "frames follow it; send one for each")
        }
    }

    private func requireIdentifiers(
        _ envelope: RequestEnvelope, _ block: SampleBlock, _ flaws: inout [IndexedRefusal]
    ) {
        let isLateLabel = block.rows.first?.shape == .absent
        for row in block.rows {
            if envelope.remember, row.identifier == nil {
                flaws.append(
                    .init(
                        index: row.index,
                        refusal: Refusal(
                            .missingField,
                            "\"remember\" needs an \"id\" to join the late label; add that buffer"))
                )
            } else if isLateLabel, row.target == .none {
                flaws.append(
                    .init(
                        index: row.index,
                        refusal: Refusal(
                            .missingField, "a late label has no \"y\"; NaN means not labelled")))
            }
        }
    }

    /// Turns rows with flaws into refusals, the first flaw of each.
    private func drop(
        _ flaws: [IndexedRefusal], _ envelope: inout RequestEnvelope, from block: inout SampleBlock
    ) {
        guard !flaws.isEmpty else { return }
        var firstFlaws: [Refusal?] = Array(repeating: nil, count: envelope.sampleCount)
        for flaw in flaws where firstFlaws[flaw.index] == nil {
            firstFlaws[flaw.index] = flaw.refusal
        }
        for row in block.rows {
            guard let refusal = firstFlaws[row.index] else { continue }
            block.refusals.append(IndexedRefusal(index: row.index, refusal: refusal))
            envelope.refusedIdentifiers.append(row.identifier)
        }
        block.rows.removeAll { firstFlaws[$0.index] != nil }
    }
}

/// How the buffers of a message fit together.
struct BufferLayout {
    let rowCount: Int
    /// 0 for late labels, which have no `x`.
    let featureCount: Int
    /// Numbers per row of `y`: 1, or more for several outputs.
    private(set) var outputCount = 1
    private var targetDtype: BufferDtype?

    init(_ buffers: [BufferDescription], purpose: SampleDecoder.Purpose) throws(Refusal) {
        let x = buffers.first { $0.name == "x" }
        let names = buffers.map(\.name)
        if let x {
            switch x.shape.count {
            case 1: (rowCount, featureCount) = (1, x.shape[0])
            case 2: (rowCount, featureCount) = (x.shape[0], x.shape[1])
            default:
                throw Refusal(
                    .shapeMismatch,
                    "\"x\" has shape \(x.shape); send [samples, features] or [features]")
            }
            guard featureCount >= 1 else {
                throw Refusal(
                    .shapeMismatch,
                    "\"x\" has shape \(x.shape), 0 features; send as many as the model has")
            }
        } else {
            guard purpose != .predict, names.contains("y"), names.contains("id") else {
                throw Refusal(
                    .missingField,
                    "the header describes no \"x\"; add it (late labels have \"y\" and \"id\")")
            }
            (rowCount, featureCount) = (buffers[0].shape.first ?? 0, 0)
        }
        guard rowCount >= 1 else {
            throw Refusal(.badValue, "the buffers hold no sample; send at least one")
        }
        for buffer in buffers where buffer.name != "x" { try take(buffer) }
    }

    private mutating func take(_ buffer: BufferDescription) throws(Refusal) {
        let mayHaveOutputs = buffer.name == "y" && buffer.shape.count == 2
        guard buffer.shape.count == 1 || mayHaveOutputs, buffer.shape[0] == rowCount else {
            throw Refusal(
                .shapeMismatch,
                "\"\(buffer.name)\" has shape \(buffer.shape) for \(rowCount) samples; "
                    + "send [\(rowCount)]")
        }
        if buffer.name == "y" {
            targetDtype = buffer.dtype
            if mayHaveOutputs { outputCount = buffer.shape[1] }
            guard outputCount >= 1 else {
                throw Refusal(.badValue, "\"y\" has shape \(buffer.shape): no outputs; send some")
            }
        }
        if buffer.name == "id", !buffer.dtype.isInteger {
            throw Refusal(
                .badDtype,
                "\"id\" has dtype \(buffer.dtype.rawValue); it is one of int32, int64, uint8")
        }
    }

    /// Class names belong to a `y` of one integer per sample.
    func check(_ classes: [Label]?) throws(Refusal) {
        guard classes != nil, let targetDtype else { return }
        guard targetDtype.isInteger else {
            throw Refusal(
                .badDtype,
                "\"classes\" comes with a \"y\" of \(targetDtype.rawValue); it needs int32, int64 "
                    + "or uint8")
        }
        guard outputCount == 1 else {
            throw Refusal(
                .shapeMismatch,
                "\"classes\" comes with a \"y\" of \(outputCount) outputs; it needs [\(rowCount)]")
        }
    }

    func appendRows(to block: inout SampleBlock) {
        block.rows.reserveCapacity(rowCount)
        let start = block.values.count
        for row in 0..<rowCount {
            let shape: SampleBlock.Shape =
                featureCount == 0
                ? .absent
                : .positional(start: start + row * featureCount, count: featureCount)
            block.rows.append(.init(shape: shape, index: row))
        }
    }
}
