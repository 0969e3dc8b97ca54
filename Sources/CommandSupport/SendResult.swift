import WireFormat

/// What became of a file that was sent.
public struct SendResult: Equatable, Sendable {
    private let sent: Int
    private let accepted: Int?
    private let rejected: Int?
    private let unreadable: Int
    private let seconds: Double

    /// - Parameters:
    ///   - accepted: What the daemon acknowledged; nil where it does not.
    ///   - rejected: What the daemon refused; nil where it does not tell.
    ///   - unreadable: Rows of the file that are no samples.
    public init(sent: Int, accepted: Int?, rejected: Int?, unreadable: Int, seconds: Double) {
        self.sent = sent
        self.accepted = accepted
        self.rejected = rejected
        self.unreadable = unreadable
        self.seconds = seconds
    }

    private var rate: Double { seconds > 0 ? Double(sent) / seconds : 0 }

    /// One object; null where the daemon does not tell.
    public var json: String {
        func count(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        let object = JSONObject([
            .init("sent", count(sent)), .init("accepted", count(accepted)),
            .init("rejected", count(rejected)), .init("unreadable", count(unreadable)),
            .init("seconds", .number(seconds)), .init("samples_per_second", .number(rate)),
        ])
        return String(decoding: JSONValue.object(object).encoded, as: UTF8.self)
    }

    /// One line.
    public var text: String {
        var text =
            "sent \(Figures.count(sent)) samples in \(Figures.duration(seconds: seconds))"
            + " (\(Figures.perSecond(rate)))"
        if let accepted, let rejected {
            text += ": \(Figures.count(accepted)) accepted, \(Figures.count(rejected)) rejected"
        }
        if unreadable > 0 { text += "; \(Figures.count(unreadable)) rows could not be read" }
        return text
    }
}
