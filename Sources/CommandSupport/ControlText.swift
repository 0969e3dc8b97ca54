import Features
import WireFormat

/// The answer to a command, in words.
public enum ControlText {
    /// A line or a few.
    public static func lines(_ reply: ControlReply.Body) -> [String] {
        switch reply {
        case .done: ["done"]
        case .started: ["started; an adaptation on the status socket tells the outcome"]
        case .status(let report): StatusSummary.lines(report)
        case .version(let version): ["osier \(version.printable)"]
        case .digest(let report): ["\(report.digest.printable) at offset \(report.offset)"]
        case .checkpoint(let report):
            ["\(report.path.printable): \(Figures.count(report.samples)) samples"]
        case .structure(let report):
            [
                "hidden \(Figures.list(report.hidden.before)) → "
                    + "\(Figures.list(report.hidden.after)), parameters "
                    + "\(Figures.count(report.parameters.before)) → "
                    + "\(Figures.count(report.parameters.after)), structure \(report.structure)"
            ]
        case .export(let report):
            [
                "\(report.path?.printable ?? report.format.printable): "
                    + Figures.bytes(report.bytes)
            ]
        case .schema(let report): schema(report)
        }
    }

    private static func schema(_ report: SchemaReport) -> [String] {
        var rows = [["feature", "type", "count", "missing", "mean", "deviation", "min", "max"]]
        for feature in report.features {
            rows.append([
                feature.name.printable, feature.type.printable, Figures.count(feature.count),
                Figures.count(feature.missing), number(feature.mean),
                number(feature.standardDeviation), number(feature.minimum),
                number(feature.maximum),
            ])
        }
        var lines = ["task \(report.task.printable)"]
        if !report.classes.isEmpty {
            let classes = report.classes.map {
                "\($0.label.text.printable) \(Figures.count($0.count))"
            }
            lines.append("classes \(classes.joined(separator: ", "))")
        }
        return lines + (rows.count > 1 ? table(rows) : [])
    }

    private static func number(_ value: Double?) -> String {
        value.map(Figures.short) ?? Figures.absent
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { StyledText($0).padded(to: $1).plain }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
