import Features
import WireFormat

/// One JSON object a line: samples as the wire protocol has them (`{"x":…,"y":…}`), or flat objects
/// whose members are the features and the target. The first line tells which.
struct JSONLinesParser: RowParser {
    private enum Form { case samples, flat }

    private let form: Form
    private let target: String?
    private let task: Task?
    private var decoder = SampleDecoder(purpose: .samples)
    private var decoded = SampleBlock()

    var columnNames: [String]? { nil }

    init(
        from input: inout TextInput, target: String?, task: Task?
    ) throws(DatasetError) {
        self.target = target
        self.task = task
        form = try Self.form(of: &input, target: target)
    }

    mutating func readRow(
        from input: inout TextInput, into block: inout SampleBlock, index: Int, waits: Bool,
        errors: inout [RowError]
    ) throws(DatasetError) -> Bool {
        while true {
            let line = input.line
            guard let range = try input.nextLine(waits: waits) else { return false }
            let content = CellText.trimmed(input.bytes.span, range)
            if content.isEmpty { continue }
            let end = BlockEnd(block)
            do throws(RowProblem) {
                let line = Array(input.bytes[content])
                switch form {
                case .samples: try appendSample(line, to: &block, index: index)
                case .flat: try appendFlat(line, to: &block, index: index)
                }
            } catch {
                end.restore(&block)
                errors.append(RowError(line: line, message: error.message))
            }
            return true
        }
    }

    /// Looks at the first line that is not blank, and leaves the input where it was.
    private static func form(
        of input: inout TextInput, target: String?
    ) throws(DatasetError) -> Form {
        guard let range = try input.peekLine() else { return .flat }
        let value: JSONValue
        do throws(Refusal) {
            value = try JSONValue(parsing: Array(input.bytes[range]))
        } catch {
            throw DatasetError("\(input.name): the first line is not JSON: \(error.message)")
        }
        guard let object = value.object else {
            throw DatasetError(
                "\(input.name): the first line is \(value.kindName); write an object on each line")
        }
        switch object["x"] {
        case .array, .object: return .samples
        default: break
        }
        if let target, object[target] == nil {
            let keys = CellText.listing(object.members.map(\.key))
            throw DatasetError(
                "\(input.name): the first line has no key \(CellText.excerpt(target)); its keys "
                    + "are \(keys)")
        }
        return .flat
    }

    private mutating func appendSample(
        _ line: [UInt8], to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        do throws(Refusal) {
            let envelope = try decoder.decode([line], into: &decoded)
            guard envelope.form == .object else {
                throw Refusal(.wrongType, "the line is an array; write one object on each line")
            }
            if let refused = decoded.refusals.first { throw refused.refusal }
        } catch {
            throw RowProblem(error.message)
        }
        guard var row = decoded.rows.first else { return }
        switch row.shape {
        case .absent: break
        case .positional(_, let count):
            row.shape = .positional(start: block.values.count, count: count)
        case .named(_, let count):
            row.shape = .named(start: block.names.count, count: count)
        case .sparse(_, _, let count, let size):
            row.shape = .sparse(
                start: block.indices.count, valueStart: block.values.count, count: count,
                size: size)
        }
        block.values.append(contentsOf: decoded.values)
        block.indices.append(contentsOf: decoded.indices)
        block.names.append(contentsOf: decoded.names)
        block.namedValues.append(contentsOf: decoded.namedValues)
        row.index = index
        block.rows.append(row)
    }

    private func appendFlat(
        _ line: [UInt8], to block: inout SampleBlock, index: Int
    ) throws(RowProblem) {
        let value: JSONValue
        do throws(Refusal) {
            value = try JSONValue(parsing: line)
        } catch {
            throw RowProblem(error.message)
        }
        guard let object = value.object else {
            throw RowProblem("is \(value.kindName); write an object on each line")
        }
        let start = block.names.count
        var row = SampleBlock.Row(shape: .absent, index: index)
        for member in object.members {
            if member.key == target {
                row.target = try targetValue(member.value)
                continue
            }
            block.names.append(member.key)
            block.namedValues.append(try feature(member))
        }
        row.shape = .named(start: start, count: block.names.count - start)
        block.rows.append(row)
    }

    private func feature(_ member: JSONObject.Member) throws(RowProblem) -> FeatureValue {
        switch member.value {
        case .null: return .missing
        case .boolean(let boolean): return .boolean(boolean)
        case .integer(let integer): return .number(Double(integer))
        case .number(let number): return .number(number)
        case .string(let text): return .category(text)
        case .array, .object:
            throw RowProblem(
                "\(CellText.excerpt(member.key)) is \(member.value.kindName); "
                    + "write a number, a string, a boolean or null")
        }
    }

    private func targetValue(_ value: JSONValue) throws(RowProblem) -> Target {
        switch value {
        case .null: return .none
        case .boolean(let boolean) where task != .regression: return .label(.boolean(boolean))
        case .string(let text) where task != .regression: return .label(.text(text))
        case .integer(let integer):
            return task == .regression ? .number(Double(integer)) : .label(.integer(integer))
        case .number(let number): return .number(number)
        case .array(let elements):
            var numbers: [Double] = []
            for element in elements {
                guard let number = element.double else {
                    throw RowProblem("the target holds \(element.kindName); write numbers")
                }
                numbers.append(number)
            }
            guard !numbers.isEmpty else { throw RowProblem("the target is empty; write numbers") }
            return .vector(numbers)
        case .boolean, .string, .object:
            throw RowProblem("the target is \(value.kindName); write a label or a number")
        }
    }
}
