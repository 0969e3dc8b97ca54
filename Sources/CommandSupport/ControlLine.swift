import Features
import WireFormat

/// A control request as words of a command line: an operation, then `ARG=VALUE`.
public enum ControlLine {
    /// A word that is no `ARG=VALUE`.
    public struct WordError: Error, Equatable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Arguments that are always lists, also with one element or none.
    private static let lists = ["hidden"]

    /// The request as the wire has it.
    ///
    /// A value that is JSON is taken as it is, `32,16` as a list, anything else as a string.
    public static func request(
        _ operation: String, _ arguments: [String]
    ) throws(WordError) -> [UInt8] {
        var object = JSONObject([.init("op", .string(operation))])
        for word in arguments {
            guard let separator = word.firstIndex(of: "="), separator > word.startIndex else {
                throw WordError(
                    description: "\"\(word.printable)\" is no argument; write NAME=VALUE")
            }
            let name = String(word[..<separator])
            guard name != "op", object[name] == nil else {
                throw WordError(description: "\"\(name.printable)\" is given twice; drop one")
            }
            object[name] = value(String(word[word.index(after: separator)...]), of: name)
        }
        return JSONValue.object(object).encoded
    }

    private static func value(_ text: String, of name: String) -> JSONValue {
        if let value = json(text) {
            switch value {
            case .integer, .number: return lists.contains(name) ? .array([value]) : value
            default: return value
            }
        }
        if lists.contains(name) || text.contains(",") {
            let parts = text.split(separator: ",").map { json(String($0)) }
            let numbers = parts.compactMap { part in part.flatMap { $0.double == nil ? nil : $0 } }
            if numbers.count == parts.count { return .array(numbers) }
        }
        return .string(text)
    }

    private static func json(_ text: String) -> JSONValue? {
        do throws(Refusal) {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            return nil
        }
    }
}
