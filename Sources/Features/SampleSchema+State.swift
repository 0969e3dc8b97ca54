import StateCoding

extension SampleSchema: StateCodable {
    public func encode(to writer: inout StateWriter) {
        writer.write(maxFeatures)
        writer.write(bucketCount)
        writer.write(maxClasses)
        writer.write(refusesMissing)
        writer.write(form.rawValue)
        writer.write(featureCount)
        writer.write(featureNames)
        for table in categories { writer.write(table.texts) }
        writer.write(task.map { $0 == .classification ? UInt8(1) : 2 } ?? 0)
        writer.write(classes)
        writer.write(outputCount)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        maxFeatures = try reader.readInt()
        bucketCount = try reader.readInt()
        maxClasses = try reader.readInt()
        refusesMissing = try reader.readBool()
        guard let form = Form(rawValue: try reader.readUInt8()) else {
            throw .invalid(what: "form of the samples", offset: reader.offset)
        }
        let featureCount = try reader.readInt()
        let names = try reader.readStrings()
        let countFits = form == .positional ? names.isEmpty : names.count == featureCount
        guard countFits, featureCount >= 0 else {
            throw .invalid(what: "number of features", offset: reader.offset)
        }
        for name in names { apply(.feature(name: name)) }
        for feature in names.indices {
            for text in try reader.readStrings() {
                apply(.category(feature: feature, text: text))
            }
        }
        self.form = form
        self.featureCount = featureCount
        switch try reader.readUInt8() {
        case 0: task = nil
        case 1: task = .classification
        case 2: task = .regression
        default: throw .invalid(what: "task", offset: reader.offset)
        }
        for label in try reader.readArray(of: Label.self) { apply(.newClass(label)) }
        outputCount = try reader.readInt()
    }
}

extension Label: StateCodable {
    public func encode(to writer: inout StateWriter) {
        switch self {
        case .text(let text):
            writer.write(UInt8(0))
            writer.write(text)
        case .integer(let integer):
            writer.write(UInt8(1))
            writer.write(Int(integer))
        case .boolean(let boolean):
            writer.write(UInt8(2))
            writer.write(boolean)
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        switch try reader.readUInt8() {
        case 0: self = .text(try reader.readString())
        case 1: self = .integer(Int64(try reader.readInt()))
        case 2: self = .boolean(try reader.readBool())
        default: throw .invalid(what: "label", offset: reader.offset)
        }
    }
}
