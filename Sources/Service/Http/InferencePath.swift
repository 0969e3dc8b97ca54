/// A path of the Open Inference Protocol that exists here.
enum InferencePath: Equatable {
    case server, live, ready, model, modelReady, infer

    /// - Parameter path: Begins with `/v2`. `nil` when nothing is there.
    init?(_ path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2)
        // One slash at the end does no harm.
        if parts.last == "" { parts.removeLast() }
        if parts.first == "models", parts.dropFirst().first == InferenceServer.modelName[...] {
            parts = parts.dropFirst(2)
            if parts.first == "versions" {
                guard parts.dropFirst().first == InferenceServer.modelVersion[...] else {
                    return nil
                }
                parts = parts.dropFirst(2)
            }
            switch Array(parts) {
            case []: self = .model
            case ["ready"]: self = .modelReady
            case ["infer"]: self = .infer
            default: return nil
            }
            return
        }
        switch Array(parts) {
        case []: self = .server
        case ["health", "live"]: self = .live
        case ["health", "ready"]: self = .ready
        default: return nil
        }
    }
}
