import Features

#if _endian(big)
    #error("buffers are little-endian, and are read as they lie")
#endif

/// Reads the elements of raw buffers whose sizes were checked, in whatever alignment they come.
enum BufferReader {
    /// Takes one buffer into the rows of a block; rows that hold what cannot be are flawed.
    static func read(
        _ buffer: BufferDescription, _ frame: RawSpan, _ classes: [Label]?, _ layout: BufferLayout,
        into block: inout SampleBlock, _ flaws: inout [IndexedRefusal]
    ) {
        switch buffer.name {
        case "x": readFeatures(buffer, frame, layout, into: &block, &flaws)
        case "y": readTargets(buffer, frame, classes, layout, into: &block, &flaws)
        case "w":
            forEachDouble(frame, buffer.dtype) { row, weight in
                if let flaw = SampleDecoder.flaw(inWeight: weight) {
                    flaws.append(IndexedRefusal(index: row, refusal: flaw))
                } else {
                    block.rows[row].weight = Float(weight)
                }
            }
        case "t":
            forEachDouble(frame, buffer.dtype) { row, time in
                block.rows[row].time = time
                if !time.isFinite { flaws.append(notFinite("t", time, row)) }
            }
        default:
            forEachInteger(frame, buffer.dtype) { row, identifier in
                block.rows[row].identifier = .integer(identifier)
            }
        }
    }

    private static func readFeatures(
        _ buffer: BufferDescription, _ frame: RawSpan, _ layout: BufferLayout,
        into block: inout SampleBlock, _ flaws: inout [IndexedRefusal]
    ) {
        let count = layout.rowCount * layout.featureCount
        let start = block.values.count
        let isFinite: Bool
        switch buffer.dtype {
        case .float32:
            isFinite = append(frame, Float.self, count, to: &block.values) {
                (Double($0), $0.bitPattern & 0x7F80_0000 == 0x7F80_0000)
            }
        case .float64:
            isFinite = append(frame, Double.self, count, to: &block.values) {
                ($0, $0.bitPattern & 0x7FF0_0000_0000_0000 == 0x7FF0_0000_0000_0000)
            }
        case .int32:
            isFinite = append(frame, Int32.self, count, to: &block.values) { (Double($0), false) }
        case .int64:
            isFinite = append(frame, Int64.self, count, to: &block.values) { (Double($0), false) }
        case .uint8:
            isFinite = append(frame, UInt8.self, count, to: &block.values) { (Double($0), false) }
        case .bool:
            isFinite = append(frame, UInt8.self, count, to: &block.values) {
                ($0 == 0 ? 0 : 1, false)
            }
        }
        if isFinite { return }
        for row in 0..<layout.rowCount {
            let rowStart = start + row * layout.featureCount
            let values = block.values[rowStart..<rowStart + layout.featureCount]
            // NaN is a missing value; infinity is none.
            guard let column = values.firstIndex(where: \.isInfinite) else { continue }
            flaws.append(notFinite("x[\(column - rowStart)]", block.values[column], row))
        }
    }

    /// Appends converted elements.
    ///
    /// - Returns: Whether all are finite.
    @inline(__always)
    private static func append<Element: BitwiseCopyable>(
        _ frame: RawSpan, _ type: Element.Type, _ count: Int, to values: inout [Double],
        _ convert: (Element) -> (value: Double, isNotFinite: Bool)
    ) -> Bool {
        precondition(frame.byteCount == count * MemoryLayout<Element>.size)
        var hasNotFinite = false
        unsafe frame.withUnsafeBytes { source in
            values.append(addingCapacity: count) { output in
                // The output has room for `count`, and the source was found to have as many.
                unsafe output.withUnsafeMutableBufferPointer { target, initializedCount in
                    for index in 0..<count {
                        let element = unsafe source.loadUnaligned(
                            fromByteOffset: index &* MemoryLayout<Element>.size, as: type)
                        let (value, isNotFinite) = convert(element)
                        unsafe (target.baseAddress! + index).initialize(to: value)
                        hasNotFinite = hasNotFinite || isNotFinite
                    }
                    initializedCount = count
                }
            }
        }
        return !hasNotFinite
    }

