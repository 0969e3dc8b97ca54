import Features

/// Counts what was refused, by code, and says when the world should hear of it.
struct Rejections {
    /// What is told of refusals of one code on one socket.
    struct Summary: Equatable {
        var code: Refusal.Code
        var socket: String
        /// Refusals since the last summary of the kind.
        var count: Int
        /// Message and excerpt of the last of them.
        var message: String
        var excerpt: String
    }

    private(set) var total = 0
    /// Parallel to `Refusal.Code.allCases`.
    private(set) var countByCode = [Int](repeating: 0, count: Refusal.Code.allCases.count)
    private var open: [Summary] = []

    init() {}

    /// - Parameter counts: Refusals of earlier runs, in the order of `Refusal.Code.allCases`;
    ///   those of codes that came later are missing.
    init(counts: [Int]) {
        for (index, count) in counts.enumerated() where index < countByCode.count {
            countByCode[index] = count
        }
        total = countByCode.reduce(0, +)
    }

    /// Takes note of a refusal.
    ///
    /// - Parameter excerpt: Makes at most 200 bytes of the message; called only when it is needed.
    mutating func record(_ refusal: Refusal, socket: String, excerpt: () -> String) {
        total += 1
        if let index = Refusal.Code.allCases.firstIndex(of: refusal.code) {
            countByCode[index] += 1
        }
        let known = open.firstIndex { $0.code == refusal.code && $0.socket == socket }
        if let known {
            open[known].count += 1
            open[known].message = refusal.message
        } else {
            open.append(
                Summary(
                    code: refusal.code, socket: socket, count: 1, message: refusal.message,
                    excerpt: excerpt()))
        }
    }

    /// The summaries since the last call. Called a few times a second at most, which is the limit
    /// on how often the world hears of refusals.
    mutating func takeSummaries() -> [Summary] {
        defer { open.removeAll(keepingCapacity: true) }
        return open
    }
}
