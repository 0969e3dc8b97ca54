import CommandSupport
import Testing
import WireFormat

@Suite struct ControlLineTests {
    private func text(_ operation: String, _ arguments: [String]) throws -> String {
        String(decoding: try ControlLine.request(operation, arguments), as: UTF8.self)
    }

    @Test(
        "values are JSON where they are, lists where commas part numbers, and text elsewhere",
        arguments: [
            ("layer=0", #""layer":0"#), ("learning_rate=0.002", #""learning_rate":0.002"#),
            ("learning_rate=1e-3", #""learning_rate":0.001"#), ("name=adam", #""name":"adam""#),
            ("hidden=[32,16]", #""hidden":[32,16]"#), ("hidden=32,16", #""hidden":[32,16]"#),
            ("hidden=32", #""hidden":[32]"#), ("hidden=", #""hidden":[]"#),
            ("name=", #""name":"""#), ("flag=true", #""flag":true"#), ("x=null", #""x":null"#),
            ("name=a,b", #""name":"a,b""#), ("name=a=b", #""name":"a=b""#),
            (#"name="32""#, #""name":"32""#), ("x=1,", #""x":[1]"#), ("n=007", #""n":"007""#),
        ])
    func values(word: String, member: String) throws {
        #expect(try text("op", [word]) == #"{"op":"op",\#(member)}"#)
    }

    @Test(
        "a word without a name, and a name given twice, are refused",
        arguments: [["grow"], ["=3"], [""], ["layer=1", "layer=2"], ["op=ping"]])
    func words(arguments: [String]) {
        #expect(throws: ControlLine.WordError.self) { try text("status", arguments) }
    }

    @Test("what is built is what the daemon reads")
    func roundTrip() throws {
        let request = try ControlRequest(
            decoding: try ControlLine.request("grow", ["layer=0", "units=16"]))
        #expect(request.operation == .grow(layer: 0, units: 16, member: nil))
    }
}
