import Features

/// Turns samples into messages, for clients. What it writes, ``SampleDecoder`` reads.
public struct SampleEncoder: Sendable {
    public let form: RequestEnvelope.Form
    /// The numbers of `x` in buffers: `float64`, exact, or `float32`, half as long.
    public let precision: BufferDtype
    /// The form of samples that buffers cannot hold; `nil` refuses them.
    public let fallback: RequestEnvelope.Form?

    /// - Parameters:
    ///   - precision: `float64` or `float32`; traps otherwise.
    ///   - fallback: `array` or `lines`, with the form `buffers`; traps otherwise.
    public init(
        form: RequestEnvelope.Form = .array, precision: BufferDtype = .float64,
        fallback: RequestEnvelope.Form? = nil
    ) {
        precondition(precision == .float64 || precision == .float32, "x is a buffer of floats")
        precondition(
            fallback == nil || form == .buffers && (fallback == .array || fallback == .lines),
            "only buffers fall back, to a form for several samples")
        self.form = form
        self.precision = precision
        self.fallback = fallback
    }

    /// The frames of one message.
    ///
    /// - Parameters:
    ///   - block: Where the samples lie.
    ///   - rows: Which of its rows; all when nil. At least one, and exactly one for the form
    ///     `object`; traps otherwise.
    ///   - request: `producer`, `sequence`, `identifier`, `remember` and `consistent` are written
    ///     where they are set; for an array or lines into a header frame. The form `object` has one
    ///     `id`, the row's; the request's is written where the row has none.
    /// - Throws: `unsupported` when buffers cannot hold the samples and there is no fallback.
    public func encode(
        _ block: SampleBlock, rows: Range<Int>? = nil, request: RequestEnvelope = RequestEnvelope()
    ) throws(Refusal) -> [[UInt8]] {
        let rows = rows ?? block.rows.indices
        precondition(!rows.isEmpty, "a message holds at least one sample")
        var writer = JSONWriter()
        switch form {
        case .object:
            precondition(rows.count == 1, "an object is one sample")
            var row = block.rows[rows.lowerBound]
            row.identifier = row.identifier ?? request.identifier
            write(row, of: block, request, to: &writer)
            return [writer.bytes]
        case .array:
            writer.beginArray()
            for row in rows { write(block.rows[row], of: block, nil, to: &writer) }
            writer.endArray()
        case .lines:
            for row in rows {
                write(block.rows[row], of: block, nil, to: &writer)
                writer.endLine()
            }
        case .buffers:
            do throws(Refusal) {
                return try BufferMessage(block, rows, precision).frames(request)
            } catch {
                guard let fallback else { throw error }
                return try SampleEncoder(form: fallback)
                    .encode(block, rows: rows, request: request)
            }
        }
        var header = JSONWriter()
        header.beginObject()
        if let identifier = request.identifier {
            header.key("id")
            header.write(identifier)
        }
        request.writeOptions(to: &header)
        header.endObject()
        return header.bytes.count > 2 ? [header.bytes, writer.bytes] : [writer.bytes]
    }

    /// `{"op":"hello",…}`, which asks where a producer goes on.
    public static func hello(producer: String, lastAcknowledged: Int64?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("op")
        writer.write("hello")
        writer.key("producer")
        writer.write(producer)
        if let lastAcknowledged {
            writer.key("last_acked")
            writer.write(lastAcknowledged)
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(
        _ row: SampleBlock.Row, of block: SampleBlock, _ request: RequestEnvelope?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        if let identifier = row.identifier {
            writer.key("id")
            writer.write(identifier)
        }
        write(row.shape, of: block, to: &writer)
        if row.target != .none {
            writer.key("y")
            write(row.target, to: &writer)
        }
        if row.weight != 1 {
            writer.key("w")
            writer.write(row.weight)
        }
        if let time = row.time {
            writer.key("t")
            writer.write(time)
        }
        request?.writeOptions(to: &writer)
        writer.endObject()
    }

    private func write(
        _ shape: SampleBlock.Shape, of block: SampleBlock, to writer: inout JSONWriter
    ) {
        switch shape {
        case .absent: break
        case .positional(let start, let count):
            writer.key("x")
            let values = block.values[start..<start + count]
            if let names = block.columnNames, names.count == count {
                writer.beginObject()
                for (name, value) in zip(names, values) {
                    writer.key(name)
                    writer.write(value)
                }
                writer.endObject()
            } else {
                Array(values).write(to: &writer)
            }
        case .named(let start, let count):
            writer.key("x")
            writer.beginObject()
            for index in start..<start + count {
                writer.key(block.names[index])
                write(block.namedValues[index], to: &writer)
            }
            writer.endObject()
        case .sparse(let start, let valueStart, let count, let size):
            writer.key("x")
            writer.beginObject()
            writer.key("indices")
            block.indices[start..<start + count].map(Int.init).write(to: &writer)
            writer.key("values")
            Array(block.values[valueStart..<valueStart + count]).write(to: &writer)
            writer.key("size")
            writer.write(size)
            writer.endObject()
        }
    }

    private func write(_ value: FeatureValue, to writer: inout JSONWriter) {
        switch value {
        case .number(let number): writer.write(number)
        case .category(let text): writer.write(text)
        case .boolean(let boolean): writer.write(boolean)
        case .missing: writer.writeNull()
        }
    }

    private func write(_ target: Target, to writer: inout JSONWriter) {
        switch target {
        case .none: writer.writeNull()
        case .label(let label): writer.write(label)
        case .number(let number): writer.write(number)
        case .vector(let numbers): numbers.write(to: &writer)
        }
    }
}

extension RequestEnvelope {
    /// Writes what is set of `producer`, `seq`, `remember` and `consistent`.
    func writeOptions(to writer: inout JSONWriter) {
        if let producer {
            writer.key("producer")
            writer.write(producer)
        }
        if let sequence {
            writer.key("seq")
            writer.write(sequence)
        }
        if remember {
            writer.key("remember")
            writer.write(true)
        }
        if consistent {
            writer.key("consistent")
            writer.write(true)
        }
    }
}
