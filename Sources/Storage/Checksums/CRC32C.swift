/// The Castagnoli checksum, as in iSCSI, ext4 and RocksDB.
///
/// Eight table look-ups per eight bytes. Source: Kounavis and Berry, "A Systematic Approach to
/// Building High Performance Software-Based CRC Generators", 2005 ("slicing by 8").
package enum CRC32C {
    /// The checksum of the parts as if they were one.
    package static func checksum(_ parts: [UInt8]...) -> UInt32 {
        var register: UInt32 = .max
        for part in parts { register = update(register, part) }
        return ~register
    }

    private static func update(_ register: UInt32, _ bytes: [UInt8]) -> UInt32 {
        let tables = Self.tables.span
        var register = register
        // Why unsafe: eight bounds checks for eight bytes would double the time.
        // Why sound: each load ends at or before `blockedCount <= count`, and a table index is
        // below 8 · 256.
        unsafe bytes.withUnsafeBytes { buffer in
            let blockedCount = buffer.count & ~7
            for start in stride(from: 0, to: blockedCount, by: 8) {
                let word = UInt64(
                    littleEndian: unsafe buffer.loadUnaligned(
                        fromByteOffset: start, as: UInt64.self))
                let mixed = word ^ UInt64(register)
                register = 0
                for lane in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * lane)) & 0xff
                    register ^= unsafe tables[unchecked: (7 - lane) * 256 + byte]
                }
            }
            for index in blockedCount..<buffer.count {
                let byte = Int((register ^ UInt32(unsafe buffer[index])) & 0xff)
                register = tables[byte] ^ (register >> 8)
            }
        }
        return register
    }

    /// `[8, 256]`: entry `[k, b]` is the checksum register after byte `b` and `k` zero bytes.
    private static let tables: [UInt32] = {
        let polynomial: UInt32 = 0x82f6_3b78
        var tables = (0..<UInt32(256)).map { byte in
            (0..<8).reduce(byte) { value, _ in
                value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
            }
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xff)] ^ (before >> 8))
        }
        return tables
    }()
}
