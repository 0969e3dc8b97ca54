import Foundation
import Settings
import Testing

@Suite("The reference configuration")
struct ReferenceTests {
    @Test("has exactly the keys that the daemon knows")
    func hasTheSameKeys() throws {
        let known = Settings().listing.map(\.key)
        #expect(try Reference.keys().sorted() == known.sorted())
    }

    @Test("shows the defaults")
    func showsTheDefaults() throws {
        let loaded = try Settings.load(file: Reference.url.path)
        for (given, builtIn) in zip(loaded.listing, Settings().listing) {
            #expect(given == builtIn)
        }
        #expect(loaded == Settings())
    }
}
