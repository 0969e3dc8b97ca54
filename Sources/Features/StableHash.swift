/// FNV-1a over 64 bits: the same text gives the same bucket in every process and for ever.
///
/// - Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm",
///   draft-eastlake-fnv, section 2.
struct StableHash {
    private(set) var bits: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ byte: UInt8) {
        bits = (bits ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
    }

    /// A bucket in `0..<count`. The high half is folded in, because the low bits of FNV-1a mix
    /// slowly when texts differ in the last byte only.
    func bucket(of count: Int) -> Int { Int((bits ^ (bits >> 32)) % UInt64(count)) }
}
