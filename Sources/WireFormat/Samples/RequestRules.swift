import Features

/// What holds for the keys around the samples, wherever they stand.
enum RequestRules {
    static func checkPair(_ producer: String?, _ sequence: Int64?) throws(Refusal) {
        if producer != nil, sequence == nil {
            throw Refusal(.missingField, "\"producer\" comes without \"seq\"; number its requests")
        }
        if producer == nil, sequence != nil {
            throw Refusal(.missingField, "\"seq\" comes without \"producer\"; name who counts")
        }
    }

    static func checkHello(_ operation: String, producer: String?) throws(Refusal) {
        guard operation == "hello" else {
            throw Refusal(
                .unknownOperation,
                "op \"\(excerpt(operation))\" is unknown on learn; send samples or \"hello\"")
        }
        guard producer != nil else {
            throw Refusal(.missingField, "hello has no \"producer\"; name who asks")
        }
    }

    static func flaw(inProducer name: String) -> Refusal? {
        let limit = DecodingLimits.maxNameBytes
        if name.isEmpty { return Refusal(.badValue, "\"producer\" is empty; give it a name") }
        guard name.utf8.count > limit else { return nil }
        return Refusal(
            .tooLarge, "\"producer\" has \(name.utf8.count) bytes, more than \(limit); shorten it")
    }

    static func flaw(inSequence sequence: Int64) -> Refusal? {
        guard sequence < 1 else { return nil }
        return Refusal(.badValue, "\"seq\" is \(sequence); a producer counts its requests from 1")
    }

    static func flaw(inIdentifier text: String) -> Refusal? {
        let limit = DecodingLimits.maxIdentifierBytes
        guard text.utf8.count > limit else { return nil }
        return Refusal(
            .tooLarge, "\"id\" has \(text.utf8.count) bytes, more than \(limit); shorten it")
    }

    /// At most 64 characters of something from outside, for a message of one line.
    static func excerpt(_ text: String) -> String {
        let clean = text.unicodeScalars.prefix(64).map { scalar -> Character in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : Character(scalar)
        }
        return String(clean) + (text.unicodeScalars.count > 64 ? "…" : "")
    }
}
