import Features

/// Appends JSON to bytes; commas and colons come by themselves.
///
/// The caller keeps the order: a key before each value inside an object, no key inside an array.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    /// Forgets what was written and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Ends one object of newline-delimited JSON.
    public mutating func endLine() {
        bytes.append(0x0A)
        needsComma = false
    }

    public mutating func key(_ key: String) {
        separate()
        appendQuoted(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func write(_ text: String) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    public mutating func write(_ boolean: Bool) { appendToken(boolean ? "true" : "false") }

    public mutating func write(_ integer: some FixedWidthInteger) {
        appendToken(integer.description)
    }

    /// The shortest text that reads back as the same number; `null` when it is not finite.
    public mutating func write(_ number: Double) {
        appendToken(number.isFinite ? number.description : "null")
    }

    /// The shortest text that reads back as the same number; `null` when it is not finite.
    public mutating func write(_ number: Float) {
        appendToken(number.isFinite ? number.description : "null")
    }

    /// Writes a value that is JSON already; it is not checked.
    public mutating func writeEncoded(_ json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    public mutating func writeNull() { appendToken("null") }

    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: writeNull()
        case .boolean(let boolean): write(boolean)
        case .integer(let integer): write(integer)
        case .number(let number): write(number)
        case .string(let text): write(text)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                write(member.value)
            }
            endObject()
        }
    }

    public mutating func write(_ label: Label) {
        switch label {
        case .text(let text): write(text)
        case .integer(let integer): write(integer)
        case .boolean(let boolean): write(boolean)
        }
    }

    public mutating func write(_ identifier: SampleIdentifier) {
        switch identifier {
        case .text(let text): write(text)
        case .integer(let integer): write(integer)
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func appendToken(_ token: String) {
        separate()
        bytes.append(contentsOf: token.utf8)
        needsComma = true
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x00..<0x20: appendEscape(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(_ byte: UInt8) {
        switch byte {
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        default:
            bytes.append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}

extension JSONValue {
    /// The value as one line of JSON.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}
