import CZeroMQ

/// A public or secret key of CURVE: 32 bytes, written as 40 characters of Z85.
public struct CurveKey: Equatable, Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// Takes 32 bytes; `nil` for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 40 characters of Z85; `nil` for anything else.
    public init?(z85 text: String) {
        guard let bytes = Z85.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 40 characters of Z85.
    public var z85: String { Z85.encode(bytes) }
}

/// The two keys of one side. Printing it shows the public key only.
public struct CurveKeyPair: Equatable, Sendable {
    public let publicKey: CurveKey
    public let secretKey: CurveKey

    /// Draws a new pair from the system's random source.
    ///
    /// - Throws: ``ZeroMQError`` when the library was built without CURVE.
    public static func generate() throws(ZeroMQError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else { throw .last(.curve) }
        return CurveKeyPair(publicKey: key(publicText), secretKey: key(secretText))
    }

    /// Derives the public key that belongs to a secret one.
    ///
    /// - Throws: ``ZeroMQError`` when the library was built without CURVE.
    public init(secretKey: CurveKey) throws(ZeroMQError) {
        var publicText = [CChar](repeating: 0, count: 41)
        guard unsafe zmq_curve_public(&publicText, secretKey.z85) == 0 else {
            throw .last(.curve)
        }
        self.init(publicKey: Self.key(publicText), secretKey: secretKey)
    }

    private init(publicKey: CurveKey, secretKey: CurveKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    private static func key(_ text: [CChar]) -> CurveKey {
        let z85 = String(decoding: text.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let key = CurveKey(z85: z85) else {
            preconditionFailure("the library wrote a key that is not 40 characters of Z85")
        }
        return key
    }
}

extension CurveKeyPair: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "public key \(publicKey.z85)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey.z85]) }
}

/// Bytes as printable text, five characters for four bytes.
///
/// - Source: ZeroMQ RFC 32/Z85.
public enum Z85 {
    /// Traps unless the count is a multiple of 4.
    public static func encode(_ bytes: [UInt8]) -> String {
        precondition(bytes.count % 4 == 0, "Z85 takes multiples of 4 bytes, not \(bytes.count)")
        var text = [UInt8]()
        text.reserveCapacity(bytes.count / 4 * 5)
        for start in stride(from: 0, to: bytes.count, by: 4) {
            var word = bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            var digits = [UInt8](repeating: 0, count: 5)
            for place in digits.indices.reversed() {
                digits[place] = alphabet[Int(word % 85)]
                word /= 85
            }
            text += digits
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` for a length that is not a multiple of 5, a character outside the alphabet, or five
    /// characters beyond 2³² − 1.
    public static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 5 == 0 else { return nil }
        var bytes = [UInt8]()
        bytes.reserveCapacity(characters.count / 5 * 4)
        for start in stride(from: 0, to: characters.count, by: 5) {
            var word: UInt64 = 0
            for character in characters[start..<start + 5] {
                guard let digit = alphabet.firstIndex(of: character) else { return nil }
                word = word * 85 + UInt64(digit)
            }
            guard let word = UInt32(exactly: word) else { return nil }
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        return bytes
    }

    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8
    )
}
