import CSodium

/// A SHA-256 digest.
public struct Digest: Equatable, Sendable {
    /// Bytes of every digest.
    public static let byteCount = 32
    /// `[byteCount]`.
    public let bytes: [UInt8]

    /// Takes a digest that was computed before; nil for any count but ``byteCount``.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The digest of the parts as if they were one.
    public init(of parts: [UInt8]...) {
        var state = crypto_hash_sha256_state()
        _ = unsafe crypto_hash_sha256_init(&state)
        for part in parts {
            _ = unsafe crypto_hash_sha256_update(&state, part, UInt64(part.count))
        }
        var result = [UInt8](repeating: 0, count: Self.byteCount)
        _ = unsafe crypto_hash_sha256_final(&state, &result)
        bytes = result
    }

    /// What the chain of an empty journal begins with.
    static let zero = Digest(zeros: ())

    private init(zeros: Void) { bytes = [UInt8](repeating: 0, count: Self.byteCount) }
}

extension Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits, as `sha256sum` prints.
    public var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
