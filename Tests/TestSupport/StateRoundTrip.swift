import StateCoding

/// The canonical bytes of a value's state.
public func stateBytes<Value: StateCodable>(of value: Value) -> [UInt8] {
    var writer = StateWriter()
    value.encode(to: &writer)
    return writer.bytes
}

/// Reads a value back from all of its bytes.
///
/// - Throws: ``StateError`` if the bytes do not hold the value, or hold more than it.
public func value<Value: StateCodable>(
    _ type: Value.Type = Value.self, fromState bytes: [UInt8]
) throws(StateError) -> Value {
    var reader = StateReader(bytes: bytes)
    let value = try Value(from: &reader)
    guard reader.remainingCount == 0 else {
        throw .invalid(what: "end of the state", offset: reader.offset)
    }
    return value
}
