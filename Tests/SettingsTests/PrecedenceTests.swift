import Settings
import Testing

@Suite("Precedence of the sources")
struct PrecedenceTests {
    /// `key: value` below its section. Text that YAML would read otherwise is quoted; lists that
    /// the command line may write without brackets get them.
    static func yaml(_ sample: Samples.Key, _ index: Int) -> String {
        let parts = sample.key.split(separator: ".")
        return "\(parts[0]):\n  \(parts[1]): \(sample.listed[index])\n"
    }

    static func variable(_ key: String) -> String {
        "OSIER_" + key.uppercased().replacing(".", with: "_")
    }

    static func value(of key: String, in settings: Settings) -> String? {
        settings.listing.first { $0.key == key }?.value
    }

    @Test("there is a sample for every key, and none is the default")
    func samplesAreComplete() {
        #expect(Samples.all.map(\.key).sorted() == Settings().listing.map(\.key).sorted())
        for sample in Samples.all {
            let standard = Self.value(of: sample.key, in: Settings())
            #expect(!sample.listed.contains { $0 == standard }, "\(sample.key)")
        }
    }

    @Test(
        "--set wins over the environment, that over the file, that over the default",
        arguments: Samples.all)
    func strongestWins(sample: Samples.Key) throws {
        let yaml = Self.yaml(sample, 0)
        let environment = [Self.variable(sample.key): sample.values[1]]
        let override = "\(sample.key)=\(sample.values[2])"

        let fromFile = try Settings.load(yaml: yaml)
        #expect(Self.value(of: sample.key, in: fromFile) == sample.listed[0])
        let fromEnvironment = try Settings.load(yaml: yaml, environment: environment)
        #expect(Self.value(of: sample.key, in: fromEnvironment) == sample.listed[1])
        let fromSet = try Settings.load(
            yaml: yaml, overrides: [override], environment: environment)
        #expect(Self.value(of: sample.key, in: fromSet) == sample.listed[2])

        // Nothing but this key has moved.
        for (now, before) in zip(fromSet.listing, Settings().listing) where now.key != sample.key {
            #expect(now == before)
        }
    }

    @Test("the listing, given to --set, gives equal settings", arguments: Samples.all, 0..<3)
    func listingRoundTrips(sample: Samples.Key, index: Int) throws {
        let settings = try Settings.load(
            file: nil, overrides: ["\(sample.key)=\(sample.values[index])"])
        let again = try Settings.load(
            file: nil, overrides: settings.listing.map { "\($0.key)=\($0.value)" })
        #expect(again == settings)
    }

    @Test("the listing, written as YAML, gives equal settings", arguments: 0..<3)
    func listingIsYAML(index: Int) throws {
        // These depend on each other; each is covered alone above.
        let alone: Set = [
            "model.task", "model.classes", "model.loss", "schedule.name", "structure.min_units",
            "structure.max_layers", "features.max_features", "structure.max_units",
            "sockets.samples", "sockets.learn", "sockets.predict", "sockets.status",
            "sockets.control",
        ]
        let overrides = Samples.all.filter { !alone.contains($0.key) }
            .map { "\($0.key)=\($0.values[index])" }
        let settings = try Settings.load(file: nil, overrides: overrides)
        var yaml = ""
        var section = ""
        for (key, value) in settings.listing {
            let parts = key.split(separator: ".")
            if section != parts[0] { yaml += "\(parts[0]):\n" }
            section = String(parts[0])
            yaml += "  \(parts[1]): \(value)\n"
        }
        #expect(try Settings.load(yaml: yaml) == settings)
        #expect(settings != Settings())
    }

    @Test("the last --set of a key wins")
    func lastWins() throws {
        let settings = try Settings.load(file: nil, overrides: ["model.seed=3", "model.seed=4"])
        #expect(settings.learner.model.seed == 4)
    }

    @Test("variables of other programs, and of none of our sections, are left alone")
    func otherVariables() throws {
        let environment = [
            "OSIER_ISA": "avx2", "OSIER_MODEL": "x", "MODEL_SEED": "x", "osier_model_seed": "x",
            "OSIER_TEST_MODEL_SEED": "x", "PATH": "/bin",
        ]
        #expect(try Settings.load(file: nil, environment: environment) == Settings())
    }
}
