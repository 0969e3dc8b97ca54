/// Reads the JSON of a safetensors header: objects, strings, and lists of integers.
///
/// Nothing else occurs in one, so nothing can nest deeper than its reader calls.
struct HeaderScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    func failure(_ reason: String) -> SafeTensorsError {
        .header(reason: reason, offset: position)
    }

    /// Reads an object and hands each key to `value`, which reads what belongs to it.
    mutating func object(
        _ value: (inout HeaderScanner, String) throws(SafeTensorsError) -> Void
    ) throws(SafeTensorsError) {
        try expect("{")
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            try expect(":")
            skipSpace()
            try value(&self, key)
            skipSpace()
        } while take(",")
        try expect("}")
    }

    /// Reads a list of integers from 0 on.
    mutating func integers() throws(SafeTensorsError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        skipSpace()
        if take("]") { return values }
        repeat {
            skipSpace()
            values.append(try integer())
            skipSpace()
        } while take(",")
        try expect("]")
        return values
    }

    mutating func string() throws(SafeTensorsError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw failure("a string is not UTF-8")
                }
                return valid
            case UInt8(ascii: "\\"):
                text += try escape()
            case ..<0x20:
                throw failure("a string holds a control character")
            default:
                text.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    /// Checks that nothing but padding follows.
    mutating func finish() throws(SafeTensorsError) {
        skipSpace()
        guard position == bytes.endIndex else { throw failure("more follows the object") }
    }

    private mutating func escape() throws(SafeTensorsError) -> [UInt8] {
        switch next() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            var units = [unit]
            // A high surrogate is nothing without the low one.
            if 0xd800...0xdbff ~= unit, take("\\"), take("u") { units.append(try codeUnit()) }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw failure("a surrogate stands alone")
            }
            return Array(text.utf8)
        default: throw failure("an escape is none of JSON's")
        }
    }

    private mutating func codeUnit() throws(SafeTensorsError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next(),
                let digit = Character(UnicodeScalar(byte)).hexDigitValue
            else { throw failure("an escape has no four hexadecimal digits") }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private mutating func integer() throws(SafeTensorsError) -> Int {
        let start = position
        while position < bytes.endIndex, 0x30...0x39 ~= bytes[position] { position += 1 }
        let digits = bytes[start..<position]
        guard let value = Int(String(decoding: digits, as: UTF8.self)),
            digits.count == 1 || digits.first != 0x30
        else {
            position = start
            throw failure("an integer from 0 to \(Int.max) should stand here")
        }
        return value
    }

    private mutating func next() -> UInt8? {
        guard position < bytes.endIndex else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func take(_ character: UnicodeScalar) -> Bool {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func expect(_ character: UnicodeScalar) throws(SafeTensorsError) {
        guard take(character) else { throw failure("'\(character)' should stand here") }
    }

    private mutating func skipSpace() {
        while position < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
            position += 1
        }
    }
}
