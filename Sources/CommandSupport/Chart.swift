/// Small pictures made of block characters.
public enum Chart {
    private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let widths: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    /// A curve, the newest value on the right, between the smallest and the largest value.
    ///
    /// More values than columns are averaged in groups of equal size. The groups begin at fixed
    /// places of the sequence, so that the picture moves by whole columns.
    ///
    /// - Parameters:
    ///   - values: Without a value, and what is not finite: a gap.
    ///   - firstIndex: The place of the first value in the whole sequence.
    ///   - landmarks: Numbers that the scale includes, so that noise does not fill the height.
    ///   - width: Columns. The result has as many or fewer.
    public static func sparkline(
        _ values: [Double?], firstIndex: Int = 0, landmarks: [Double] = [], width: Int
    ) -> String {
        guard width > 0, !values.isEmpty else { return "" }
        let columns = groups(values, firstIndex: firstIndex, width: width).suffix(width)
        let present = columns.compactMap { $0 }
        guard !present.isEmpty, let low = (present + landmarks).min(),
            let high = (present + landmarks).max()
        else { return String(repeating: " ", count: columns.count) }
        return String(
            columns.map { value -> Character in
                guard let value else { return " " }
                // A flat curve has no height to tell: on the floor at zero, else in the middle.
                guard high > low else { return heights[low == 0 ? 0 : 3] }
                return heights[min(7, Int((value - low) / (high - low) * 8))]
            })
    }

    private static func groups(
        _ values: [Double?], firstIndex: Int, width: Int
    ) -> [Double?] {
        // Sizes in steps, so that the scale of time changes seldom. One group more than columns
        // may begin and end in the middle.
        let size =
            [1, 2, 5, 10, 20, 30, 60].first { $0 * (width - 1) >= values.count }
            ?? (values.count + width - 1) / width
        var means: [Double?] = []
        var group = firstIndex / size
        var sum = 0.0
        var count = 0
        for (offset, value) in values.enumerated() {
            if (firstIndex + offset) / size != group {
                means.append(count > 0 ? sum / Double(count) : nil)
                (group, sum, count) = ((firstIndex + offset) / size, 0, 0)
            }
            if let value, value.isFinite {
                sum += value
                count += 1
            }
        }
        means.append(count > 0 ? sum / Double(count) : nil)
        return means
    }

    /// A bar for a share of one; exact to an eighth of a column, and never nothing for something.
    ///
    /// - Parameter width: Columns of the whole. The result has as many or fewer.
    public static func bar(_ share: Double, width: Int) -> String {
        guard share.isFinite, share > 0, width > 0 else { return "" }
        let eighths = max(1, Int((min(1, share) * Double(width * 8)).rounded()))
        let full = String(repeating: "█", count: eighths / 8)
        return eighths.isMultiple(of: 8) ? full : full + String(widths[eighths % 8 - 1])
    }
}
