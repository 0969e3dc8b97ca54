import WireFormat

/// The network in the live view: its layers as bars, and the members of the committee.
struct NetworkPanel {
    private let status: StatusReport
    private let width: Int
    private static let labelWidth = 10
    private static let numberWidth = 8

    /// - Parameter width: Columns that there are.
    init(_ status: StatusReport, width: Int) {
        self.status = status
        self.width = width
    }

    var summary: StyledText {
        let model = status.model
        return StyledText(model.task.printable, .strong)
            + StyledText(
                ", \(model.optimizer.printable) at \(Figures.short(Double(model.learningRate))), "
                    + "\(Figures.count(model.parameters)) parameters, structure "
                    + "\(model.structure)")
    }

    /// A bar for each layer, from the inputs to the outputs; the middle gives way.
    func layers(limit: Int) -> [StyledText] {
        var layers: [(name: String, units: Int)] = [("inputs", status.model.columns)]
        for (index, units) in status.model.hidden.enumerated() {
            layers.append(("layer \(index)", units))
        }
        layers.append(("outputs", status.model.outputs))
        let widest = max(1, layers.map(\.units).max() ?? 1)
        let lines = layers.map { bar($0.name, $0.units, widest: widest) }
        guard lines.count > limit else { return lines }
        guard limit >= 3 else { return [] }
        let hiddenCount = lines.count - limit + 1
        return lines.prefix(limit - 2) + [StyledText("… \(hiddenCount) more", .dim)]
            + lines.suffix(1)
    }

    private func bar(_ name: String, _ units: Int, widest: Int) -> StyledText {
        let room = min(50, max(0, width - Self.labelWidth - Self.numberWidth))
        return StyledText(name, .dim).padded(to: Self.labelWidth)
            + StyledText(Figures.count(units)).padded(to: Self.numberWidth)
            + StyledText(Chart.bar(Double(units) / Double(widest), width: room), .accent)
    }

    /// The members, heaviest first; none when there is only the lead.
    func members(limit: Int) -> [StyledText] {
        guard status.committee.count > 1, limit > 0 else { return [] }
        let heaviest = status.committee.enumerated().sorted {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }.map(\.element)
        return heaviest.prefix(limit).map { member in
            StyledText(Figures.decimal(member.weight, places: 3), .strong).padded(to: 7)
                + StyledText(Chart.bar(member.weight, width: 12), .accent).padded(to: 13)
                + StyledText(
                    "\(member.role.printable) \(Figures.list(member.hidden)), "
                        + "\(member.optimizer.printable) at "
                        + Figures.short(Double(member.learningRate)))
        }
    }
}
