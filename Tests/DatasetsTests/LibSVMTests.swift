import Datasets
import Features
import Testing

@Suite("libsvm")
struct LibSVMTests {
    @Test(
        "rows are sparse, from index 1, as wide as the widest row of the file", arguments: [1, 64])
    func rows(limit: Int) throws {
        let text = "+1 1:0.5 3:2\n-1 2:1e-3 # a comment\n\n# only a comment\n0 qid:4 7:1\n1.5\n"
        let reading = try Fixture.read(text, name: "t.libsvm", limit: limit)
        #expect(
            reading.features == [
                .sparse([0, 2], [0.5, 2], size: 7), .sparse([1], [0.001], size: 7),
                .sparse([6], [1], size: 7), .sparse([], [], size: 7),
            ])
        #expect(
            reading.targets == [
                .label(.integer(1)), .label(.integer(-1)), .label(.integer(0)), .number(1.5),
            ])
    }

    @Test("the number of features may be given, and then holds")
    func featureCount() throws {
        let reading = try Fixture.read("1 2:1\n1 4:1\n", name: "t.svm", featureCount: 3)
        #expect(reading.features == [.sparse([1], [1], size: 3)])
        #expect(reading.errors.map(\.line) == [2])
        #expect(reading.errors[0].message.contains("above the number of features, 3"))
    }

    @Test(
        "a bad row is reported and passed over",
        arguments: [
            ("1 0:1", "no integer from 1 on"), ("1 -1:1", "no integer"), ("1 a:1", "no integer"),
            ("1 :1", "no integer"), ("1 99999999999:1", "no integer"),
            ("1 2147483648:1", "no integer"), ("1 2:1 2:1", "indices must rise"),
            ("1 3:1 2:1", "indices must rise"), ("1 2", "has no colon"), ("1 2:", "is no number"),
            ("1 2:x", "is no number"), ("1 2:inf", "not finite"),
            ("2:1 3:1", "the label comes first"),
        ])
    func badRows(row: String, message: String) throws {
        let reading = try Fixture.read("1 5:1\n\(row)\n1 5:2\n", name: "t.libsvm")
        #expect(reading.errors.map(\.line) == [2])
        #expect(reading.errors.first?.message.contains(message) == true, "\(reading.errors)")
        #expect(reading.features.count == 2)
        #expect(reading.features.last == .sparse([4], [2], size: 5))
    }
}
