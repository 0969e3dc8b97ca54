import Features

extension JSONScanner {
    /// Appends the elements of an open array and passes its end.
    ///
    /// - Returns: false at an element that is no number, where the scanner then stands.
    mutating func scanNumbers(into values: inout [Double]) throws(Refusal) -> Bool {
        repeat {
            while scanPlainNumbers(into: &values) {}
            skipWhitespace()
            guard isAtNumber else { return false }
            values.append(try scanDouble())
        } while try continueArray()
        return true
    }

    /// Appends up to 64 plain numbers, each with the comma behind it, and stands on what follows.
    ///
    /// All that is not plain is left to the general way: exponents, long numbers, other white space
    /// than a space after a comma, the last number, and whatever is wrong.
    ///
    /// - Returns: Whether there may be more of them.
    private mutating func scanPlainNumbers(into values: inout [Double]) -> Bool {
        // Locals, because the optimiser would otherwise store the position after each byte.
        let bytes = unsafe bytes
        let limit = end - PlainNumber.longest
        guard position <= limit else { return false }
        var next = position
        var isFull = false
        values.append(addingCapacity: 64) { output in
            while next <= limit, !output.isFull {
                // Every read lies within `longest` bytes from `next`.
                guard let number = unsafe PlainNumber(bytes, at: next) else { break }
                let comma = next + number.count
                guard unsafe bytes[comma] == UInt8(ascii: ",") else { break }
                output.append(number.value)
                next = unsafe bytes[comma + 1] == UInt8(ascii: " ") ? comma + 2 : comma + 1
            }
            isFull = output.isFull
        }
        position = next
        return isFull
    }
}

/// A number of at most 7 digits, and a fraction of at most 18, without exponent.
private struct PlainNumber {
    /// Sign, digits and point of the longest, the rest of the last word read, comma and space.
    static let longest = 40

    let value: Double
    /// Bytes that it takes.
    let count: Int

    /// Reads what begins at an offset, with at least ``longest`` bytes before the end.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        let isNegative = unsafe bytes[start] == UInt8(ascii: "-")
        var next = start + (isNegative ? 1 : 0)
        let (whole, wholeCount) = Digits.leading(in: unsafe Self.word(bytes, next))
        guard wholeCount > 0, wholeCount < 8 else { return nil }
        if wholeCount > 1, unsafe bytes[next] == UInt8(ascii: "0") { return nil }
        next += wholeCount
        var magnitude = Double(whole)
        if unsafe bytes[next] == UInt8(ascii: ".") {
            next += 1
            var (mantissa, places) = Digits.leading(in: unsafe Self.word(bytes, next))
            guard places > 0 else { return nil }
            mantissa &+= whole &* Digits.power(places)
            next += places
            var last = places
            while last == 8, places < 18 {
                let (value, count) = Digits.leading(in: unsafe Self.word(bytes, next))
                mantissa = mantissa &* Digits.power(count) &+ value
                places += count
                next += count
                last = count
            }
            // Nineteen digits fit the mantissa.
            guard wholeCount + places <= 19,
                let rounded = DecimalRounding.nearest(mantissa, exponent: -places)
            else { return nil }
            magnitude = rounded
        }
        let sign: UInt64 = isNegative ? 1 << 63 : 0
        value = Double(bitPattern: magnitude.bitPattern | sign)
        count = next - start
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