    private static func readTargets(
        _ buffer: BufferDescription, _ frame: RawSpan, _ classes: [Label]?, _ layout: BufferLayout,
        into block: inout SampleBlock, _ flaws: inout [IndexedRefusal]
    ) {
        if layout.outputCount > 1 {
            readOutputs(buffer, frame, layout.outputCount, into: &block, &flaws)
            return
        }
        switch buffer.dtype {
        case .float32, .float64:
            forEachDouble(frame, buffer.dtype) { row, target in
                if target.isFinite {
                    block.rows[row].target = .number(target)
                } else if target.isInfinite {
                    flaws.append(notFinite("y", target, row))
                }
            }
        case .bool:
            forEachInteger(frame, .bool) { row, target in
                block.rows[row].target = .label(.boolean(target != 0))
            }
        case .int32, .int64, .uint8:
            forEachInteger(frame, buffer.dtype) { row, target in
                guard let classes else {
                    block.rows[row].target = .label(.integer(target))
                    return
                }
                guard let index = Int(exactly: target), classes.indices.contains(index) else {
                    let refusal = Refusal(
                        .unknownClass,
                        "\"y\" is \(target), no index into the \(classes.count) \"classes\"; "
                            + "count them from 0")
                    flaws.append(IndexedRefusal(index: row, refusal: refusal))
                    return
                }
                block.rows[row].target = .label(classes[index])
            }
        }
    }

    /// Several outputs: all NaN is not labelled, some of them NaN is no target.
    private static func readOutputs(
        _ buffer: BufferDescription, _ frame: RawSpan, _ outputCount: Int,
        into block: inout SampleBlock, _ flaws: inout [IndexedRefusal]
    ) {
        var targets: [Double] = []
        targets.reserveCapacity(outputCount)
        forEachDouble(frame, buffer.dtype) { index, target in
            targets.append(target)
            guard targets.count == outputCount else { return }
            let row = index / outputCount
            if targets.allSatisfy(\.isFinite) {
                block.rows[row].target = .vector(targets)
            } else if !targets.allSatisfy(\.isNaN) {
                let output = targets.firstIndex { !$0.isFinite } ?? 0
                flaws.append(notFinite("y[\(output)]", targets[output], row))
            }
            targets.removeAll(keepingCapacity: true)
        }
    }

    private static func notFinite(_ name: String, _ value: Double, _ row: Int) -> IndexedRefusal {
        IndexedRefusal(
            index: row,
            refusal: Refusal(
                .notFinite, "\(name) is \(value); drop the sample or send a finite number"))
    }
}

// MARK: - Elements

extension BufferReader {
    @inline(__always)
    private static func forEachDouble(
        _ frame: RawSpan, _ dtype: BufferDtype, _ body: (Int, Double) -> Void
    ) {
        switch dtype {
        case .float32: forEach(frame, Float.self) { body($0, Double($1)) }
        case .float64: forEach(frame, Double.self) { body($0, $1) }
        case .int32, .int64, .uint8, .bool:
            forEachInteger(frame, dtype) { body($0, Double($1)) }
        }
    }

    @inline(__always)
    private static func forEachInteger(
        _ frame: RawSpan, _ dtype: BufferDtype, _ body: (Int, Int64) -> Void
    ) {
        switch dtype {
        case .int32: forEach(frame, Int32.self) { body($0, Int64($1)) }
        case .int64: forEach(frame, Int64.self) { body($0, $1) }
        case .uint8: forEach(frame, UInt8.self) { body($0, Int64($1)) }
        case .bool: forEach(frame, UInt8.self) { body($0, $1 == 0 ? 0 : 1) }
        case .float32, .float64: preconditionFailure("floats are no integers")
        }
    }

    @inline(__always)
    private static func forEach<Element: BitwiseCopyable>(
        _ frame: RawSpan, _ type: Element.Type, _ body: (Int, Element) -> Void
    ) {
        let size = MemoryLayout<Element>.size
        for index in 0..<frame.byteCount / size {
            // The span checks the offset; numbers and bytes are valid whatever their bits are.
            body(index, unsafe frame.unsafeLoadUnaligned(fromByteOffset: index * size, as: type))
        }
    }
}
