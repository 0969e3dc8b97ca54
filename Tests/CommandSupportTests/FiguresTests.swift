import CommandSupport
import Testing

@Suite struct FiguresTests {
    @Test(
        "a decimal has its places, and no sign where nothing is left of it",
        arguments: [
            (0.0, 2, "0.00"), (1.005, 1, "1.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"),
            (-1.25, 1, "-1.3"), (999.95, 1, "1000.0"), (12, 0, "12"), (0.5, 0, "1"),
            (0.007, 3, "0.007"), (.nan, 1, "-"), (.infinity, 1, "-"),
        ])
    func decimals(value: Double, places: Int, text: String) {
        #expect(Figures.decimal(value, places: places) == text)
    }

    @Test(
        "a short number keeps about four digits and drops zeros",
        arguments: [
            (0.0, "0"), (0.001, "0.001"), (Double(Float(0.001)), "0.001"), (64.9, "64.9"),
            (64.914, "64.91"), (1234.56, "1235"), (0.23271, "0.2327"), (-3, "-3"),
            (1e-5, "1e-5"), (12_345_678, "1.23e7"), (9.9999e-5, "1e-4"), (.nan, "-"),
        ])
    func short(value: Double, text: String) {
        #expect(Figures.short(value) == text)
    }

    @Test(
        "an integer is grouped by three",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (45_312, "45,312"),
            (-1_234_567, "-1,234,567"),
            (Int.min, "-9,223,372,036,854,775,808"),
        ])
    func counts(value: Int, text: String) {
        #expect(Figures.count(value) == text)
    }

    @Test(
        "a time is told in its two largest units",
        arguments: [
            (0.0, "0.00 s"), (0.254, "0.25 s"), (9.994, "9.99 s"), (9.995, "10 s"),
            (59.4, "59 s"), (59.6, "1 min 0 s"), (123, "2 min 3 s"), (3_725, "1 h 2 min"),
            (97_200, "1 d 3 h"), (-1, "-"), (.nan, "-"),
        ])
    func durations(seconds: Double, text: String) {
        #expect(Figures.duration(seconds: seconds) == text)
    }

    @Test(
        "an age is in whole seconds that have passed",
        arguments: [(-3.0, "0 s"), (0.99, "0 s"), (9.99, "9 s"), (60, "1 min 0 s"), (.nan, "-")])
    func ages(seconds: Double, text: String) {
        #expect(Figures.age(seconds: seconds) == text)
    }

    @Test(
        "sizes, rates, shares and latencies have units",
        arguments: [
            (Figures.bytes(0), "0 B"), (Figures.bytes(1_023), "1023 B"),
            (Figures.bytes(1_536), "1.5 KiB"), (Figures.bytes(5 << 30), "5.0 GiB"),
            (Figures.perSecond(9.46), "9.5/s"), (Figures.perSecond(99.96), "100/s"),
            (Figures.perSecond(120_456.4), "120,456/s"), (Figures.percent(0.7134), "71.3 %"),
            (Figures.latency(microseconds: 120.4), "120 µs"),
            (Figures.latency(microseconds: 1_250), "1.3 ms"),
            (Figures.latency(microseconds: 2_500_000), "2.50 s"),
        ])
    func units(text: String, expected: String) {
        #expect(text == expected)
    }
}
