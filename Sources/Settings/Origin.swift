/// Where a value was given, from the weakest to the strongest place.
enum Origin: Equatable, Sendable {
    case defaults
    /// `line` counts from 1.
    case file(name: String, line: Int?)
    case environment(variable: String)
    case commandLine
    /// A command of the control socket.
    case request
}

extension Origin: CustomStringConvertible {
    var description: String {
        switch self {
        case .defaults: "by default"
        case .file(let name, let line?): "from file \(name) line \(line)"
        case .file(let name, nil): "from file \(name)"
        case .environment(let variable): "from environment \(variable)"
        case .commandLine: "from --set"
        case .request: "from the request"
        }
    }
}
