import Randomness
import Settings
import Testing

@Suite("Damaged configuration")
struct FuzzTests {
    static let text = """
        model:
          task: auto
          hidden: [64, 64]
          classes: [UP, "1", true]
        optimizer: {name: adam, learning_rate: 1.0e-3}
        sockets:
          feed:
            - ">tcp://10.0.0.5:6000"
            - 'ipc:///run/feed'
          samples: ["tcp://127.0.0.1:*"]
        storage: {directory: "/a b"}

        """

    @Test(
        "gives settings or violations of one line each, never a crash",
        arguments: 1...4 as ClosedRange<UInt64>)
    func mutations(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let original = Array(Self.text.utf8)
        #expect(throws: Never.self) { try Settings.load(yaml: Self.text) }
        for _ in 0..<300 {
            var bytes = original
            for _ in 0...generator.nextIndex(below: 3) {
                let position = generator.nextIndex(below: bytes.count)
                switch generator.nextIndex(below: 3) {
                case 0: bytes.remove(at: position)
                case 1: bytes.insert(bytes[generator.nextIndex(below: bytes.count)], at: position)
                default: bytes[position] = UInt8(generator.nextIndex(below: 128))
                }
            }
            do throws(SettingsError) {
                let settings = try Settings.load(yaml: String(decoding: bytes, as: UTF8.self))
                let listing = settings.listing.map { "\($0.key)=\($0.value)" }
                #expect(try Settings.load(file: nil, overrides: listing) == settings)
            } catch {
                #expect(error.violations.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
            }
        }
    }
}
