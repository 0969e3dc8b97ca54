import Features

/// The arguments of a control request, taken out one by one and checked.
struct ControlArguments {
    let operation: String
    private let object: JSONObject

    init(_ operation: String, _ object: JSONObject) {
        self.operation = operation
        self.object = object
    }

    /// Null is the same as leaving an argument out.
    private subscript(key: String) -> JSONValue? {
        let value = object[key]
        return value == .null ? nil : value
    }

    func has(_ key: String) -> Bool { self[key] != nil }

    func missing(_ key: String) -> Refusal {
        Refusal(.missingField, "op \"\(operation)\" has no \"\(key)\"; add it")
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
        guard let value = try optionalInteger(key, in: range) else { throw missing(key) }
        return value
    }

    func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let value = self[key] else { return nil }
        guard case .integer(let integer) = value else {
            throw wrongType(key, value, "an integer")
        }
        guard let number = Int(exactly: integer), range.contains(number) else {
            let limit =
                range.upperBound == .max
                ? "at least \(range.lowerBound)"
                : "from \(range.lowerBound) to \(range.upperBound)"
            throw outOfRange(key, "\(integer)", limit)
        }
        return number
    }

    /// A finite number for which `rule` holds; `limit` says the rule in words.
    func optionalNumber(
        _ key: String, _ limit: String, _ rule: (Double) -> Bool
    ) throws(Refusal) -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.double else { throw wrongType(key, value, "a number") }
        guard rule(number) else { throw outOfRange(key, "\(number)", limit) }
        return number
    }

    func number(
        _ key: String, _ limit: String, _ rule: (Double) -> Bool
    ) throws(Refusal) -> Double {
        guard let value = try optionalNumber(key, limit, rule) else { throw missing(key) }
        return value
    }

    func optionalText(_ key: String) throws(Refusal) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value else { throw wrongType(key, value, "a string") }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(Refusal) -> Choice where Choice.RawValue == String {
        guard let value = try optionalChoice(key, type) else { throw missing(key) }
        return value
    }

    func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(Refusal) -> Choice? where Choice.RawValue == String {
        guard let text = try optionalText(key) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw outOfRange(key, "\"\(RequestRules.excerpt(text))\"", "one of \(known)")
        }
        return choice
    }

    func integers(_ key: String, in range: ClosedRange<Int>) throws(Refusal) -> [Int] {
        guard let value = self[key] else { throw missing(key) }
        guard case .array(let elements) = value else {
            throw wrongType(key, value, "an array of integers")
        }
        var result: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else {
                throw wrongType(key, element, "an array of integers")
            }
            guard let number = Int(exactly: integer), range.contains(number) else {
                throw outOfRange(key, "\(integer)", "at least \(range.lowerBound)")
            }
            result.append(number)
        }
        return result
    }

    /// Refuses arguments that are none of `known`, because a misspelt setting would be lost.
    func refuseOthers(than known: [String]) throws(Refusal) {
        for member in object.members
        where !known.contains(member.key) && member.key != "op" && member.key != "id" {
            let name = RequestRules.excerpt(member.key)
            throw outOfRange(
                name, "an argument not known", "one of \(known.joined(separator: ", "))")
        }
        guard known.contains(where: has) else {
            throw Refusal(
                .missingField,
                "op \"\(operation)\" sets nothing; add one of \(known.joined(separator: ", "))")
        }
    }

    /// The arguments inside an object of the operation's own name, as a file has them; else these.
    func section() throws(Refusal) -> ControlArguments {
        guard let value = self[operation] else { return self }
        guard case .object(let inner) = value else {
            throw wrongType(operation, value, "an object")
        }
        return ControlArguments(operation, inner)
    }

    private func wrongType(_ key: String, _ value: JSONValue, _ expected: String) -> Refusal {
        Refusal(
            .wrongType,
            "\"\(key)\" of op \"\(operation)\" is or holds \(value.kindName); send \(expected)")
    }

    private func outOfRange(_ key: String, _ value: String, _ limit: String) -> Refusal {
        Refusal(
            .badValue, "\"\(key)\" of op \"\(operation)\" is \(value); it must be \(limit)")
    }
}
