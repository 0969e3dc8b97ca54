import CKernels
import Glibc
import Testing

@testable import Kernels

@Suite("Elementary functions of the kernels")
struct ElementaryFunctionTests {
    /// Name, code, the function in Double, range, and the bound that the source states, in units
    /// in the last place of results above `floor`.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Int32
        let exact: @Sendable (Double) -> Double
        let range: ClosedRange<Float>
        let bound: Double
        var floor: Float = 0
    }

    static let cases = [
        Case(
            testDescription: "exp", code: 0, exact: { exp($0) }, range: -87...88.7, bound: 1.1),
        Case(testDescription: "tanh", code: 1, exact: { tanh($0) }, range: -20...20, bound: 1.4),
        Case(
            testDescription: "sigmoid", code: 2, exact: { 1 / (1 + exp(-$0)) }, range: -80...80,
            bound: 2.5),
        Case(
            testDescription: "log", code: 3, exact: { log($0) }, range: 1e-37...3e38, bound: 1.7,
            floor: 0.25),
        Case(testDescription: "log1p", code: 4, exact: { log1p($0) }, range: 0...1, bound: 2.2),
    ]

    private func evaluate(_ code: Int32, _ values: [Float], _ level: KernelLevel) -> [Float] {
        var results = [Float](repeating: 0, count: 16)
        unsafe level.kernels.evaluate(code, values, &results)
        return results
    }

    @Test(
        "stay within their bounds over the whole range", arguments: cases,
        KernelAgreementTests.levels)
    func staysWithinBounds(item: Case, level: KernelLevel) {
        // Every 50,021st float of the range, both signs.
        var values: [Float] = []
        for bits in stride(from: UInt32(0), to: Float.infinity.bitPattern, by: 50_021) {
            for value in [Float(bitPattern: bits), -Float(bitPattern: bits)]
            where item.range.contains(value) { values.append(value) }
        }
        var worst = 0.0
        for start in stride(from: 0, to: values.count - 15, by: 16) {
            let block = Array(values[start..<start + 16])
            for (value, result) in zip(block, evaluate(item.code, block, level)) {
                let exact = item.exact(Double(value))
                let unit = max(item.floor, abs(Float(exact)), .leastNormalMagnitude).ulp
                worst = max(worst, abs(Double(result) - exact) / Double(unit))
            }
        }
        #expect(worst <= item.bound)
    }

    @Test("keep NaN, and reach their limits", arguments: KernelAgreementTests.levels)
    func reachesLimits(level: KernelLevel) {
        var values = [Float](repeating: 0, count: 16)
        values.replaceSubrange(0..<5, with: [.nan, .infinity, -.infinity, 1e30, -1e30])
        let limits: [[Float]] = [
            [.infinity, 0, .infinity, 0, 1], [1, -1, 1, -1, 0], [1, 0, 1, 0, 0.5],
        ]
        for (code, expected) in limits.enumerated() {
            let results = evaluate(Int32(code), values, level)
            #expect(results[0].isNaN)
            #expect(Array(results[1...5]) == expected)
        }
    }
}
