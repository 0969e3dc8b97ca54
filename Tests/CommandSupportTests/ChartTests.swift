import CommandSupport
import Testing

@Suite struct ChartTests {
    @Test("eight steps upward use every height once")
    func steps() {
        #expect(Chart.sparkline((0..<8).map(Double.init), width: 20) == "▁▂▃▄▅▆▇█")
    }

    @Test("a curve without any height is on the floor at zero, and in the middle elsewhere")
    func flat() {
        #expect(Chart.sparkline([0, 0, 0], width: 9) == "▁▁▁")
        #expect(Chart.sparkline([5, 5, 5], width: 9) == "▄▄▄")
    }

    @Test("what is missing or no number is a gap")
    func gaps() {
        #expect(Chart.sparkline([0, nil, .nan, 1], width: 9) == "▁  █")
        #expect(Chart.sparkline([nil, nil], width: 9) == "  ")
        #expect(Chart.sparkline([], width: 9) == "")
    }

    @Test("landmarks keep noise small")
    func landmarks() {
        #expect(Chart.sparkline([0.001, 0.002], landmarks: [0, 0.1], width: 9) == "▁▁")
    }

    @Test(
        "a curve is never wider than it may be", arguments: [1, 2, 7, 40], [1, 3, 50, 299, 1_000])
    func width(width: Int, count: Int) {
        let curve = Chart.sparkline((0..<count).map(Double.init), firstIndex: 13, width: width)
        #expect(!curve.isEmpty && curve.count <= width)
    }

    @Test("forgetting the oldest value moves the picture by whole columns only")
    func stability() {
        let values = (0..<400).map { Double($0 * 7919 % 101) }
        // Groups are complete but for the first and the last: those between must not change.
        let early = Array(
            Chart.sparkline(
                Array(values[0..<300]), firstIndex: 0, landmarks: [0, 100], width: 40))
        let later = Array(
            Chart.sparkline(
                Array(values[1..<301]), firstIndex: 1, landmarks: [0, 100], width: 40))
        #expect(early.dropFirst().dropLast() == later.dropFirst().dropLast().prefix(28))
    }

    @Test(
        "a bar is as long as its share, to an eighth, and never nothing for something",
        arguments: [
            (0.0, ""), (1.0, "████"), (2.0, "████"), (0.5, "██"), (0.25, "█"), (0.125, "▌"),
            (0.0001, "▏"), (-1.0, ""), (.nan, ""), (9.0 / 32, "█▏"),
        ])
    func bars(share: Double, bar: String) {
        #expect(Chart.bar(share, width: 4) == bar)
    }
}
