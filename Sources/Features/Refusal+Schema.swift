/// The refusals of ``SampleSchema``, each with what to do about it.
extension Refusal {
    static let missingFeatures = Refusal(
        .missingField, "the sample has no `x`; send the features as an array or an object")
    static let noFeatures = Refusal(
        .badValue, "`x` is empty; the first labelled sample must bring at least one feature")

    static func badWeight(_ weight: Float) -> Refusal {
        Refusal(.badValue, "`w` is \(weight); a weight is a finite number, 0 or more")
    }

    static func badTime(_ time: Double) -> Refusal {
        Refusal(.notFinite, "`t` is \(time); send seconds since the epoch, or leave it out")
    }

    static func featureCount(received: Int, expected: Int) -> Refusal {
        Refusal(
            .shapeMismatch,
            "`x` has \(received) features, the model expects \(expected); send \(expected)")
    }

    static func namedSample(expected: Int) -> Refusal {
        Refusal(
            .shapeMismatch,
            "`x` has names, the model learned from arrays of \(expected) numbers; "
                + "send an array, or start a new model with names")
    }

    static func columnCount(received: Int, expected: Int) -> Refusal {
        Refusal(
            .shapeMismatch,
            "`x` has \(received) columns, `features` names \(expected); send one name per column")
    }

    static func repeatedColumn(_ name: String) -> Refusal {
        Refusal(
            .badValue, "`features` names \(excerpt(name)) twice; send each name once")
    }

    static func tooManyFeatures(_ count: Int, limit: Int, name: String? = nil) -> Refusal {
        let what = name.map { "feature \(excerpt($0)) would be number \(count)" }
        return Refusal(
            .tooManyFeatures,
            "\(what ?? "`x` has \(count) features"), the limit is \(limit); "
                + "raise `features.max_features` or set `features.hashing`")
    }

    static func nameTooLong(_ name: String) -> Refusal {
        Refusal(
            .tooLarge,
            "feature \(excerpt(name)) has a name of \(name.utf8.count) bytes, the limit is "
                + "\(SampleSchema.textLimit); use a shorter name")
    }

    /// - Parameter feature: `nil` for the target.
    static func notFinite(feature: String?, value: Double) -> Refusal {
        let what = feature.map { "feature \(excerpt($0))" } ?? "`y`"
        return Refusal(
            .notFinite, "\(what) is \(value); send a finite number, or null where it is missing")
    }

    static func missingValue(feature: String) -> Refusal {
        Refusal(
            .badValue,
            "feature \(excerpt(feature)) is missing and `features.missing` is `reject`; "
                + "send it, or set `mean` or `zero`")
    }

    static func labelForNumber(_ label: Label) -> Refusal {
        let kind = if case .boolean = label { "a Boolean" } else { "a string" }
        return Refusal(
            .wrongType,
            "`y` is \(kind) (\(excerpt(label.text))), the model learns numbers; "
                + "send a number, or set `model.task: classification`")
    }

    static func numberForLabel(_ number: Double) -> Refusal {
        Refusal(
            .wrongType,
            "`y` is \(number), the model learns classes; send a string, Boolean or integer, "
                + "or set `model.task: regression`")
    }

    static func vectorForLabel(_ count: Int) -> Refusal {
        Refusal(
            .wrongType,
            "`y` is an array of \(count), the model learns classes; send one label, "
                + "or set `model.task: regression`")
    }

    static func outputCount(received: Int, expected: Int) -> Refusal {
        Refusal(
            .shapeMismatch,
            "`y` has \(received) numbers, the model expects \(expected); send \(expected)")
    }

    static func tooManyOutputs(_ count: Int, limit: Int) -> Refusal {
        Refusal(
            .tooLarge, "`y` has \(count) numbers, the limit is \(limit); split it over more models")
    }

    static func tooManyClasses(_ label: Label, limit: Int) -> Refusal {
        Refusal(
            .tooManyClasses,
            "class \(excerpt(label.text)) would be number \(limit + 1), the limit is \(limit); "
                + "raise `model.max_classes`, or send numbers with `model.task: regression`")
    }

    static func labelTooLong(_ text: String) -> Refusal {
        Refusal(
            .tooLarge,
            "`y` is a label of \(text.utf8.count) bytes (\(excerpt(text))), the limit is "
                + "\(SampleSchema.textLimit); use a shorter label")
    }

    /// A name from outside, quoted, on one line and of bounded length.
    private static func excerpt(_ text: String) -> String {
        let limit = 40
        var shown = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            // Control characters would let a sender forge lines of the log.
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let isBreak = scalar.value == 0x2028 || scalar.value == 0x2029
            shown.unicodeScalars.append(isControl || isBreak ? "?" : scalar)
        }
        return "'\(shown)\(text.unicodeScalars.count > limit ? "…" : "")'"
    }
}
