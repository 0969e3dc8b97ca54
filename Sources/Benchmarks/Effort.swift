/// How much is measured.
struct Effort: Sendable {
    /// Times that each figure is taken.
    let rounds: Int
    /// Least CPU time of one round of a loop in process.
    let loopSeconds: Double
    /// How long a sender sends in one round.
    let sendingSeconds: Double
    /// Requests of one round, one after the other.
    let requestCount: Int
    /// A round of requests ends early after this time.
    let requestSeconds: Double

    static let full = Effort(
        rounds: 5, loopSeconds: 0.1, sendingSeconds: 3, requestCount: 10_000, requestSeconds: 6)
    static let quick = Effort(
        rounds: 1, loopSeconds: 0.000_1, sendingSeconds: 0.02, requestCount: 20, requestSeconds: 1)
    /// One request, however long it takes.
    static let single = Effort(
        rounds: 1, loopSeconds: 0, sendingSeconds: 0, requestCount: 1, requestSeconds: 60)
}
